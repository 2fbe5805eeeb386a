package promconfig

import (
	"encoding/json"
	"slices"
	"strings"
)

// steering fields decide how other fields are rendered, and have no key of their own.
var steering = []string{
	"spec.selector", "spec.selectorMechanism", "spec.serviceDiscoveryRole", "spec.scrapeClass",
	"spec.namespaceSelector", "spec.targets.ingress.selector", "spec.targets.ingress.namespaceSelector",
}

// noteUnsupported names each field that is set and that neither reached a job nor
// was noted as ignored: one that came with a later API than what is rendered here,
// or one that another field of the object outdoes. Fields set to nothing are left out.
func (w *writer) noteUnsupported(spec any, jobs []Job) {
	known := slices.Clone(steering)
	for _, i := range w.ignored {
		known = append(known, i.Field)
	}
	for _, r := range w.rejections {
		known = append(known, r.Field)
	}
	for _, job := range jobs {
		for _, s := range job.Sources {
			known = append(known, s.Field)
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)

	data, err := json.Marshal(spec)
	if err != nil {
		return // what cannot be written cannot be set
	}
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		return
	}
	for _, leaf := range leaves("spec", fields) {
		if !reached(known, leaf) {
			w.ignoref(leaf, "nothing is made of it here, by the rules of prometheus-operator v0.93.0")
		}
	}
}

// noteUnsupportedByServer does the same for the Prometheus object, by name: most of
// its fields are about the pods and not about the configuration.
func (w *writer) noteUnsupportedByServer() {
	const reason = "the configurations of prometheus-operator v0.93.0 do not have it"
	if w.g.spec.ExtraScrapeMetrics != nil {
		w.ignoref("spec.extraScrapeMetrics", reason)
	}
	if w.g.server != nil && w.g.server.RetentionPercentage != nil {
		w.ignoref("spec.retentionPercentage", reason)
	}
}

func leaves(path string, value any) []string {
	var out []string
	switch v := value.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			out = append(out, leaves(join(path, key), v[key])...)
		}
	case []any:
		for i, entry := range v {
			out = append(out, leaves(at(path, i), entry)...)
		}
	case nil:
	default:
		if !isZero(v) {
			out = append(out, path)
		}
	}
	return out
}

// reached says whether a field, or one above it, is known. A field of a list is
// known with the list.
func reached(known []string, field string) bool {
	return slices.ContainsFunc(known, func(k string) bool {
		rest, ok := strings.CutPrefix(field, k)
		return k != "" && k != "spec" && ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

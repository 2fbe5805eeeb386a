package relabel

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// RelabelLabelAbsent is the check relabel-label-absent.
var RelabelLabelAbsent = validation.Check[Relabelings]{
	ID: "relabel-label-absent", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A relabeling reads a label that is never there",
		Text: `Prometheus accepts the relabeling, but the label is always empty: the relabeling has no effect, or
not the intended one. The check warns of

- ` + "`__name__`" + ` in ` + "`relabelings`" + `: these are applied to targets before they are scraped; what looks at the
  name of a metric belongs in ` + "`metricRelabelings`" + `,
- labels of targets in ` + "`metricRelabelings`" + `: samples do not get ` + "`__address__`" + `, nor labels that begin
  with ` + "`__meta_`" + ` or ` + "`__param_`" + `; set a label from them in ` + "`relabelings`" + `,
- labels of another discovery, such as ` + "`__meta_kubernetes_service_label_app`" + ` in a PodMonitor, whose
  targets are found without Services,
- labels of nodes, such as ` + "`__meta_kubernetes_node_label_zone`" + `, without ` + "`attachMetadata: {node: true}`" + `.

The last two are not reported if the relabeling also reads a label that may have a value, or if the
list reads labels of both ` + "`endpoints`" + ` and ` + "`endpointslice`" + `, so that it fits either. No label is reported
that an earlier relabeling or the scrape class may set. Where all targets or samples are dropped, the
checks ` + "`relabel-drops-all`" + ` and ` + "`metric-relabel-drops-all`" + ` say so.`,
		Since: "v0.1.0",
	},
	Run: func(list Relabelings, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		known := list.known()
		fitsBoth := list.fitsBoth()
		for _, r := range list.Each() {
			problem, fix, label := list.readsAbsent(r, known)
			if known.Apply(&r.RelabelConfig) == relabeling.Drops {
				return found // nothing is left, which another check says
			}
			if problem == "" || fitsBoth && strings.HasPrefix(label, kubernetesPrefix+"endpoint") {
				continue
			}
			found = append(found, r.Finding(problem, fix, validation.Key(r.ActionName(), label, r.TargetLabel)))
		}
		return found
	},
}

// readsAbsent returns what is wrong with a relabeling that reads a label which nothing has.
func (r Relabelings) readsAbsent(one Relabeling, known *relabeling.Known) (problem, fix, label string) {
	switch action, isKnown := one.action(); {
	case !isKnown, action == relabel.LabelDrop, action == relabel.LabelKeep:
		return "", "", ""
	case action == relabel.LabelMap:
		return r.mapsAbsent(one, known)
	case action == relabel.Replace && one.isConstant():
		return "", "", ""
	}
	reads := one.reads()
	for _, name := range reads {
		if !known.NeverSet(name) {
			if r.mayCombine(reads) {
				return "", "", ""
			}
			continue
		}
		why, mend := r.whyAbsent(name, false)
		if why != "" && problem == "" {
			problem, fix, label = fmt.Sprintf("%q reads the label %s, %s", one.ActionName(), name, why), mend, name
		}
	}
	return problem, fix, label
}

// mayCombine reports whether labels may be read together since only some of them have a value: the
// labels of discoveries, in the relabelings of targets that several kinds of monitors share.
func (r Relabelings) mayCombine(names []string) bool {
	return !r.Metric && !slices.Contains(names, model.MetricNameLabel)
}

// isConstant reports whether the relabeling sets the same value whatever it reads.
func (r Relabeling) isConstant() bool {
	return relabeling.MatchesAll(&r.RelabelConfig) && !strings.Contains(r.ReplacementText(), "$")
}

// mapsAbsent returns what is wrong with a labelmap for labels that nothing has.
func (r Relabelings) mapsAbsent(one Relabeling, known *relabeling.Known) (problem, fix, label string) {
	re, err := relabeling.CompileRegex(one.Pattern())
	if err != nil {
		return "", "", ""
	}
	prefix, whole := re.LiteralPrefix()
	if len(prefix) <= len(kubernetesPrefix) || !known.NeverSet(prefix) {
		return "", "", ""
	}
	why, mend := r.whyAbsent(prefix, !whole)
	if why == "" {
		return "", "", ""
	}
	return fmt.Sprintf("%q looks for labels %s..., %s", one.ActionName(), prefix, why), mend, prefix
}

// fitsBoth reports whether the list reads labels of both roles for endpoints.
func (r Relabelings) fitsBoth() bool {
	var endpoints, endpointSlices bool
	for _, one := range r.List {
		for _, l := range one.SourceLabels {
			endpoints = endpoints || strings.HasPrefix(string(l), kubernetesPrefix+"endpoint_") || strings.HasPrefix(string(l), kubernetesPrefix+"endpoints_")
			endpointSlices = endpointSlices || strings.HasPrefix(string(l), kubernetesPrefix+"endpointslice_")
		}
	}
	return endpoints && endpointSlices
}

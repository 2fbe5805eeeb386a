package selection

import (
	"regexp"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/model/relabel"
)

// chain is the user's part of a job's relabelings.
type chain struct {
	relabelings, metrics []monitoringv1.RelabelConfig
	honorLabels          bool
}

// job is what the relabelings make of a job, as far as that is certain; the zero Job if
// it is not. The last that sets it to a constant wins.
func (c chain) job(job Job) Job {
	if c.honorLabels || touchesAny(c.metrics, "job") {
		return Job{} // the target may say a job of its own, or a sample lose it
	}
	for _, r := range c.relabelings {
		constant, certain := constantFor(r, "job")
		switch {
		case certain:
			job = Job{Constant: constant}
		case touches(r, "job"):
			job = Job{}
		}
	}
	return job
}

// address is where on a target the job scrapes. Relabelings that may move it belong to
// it.
func (c chain) address(scheme *monitoringv1.Scheme, path, byDefault string, params map[string][]string) string {
	if path == "" {
		path = byDefault
	}
	s := "http"
	if scheme != nil {
		s = scheme.String()
	}
	given := map[string][]string{}
	for name, values := range params {
		if len(values) > 0 {
			given[name] = values
		}
	}
	var moves []monitoringv1.RelabelConfig
	for _, r := range c.relabelings {
		if mayMove(r) {
			moves = c.relabelings // they may build on others
			break
		}
	}
	return text(s, path, given, withDefaults(moves))
}

// filter is the relabelings that may drop targets, and the name of the scrape class,
// which may have some of its own.
func (c chain) filter(class *string) string {
	name := ""
	if class != nil {
		name = *class
	}
	for _, r := range c.relabelings {
		switch action(r) {
		case relabel.Keep, relabel.Drop, relabel.KeepEqual, relabel.DropEqual:
			return text(name, withDefaults(c.relabelings))
		}
	}
	if name == "" {
		return ""
	}
	return text(name)
}

func action(r monitoringv1.RelabelConfig) relabel.Action {
	if r.Action == "" {
		return relabel.Replace
	}
	return relabel.Action(strings.ToLower(r.Action))
}

// mayMove says whether a relabeling may change where a target is scraped.
func mayMove(r monitoringv1.RelabelConfig) bool {
	for _, label := range []string{"__address__", "__scheme__", "__metrics_path__"} {
		if touches(r, label) {
			return true
		}
	}
	switch action(r) {
	case relabel.LabelMap, relabel.LabelDrop, relabel.LabelKeep:
		return strings.Contains(r.Regex+replacement(r), "__param_")
	}
	return strings.HasPrefix(r.TargetLabel, "__param_")
}

func touchesAny(list []monitoringv1.RelabelConfig, label string) bool {
	for _, r := range list {
		if touches(r, label) {
			return true
		}
	}
	return false
}

// touches says whether a relabeling may write a label, or remove it. In doubt it may.
func touches(r monitoringv1.RelabelConfig, label string) bool {
	switch action(r) {
	case relabel.Keep, relabel.Drop, relabel.KeepEqual, relabel.DropEqual:
		return false
	case relabel.LabelDrop:
		return matches(r, label)
	case relabel.LabelKeep:
		return !matches(r, label)
	case relabel.LabelMap:
		return replacement(r) == label || strings.Contains(replacement(r), "$")
	}
	return r.TargetLabel == label || strings.Contains(r.TargetLabel, "$")
}

// constantFor says that a relabeling certainly sets a label to a constant, for every
// target.
func constantFor(r monitoringv1.RelabelConfig, label string) (string, bool) {
	value := replacement(r)
	if action(r) != relabel.Replace || r.TargetLabel != label || strings.Contains(value, "$") || value == "" {
		return "", false
	}
	switch r.Regex {
	case "", ".*", "(.*)": // matches whatever the source is, with (?s) that of several lines too
		return value, true
	}
	return "", false
}

func matches(r monitoringv1.RelabelConfig, label string) bool {
	re, err := regexp.Compile("^(?s:" + regexOf(r) + ")$")
	return err != nil || re.MatchString(label)
}

func regexOf(r monitoringv1.RelabelConfig) string {
	if r.Regex == "" {
		return "(.*)"
	}
	return r.Regex
}

func replacement(r monitoringv1.RelabelConfig) string {
	if r.Replacement == nil {
		return relabel.DefaultRelabelConfig.Replacement
	}
	return *r.Replacement
}

// withDefaults writes relabelings as Prometheus holds them.
func withDefaults(list []monitoringv1.RelabelConfig) []monitoringv1.RelabelConfig {
	var all []monitoringv1.RelabelConfig
	for _, r := range list {
		r.Action = string(action(r))
		r.Regex = regexOf(r)
		value := replacement(r)
		r.Replacement = &value
		if r.Separator == nil {
			separator := relabel.DefaultRelabelConfig.Separator
			r.Separator = &separator
		}
		all = append(all, r)
	}
	return all
}

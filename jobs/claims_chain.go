package jobs

import (
	"cmp"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/relabeling"
)

// A chain holds the parts of which the operator makes an endpoint's relabelings, as far as they
// differ between monitors.
type chain struct {
	start             Job // before the monitor's own relabelings
	relabelings       []monitoringv1.RelabelConfig
	metricRelabelings []monitoringv1.RelabelConfig
	honorLabels       bool
	class             *string

	// labels are the other fields that labels depend on which relabelings may read.
	labels [][]string

	// opaque says that it is not known what the relabelings make of the labels of static
	// targets: they are the same only after equal relabelings.
	opaque bool

	// self is the generated name of the job, in parts.
	self []string
}

// An address is where on a target an endpoint scrapes.
type address struct {
	scheme *monitoringv1.Scheme
	host   string // empty for the target's own
	path   string
	params map[string][]string
}

func (c *chain) claim(a address) Claim {
	claim := Claim{Job: c.job(), Address: a.text()}
	classed := c.classed()
	moved := c.opaque || anyOf(c.relabelings, relabeling.MayMove)
	filters := anyOf(c.relabelings, relabeling.Filters)
	if !classed && !moved && !filters {
		return claim
	}
	// The outcome of a relabeling depends on the relabelings before it, and on labels that come
	// from other fields of the monitor. If all of that is equal, both claims have the same outcome.
	basis := c.basis()
	if moved {
		claim.Address += "\n" + basis
	}
	if filters {
		claim.Filter = basis
	}
	// The relabelings of a class come first, and are not known here: they belong to the Prometheus.
	if classed {
		claim.Filter = classPrefix + *c.class + "\n" + basis
	}
	return claim
}

// classed reports whether the monitor names a scrape class.
func (c *chain) classed() bool { return c.class != nil && *c.class != "" }

// classPrefix begins the filter of a claim that has a scrape class.
const classPrefix = "class "

func (c *chain) job() Job {
	// With honorLabels, a target may name its own job.
	if c.honorLabels || anyOf(c.metricRelabelings, writesJob) {
		return Job{}
	}
	j := c.start
	for i := range c.relabelings {
		j = j.relabel(&c.relabelings[i])
	}
	return j
}

// text returns the canonical form. A path without a slash gets one, as in a URL.
func (a address) text() string {
	path := cmp.Or(a.path, defaultPath)
	if path[0] != '/' {
		path = "/" + path
	}
	text := a.schemeName() + "://" + a.host + path
	if params := url.Values(a.params).Encode(); params != "" {
		text += " " + params
	}
	return text
}

func (a address) schemeName() string {
	if a.scheme == nil || *a.scheme == "" {
		return "http"
	}
	return a.scheme.String()
}

// A canonical relabeling has its defaults filled in.
type canonical struct {
	Action      string                   `json:"action"`
	Sources     []monitoringv1.LabelName `json:"sources"`
	Separator   string                   `json:"separator"`
	Regex       string                   `json:"regex"`
	Modulus     int64                    `json:"modulus"`
	Target      string                   `json:"target"`
	Replacement string                   `json:"replacement"`
}

// basis returns all that the outcome of the relabelings depends on, apart from the target, in a
// form that is equal for equal ones.
func (c *chain) basis() string {
	b := struct {
		Relabelings []canonical `json:"relabelings"`
		Start       []string    `json:"start"`
		Labels      [][]string  `json:"labels"`
		Self        []string    `json:"self,omitempty"`
	}{Start: []string{c.start.Constant, c.start.Label, strconv.FormatBool(c.start.OfService)}}
	// A list that is nil and one that is empty are the same.
	for _, l := range c.labels {
		b.Labels = append(b.Labels, append([]string{}, l...))
	}
	b.Relabelings = canonicalOf(c.relabelings)
	if anyOf(c.relabelings, readsOwn) {
		b.Self = c.self
	}
	text, err := json.Marshal(b)
	if err != nil {
		return strings.Join(c.self, "/") // which no other endpoint has
	}
	return string(text)
}

func canonicalOf(list []monitoringv1.RelabelConfig) []canonical {
	var all []canonical
	for i := range list {
		r := &list[i]
		all = append(all, canonical{
			Action: actionName(r), Separator: relabeling.SeparatorOf(r), Regex: relabeling.RegexOf(r),
			Target: r.TargetLabel, Replacement: relabeling.ReplacementOf(r),
			Sources: append([]monitoringv1.LabelName{}, r.SourceLabels...), Modulus: r.Modulus,
		})
	}
	return all
}

// readsOwn reports whether a relabeling may read a label whose value is another one for each
// monitor, or depends on what a claim does not hold.
func readsOwn(r *monitoringv1.RelabelConfig) bool {
	return relabeling.MayRead(r, "__tmp_prometheus_job_name", "__scrape_interval__", "__scrape_timeout__",
		"__convert_classic_histograms_to_nhcb__", "__always_scrape_classic_histograms__", "__scrape_native_histograms__")
}

// actionName returns the action in lower case, also if Prometheus does not have it.
func actionName(r *monitoringv1.RelabelConfig) string {
	if action, known := relabeling.ActionOf(r); known {
		return string(action)
	}
	return strings.ToLower(r.Action)
}

func writesJob(r *monitoringv1.RelabelConfig) bool { return relabeling.MayWrite(r, jobLabel) }

func anyOf(list []monitoringv1.RelabelConfig, holds func(*monitoringv1.RelabelConfig) bool) bool {
	for i := range list {
		if holds(&list[i]) {
			return true
		}
	}
	return false
}

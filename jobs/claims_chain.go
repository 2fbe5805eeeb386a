package jobs

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/relabeling"
)

// A chain is what the operator makes an endpoint's relabelings of, as far as it differs
// from one monitor to the next.
type chain struct {
	start             Job // before the monitor's own relabelings
	relabelings       []monitoringv1.RelabelConfig
	metricRelabelings []monitoringv1.RelabelConfig
	honorLabels       bool
	class             *string

	// labels are what else the labels depend on that relabelings may read.
	labels [][]string

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
	classed := c.class != nil && *c.class != ""
	moved := anyOf(c.relabelings, relabeling.MayMove)
	filters := anyOf(c.relabelings, relabeling.Filters)
	if !classed && !moved && !filters {
		return claim
	}
	// What a relabeling does depends on those before it, and on labels that come from
	// elsewhere in the monitor. With all of that equal, it does the same to both.
	basis := c.basis()
	if moved {
		claim.Address += "\n" + basis
	}
	if filters {
		claim.Filter = basis
	}
	// The relabelings of a class are the Prometheus' and not known, and they come first.
	if classed {
		claim.Filter = classPrefix + *c.class + "\n" + basis
	}
	return claim
}

// classPrefix is what the filter of a claim begins with that has a scrape class.
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

// text is the canonical form. A path without a slash gets one, as in a URL.
func (a address) text() string {
	scheme, path := "http", a.path
	if a.scheme != nil && *a.scheme != "" {
		scheme = a.scheme.String()
	}
	if path == "" {
		path = "/metrics"
	}
	if path[0] != '/' {
		path = "/" + path
	}
	text := scheme + "://" + a.host + path
	if params := url.Values(a.params).Encode(); params != "" {
		text += " " + params
	}
	return text
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

// basis is all that the outcome of the relabelings depends on, apart from the target.
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
	for i := range c.relabelings {
		r := &c.relabelings[i]
		b.Relabelings = append(b.Relabelings, canonical{
			Action: actionName(r), Separator: relabeling.SeparatorOf(r), Regex: relabeling.RegexOf(r),
			Target: r.TargetLabel, Replacement: relabeling.ReplacementOf(r),
			Sources: append([]monitoringv1.LabelName{}, r.SourceLabels...), Modulus: r.Modulus,
		})
		if readsOwn(r) {
			b.Self = c.self
		}
	}
	text, err := json.Marshal(b)
	if err != nil {
		return strings.Join(c.self, "/") // equal to no other
	}
	return string(text)
}

// readsOwn reports whether a relabeling may read a label whose value is another one for each
// monitor, or depends on what a claim does not hold.
func readsOwn(r *monitoringv1.RelabelConfig) bool {
	return relabeling.MayRead(r, "__tmp_prometheus_job_name", "__scrape_interval__", "__scrape_timeout__")
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

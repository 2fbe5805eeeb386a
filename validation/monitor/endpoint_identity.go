package monitor

import (
	"encoding/json"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/config"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part/relabel"
)

// An endpointIdentity is what makes two endpoints of one monitor the same.
type endpointIdentity struct {
	target  string // the targets, and their labels
	rest    string // how they are scraped
	metrics string // which of their metrics are kept
}

func (i endpointIdentity) whole() string { return validation.Key(i.target, i.rest, i.metrics) }

// identity returns the identity with all defaults set. Intervals and timeouts are not part
// of it.
func (s Scrape) identity() endpointIdentity {
	path, scheme := s.MetricsPath.Value, config.DefaultScrapeConfig.Scheme
	if path == "" {
		path = config.DefaultScrapeConfig.MetricsPath
	}
	if path[0] != '/' {
		path = "/" + path // as in a URL
	}
	if s.Scheme != nil {
		scheme = s.Scheme.String()
	}
	params := map[string][]string{}
	for name, values := range s.Params.Values {
		if len(values) > 0 {
			params[name] = values
		}
	}
	port, rest := endpointParts(s.Endpoint)
	return endpointIdentity{
		target:  asText([]any{port.by, port.value, port.label, scheme, path, params, withDefaults(s.Relabelings), s.own()}),
		rest:    asText(rest),
		metrics: asText(withDefaults(s.MetricRelabelings)),
	}
}

// own returns what the labels of the endpoint itself come from, if a relabeling may read
// them.
func (s Scrape) own() []string {
	for i := range s.Relabelings.List {
		if relabeling.MayRead(&s.Relabelings.List[i], ownLabels...) {
			return []string{s.Path.String(), s.Interval.Value, s.Timeout.Value}
		}
	}
	return nil
}

// ownLabels differ from one endpoint to the next.
var ownLabels = []string{"__tmp_prometheus_job_name", "__scrape_interval__", "__scrape_timeout__"}

// endpointParts returns the port of an endpoint, as prometheus-operator v0.93.0 reads it, and
// the fields that the identity has nowhere else.
func endpointParts(endpoint any) (port scrapedPort, rest any) {
	switch e := endpoint.(type) {
	case *monitoringv1.Endpoint:
		rest := *e
		rest.Port, rest.TargetPort, rest.Path, rest.Scheme, rest.Params = "", nil, "", nil, nil
		rest.Interval, rest.ScrapeTimeout, rest.RelabelConfigs, rest.MetricRelabelConfigs = "", "", nil, nil
		rest.HTTPConfigWithoutTLS = httpWithDefaults(rest.HTTPConfigWithoutTLS)
		rest.FilterRunning, rest.HonorTimestamps = orTrue(rest.FilterRunning), orTrue(rest.HonorTimestamps)
		rest.TrackTimestampsStaleness = orFalse(rest.TrackTimestampsStaleness)
		if rest.TLSConfig != nil && *rest.TLSConfig == (monitoringv1.TLSConfig{}) {
			rest.TLSConfig = nil
		}
		if e.Port != "" {
			return scrapedPort{"service port", e.Port, e.Port}, rest
		}
		return targetPort(e.TargetPort), rest
	case *monitoringv1.PodMetricsEndpoint:
		rest := *e
		old := e.TargetPort                                                                                            //nolint:staticcheck // deprecated, and in use
		rest.Port, rest.PortNumber, rest.TargetPort, rest.Path, rest.Scheme, rest.Params = nil, nil, nil, "", nil, nil //nolint:staticcheck // the same
		rest.Interval, rest.ScrapeTimeout, rest.RelabelConfigs, rest.MetricRelabelConfigs = "", "", nil, nil
		rest.HTTPConfigWithoutTLS = httpWithDefaults(rest.HTTPConfigWithoutTLS)
		rest.FilterRunning, rest.HonorTimestamps = orTrue(rest.FilterRunning), orTrue(rest.HonorTimestamps)
		rest.TrackTimestampsStaleness = orFalse(rest.TrackTimestampsStaleness)
		if rest.TLSConfig != nil && *rest.TLSConfig == (monitoringv1.SafeTLSConfig{}) {
			rest.TLSConfig = nil
		}
		switch {
		case e.Port != nil && *e.Port != "":
			return scrapedPort{"container port", *e.Port, *e.Port}, rest
		case e.PortNumber != nil && *e.PortNumber != 0:
			// The label endpoint comes from targetPort even here.
			return scrapedPort{"container port number", asText(*e.PortNumber), targetPort(old).label}, rest
		}
		return targetPort(old), rest
	}
	return scrapedPort{}, nil
}

// A scrapedPort is the port whose targets are kept, and the value of the label endpoint.
type scrapedPort struct{ by, value, label string }

func targetPort(p *intstr.IntOrString) scrapedPort {
	switch {
	case p == nil, p.String() == "":
		return scrapedPort{}
	case p.Type == intstr.String:
		return scrapedPort{"container port", p.StrVal, p.StrVal}
	case p.IntVal == 0: // chooses none
		return scrapedPort{label: p.String()}
	}
	return scrapedPort{"container port number", p.String(), p.String()}
}

func httpWithDefaults(c monitoringv1.HTTPConfigWithoutTLS) monitoringv1.HTTPConfigWithoutTLS {
	c.FollowRedirects, c.EnableHTTP2 = orTrue(c.FollowRedirects), orTrue(c.EnableHTTP2)
	if c.Authorization != nil && *c.Authorization == (monitoringv1.SafeAuthorization{}) {
		c.Authorization = nil
	}
	return c
}

func orTrue(b *bool) *bool {
	set := b == nil || *b
	return &set
}

func orFalse(b *bool) *bool {
	set := b != nil && *b
	return &set
}

// withDefaults returns relabelings as Prometheus has them once it has set the defaults.
func withDefaults(list relabel.Relabelings) [][]string {
	all := make([][]string, 0, len(list.List))
	for _, r := range list.Each() {
		one := []string{strings.ToLower(r.ActionName()), r.SeparatorText(), r.Pattern(), r.ReplacementText(), r.TargetLabel, asText(r.Modulus)}
		for _, l := range r.SourceLabels {
			one = append(one, string(l))
		}
		all = append(all, one)
	}
	return all
}

// areComplementary reports whether one list drops exactly what the other keeps.
func areComplementary(a, b relabel.Relabelings) bool {
	ofA, ofB := choicesOf(a), choicesOf(b)
	for choice := range ofA {
		if ofB[choice.opposite()] {
			return true
		}
	}
	return false
}

// A keepOrDrop is a relabeling that keeps or drops.
type keepOrDrop struct {
	drop bool
	by   string
}

func (c keepOrDrop) opposite() keepOrDrop { return keepOrDrop{!c.drop, c.by} }

func choicesOf(list relabel.Relabelings) map[keepOrDrop]bool {
	all := map[keepOrDrop]bool{}
	for _, r := range list.Each() {
		action := strings.ToLower(r.Action)
		if action == "keep" || action == "drop" {
			all[keepOrDrop{action == "drop", asText([]any{r.SourceLabels, r.SeparatorText(), r.Pattern()})}] = true
		}
	}
	return all
}

// asText returns a text to compare values by. Values that were decoded from JSON can be
// encoded again.
func asText(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

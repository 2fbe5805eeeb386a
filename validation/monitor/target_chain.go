package monitor

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// A targetChain runs all relabelings of a scrape over its static targets. All labels that these
// start with are in the object.
type targetChain struct {
	scrape   Scrape
	defaults map[string]string
	configs  []*relabel.Config
	own      int // the index of the first of the object's own

	lost map[string]lostLabel // what is known of labels so far
}

// A lostLabel says whether relabelings of metrics remove a label, and which of them does.
type lostLabel struct {
	by   int
	lost bool
}

// Limits of what is run for one object.
const (
	maxComparedTargets = 1000
	maxRelabelSteps    = 20_000
)

// newTargetChain returns false if there is nothing to compare, and where a label is not known.
func newTargetChain(o *Object, s Scrape, snapshot validation.Snapshot) (c *targetChain, ok bool) {
	targets := 0
	for _, static := range s.Static {
		targets += len(static.Targets)
	}
	if targets < 2 || targets > maxComparedTargets || s.Relabelings.ClassUnknown {
		return nil, false
	}
	preceding := s.Relabelings.Preceding()
	list := slices.Concat(preceding, s.Relabelings.List)
	namespace, job := o.names()
	if label := o.judged(snapshot).EnforcedLabel; label != "" && len(s.Relabelings.List) > 0 {
		list = append(list, SetLabel(label, namespace))
	}
	if targets*len(list) > maxRelabelSteps {
		return nil, false
	}
	for i := range list {
		if relabeling.MayRead(&list[i], model.ScrapeIntervalLabel, model.ScrapeTimeoutLabel) {
			return nil, false
		}
	}
	configs, err := relabeling.Configs(list)
	if err != nil {
		return nil, false
	}
	return &targetChain{scrape: s, defaults: s.defaultLabels(job), configs: configs, own: len(preceding), lost: map[string]lostLabel{}}, true
}

// names returns the namespace of the object, and the name that the operator gives its job.
func (o *Object) names() (namespace, job string) {
	switch object := o.Raw.(type) {
	case *monitoringv1.Probe:
		return object.Namespace, "probe/" + object.Namespace + "/" + object.Name
	case *monitoringv1alpha1.ScrapeConfig:
		return object.Namespace, "scrapeConfig/" + object.Namespace + "/" + object.Name
	}
	return "", ""
}

// defaultLabels returns the labels that a target has unless it sets them (Prometheus v0.316,
// scrape.PopulateDiscoveredLabels).
func (s Scrape) defaultLabels(job string) map[string]string {
	scheme := config.DefaultScrapeConfig.Scheme
	if s.Scheme != nil {
		scheme = s.Scheme.String()
	}
	defaults := map[string]string{
		model.JobLabel: job, model.SchemeLabel: scheme,
		model.MetricsPathLabel: cmp.Or(s.MetricsPath.Value, config.DefaultScrapeConfig.MetricsPath),
	}
	for name, values := range s.Params.Values {
		if len(values) > 0 {
			defaults[model.ParamLabelPrefix+name] = values[0]
		}
	}
	return defaults
}

// A staticTargetAt is a static target in its place.
type staticTargetAt struct {
	validation.Place

	address string
	set     map[string]string
}

// start returns a text that is equal for targets that are equal before any relabeling.
func (t staticTargetAt) start() string {
	return t.address + labels.NewBuilder(labels.FromMap(t.set)).Labels().String() // without empty labels
}

func (c *targetChain) targets() []staticTargetAt {
	var all []staticTargetAt
	for _, static := range c.scrape.Static {
		set := map[string]string{}
		if static.Namespace != "" {
			set["namespace"] = static.Namespace
		}
		maps.Copy(set, static.Labels.Values)
		for i, address := range static.Targets {
			all = append(all, staticTargetAt{static.Index(i), address, set})
		}
	}
	return all
}

// after returns the labels of a target after the first n relabelings, as Prometheus would have them
// if these were all (v0.316, scrape.PopulateLabels). kept is false if it has dropped the target.
func (c *targetChain) after(t staticTargetAt, n int) (end labels.Labels, kept bool) {
	b := labels.NewBuilder(labels.FromMap(t.set))
	b.Set(model.AddressLabel, t.address)
	for name, value := range c.defaults {
		if b.Get(name) == "" {
			b.Set(name, value)
		}
	}
	kept = relabel.ProcessBuilder(b, c.configs[:n]...)
	address := b.Get(model.AddressLabel)
	b.Range(func(l labels.Label) {
		if strings.HasPrefix(l.Name, model.MetaLabelPrefix) {
			b.Del(l.Name)
		}
	})
	if b.Get(model.InstanceLabel) == "" {
		b.Set(model.InstanceLabel, address)
	}
	return b.Labels(), kept && address != ""
}

// loses is [relabel.Relabelings.Loses] of the relabelings of metrics, which are asked once for a label.
func (c *targetChain) loses(name string) lostLabel {
	l, known := c.lost[name]
	if !known {
		l.by, l.lost = c.scrape.MetricRelabelings.Loses(name)
		c.lost[name] = l
	}
	return l
}

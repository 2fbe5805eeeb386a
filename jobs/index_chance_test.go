package jobs

import (
	"math/rand/v2"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/selection"
)

var universe = struct{ namespaces, keys, values, ports, names []string }{
	namespaces: []string{"m", "n", "o", "p", "q", "r"}, // more than the namespaces that claims are kept under
	keys:       []string{"a", "b", "c"},
	values:     []string{"1", "2"},
	ports:      []string{"", "web", "admin"},
	names:      []string{"x", "y", "z"},
}

// A chance makes random objects of the universe.
type chance struct{ *rand.Rand }

func (c chance) of(list ...string) string { return list[c.IntN(len(list))] }

func (c chance) labels() map[string]string {
	m := map[string]string{}
	for range c.IntN(4) {
		m[c.of(universe.keys...)] = c.of(universe.values...)
	}
	return m
}

func (c chance) selector() *metav1.LabelSelector {
	s := &metav1.LabelSelector{}
	if c.IntN(8) > 0 {
		s.MatchLabels = c.labels()
	}
	for range max(0, c.IntN(5)-2) {
		r := metav1.LabelSelectorRequirement{Key: c.of(universe.keys...), Operator: metav1.LabelSelectorOperator(c.of("In", "NotIn", "Exists", "DoesNotExist"))}
		if r.Operator == "In" || r.Operator == "NotIn" {
			for range 1 + c.IntN(2) {
				r.Values = append(r.Values, c.of(universe.values...))
			}
		}
		s.MatchExpressions = append(s.MatchExpressions, r)
	}
	return s
}

func (c chance) objects(t *testing.T, own string) *Objects {
	o := newObjects(t, c.selector(), own)
	switch c.IntN(4) {
	case 0:
		o.Namespaces = nil
	case 1:
		o.Namespaces = nil
		for range 1 + c.IntN(8) {
			o.Namespaces = append(o.Namespaces, c.of(universe.namespaces...))
		}
	}
	switch c.IntN(3) {
	case 0:
		o.TargetPort = c.of("80", "81")
	case 1:
		o.Port = c.of(universe.ports...)
	}
	return o
}

// otherPort returns the same selection with another port.
func (c chance) otherPort(o *Objects) *Objects {
	if o == nil {
		return nil
	}
	other := *o
	other.Port, other.TargetPort = c.of(universe.ports...), ""
	return &other
}

func newObjects(t testing.TB, s *metav1.LabelSelector, namespaces ...string) *Objects {
	selector, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		t.Fatal(err)
	}
	requirements, _ := selector.Requirements()
	return &Objects{Selector: selector, Requirements: requirements, Namespaces: namespaces}
}

func (c chance) job() Job {
	switch c.IntN(8) {
	case 0:
		return Job{}
	case 1, 2:
		return Job{OfService: true}
	case 3, 4:
		return Job{OfService: true, Label: c.of("a", "b")}
	}
	return Job{Constant: c.of("x", "1")} // a name of a Service, a value of a label
}

func (c chance) ref() selection.Ref {
	return selection.Ref{Kind: c.of("ServiceMonitor", "ServiceMonitor", "PodMonitor", "Probe", "ScrapeConfig"), Namespace: c.of(universe.namespaces...), Name: c.of(universe.names...)}
}

func (c chance) monitor(t *testing.T) *Monitor {
	m := &Monitor{Ref: c.ref(), Labels: c.labels(), Release: c.of("", "", "r"), Terminating: c.IntN(4) == 0}
	if c.IntN(3) > 0 {
		m.Created = time.Unix(int64(c.IntN(3)), 0)
	}
	for i := range c.IntN(4) {
		claim := Claim{Endpoint: i, Job: c.job(), Address: c.of("/", "/", "/", "/", "/x"), Filter: c.of("", "", "", "", "f", "class c")}
		switch m.Kind {
		case "ServiceMonitor":
			claim.Services = c.objects(t, m.Namespace)
		case "PodMonitor":
			claim.Pods = c.objects(t, m.Namespace)
		default:
			for range c.IntN(4) {
				claim.Static = append(claim.Static, c.of("s", "t", "u", "v"))
			}
		}
		if i > 0 && c.IntN(3) == 0 { // the claims of one monitor select the same objects
			same := m.Claims[i-1]
			claim.Job, claim.Services, claim.Pods = same.Job, c.otherPort(same.Services), c.otherPort(same.Pods)
		}
		m.Claims = append(m.Claims, claim)
	}
	return m
}

func (c chance) prometheus(t *testing.T) selection.Selectors {
	p := &monitoringv1.Prometheus{}
	p.Namespace = c.of(universe.namespaces...)
	pick := func() *metav1.LabelSelector {
		switch c.IntN(8) {
		case 0:
			return nil
		case 1:
			return c.selector()
		}
		return &metav1.LabelSelector{}
	}
	p.Spec.ServiceMonitorSelector, p.Spec.ServiceMonitorNamespaceSelector = pick(), pick()
	p.Spec.PodMonitorSelector, p.Spec.PodMonitorNamespaceSelector = pick(), pick()
	p.Spec.ProbeSelector, p.Spec.ProbeNamespaceSelector = pick(), pick()
	p.Spec.ScrapeConfigSelector, p.Spec.ScrapeConfigNamespaceSelector = pick(), pick()
	s, err := selection.Of(p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (c chance) service() *Service {
	s := &Service{Namespace: c.of(universe.namespaces...), Name: c.of(universe.names...), Labels: c.labels(), Pods: uint64(c.IntN(3)), Headless: c.IntN(2) == 0}
	for range c.IntN(4) {
		s.Ports = append(s.Ports, ServicePort{Name: c.of(universe.ports...), TargetPort: c.of("80", "81", "82")})
	}
	return s
}

// step changes both in the same way.
func (c chance) step(t *testing.T, x *Index, y *naive) {
	prometheus := selection.Ref{Kind: c.of("Prometheus", "PrometheusAgent"), Namespace: "m", Name: c.of("x", "y")}
	namespace := c.of(universe.namespaces...)
	switch c.IntN(22) {
	case 0, 1:
		s := c.prometheus(t)
		x.SetPrometheus(prometheus, s, nil)
		y.prometheuses[prometheus] = s
	case 2:
		x.DeletePrometheus(prometheus)
		delete(y.prometheuses, prometheus)
	case 3:
		y.namespaces[namespace] = c.labels()
		x.SetNamespace(namespace, y.namespaces[namespace])
	case 4:
		x.DeleteNamespace(namespace)
		delete(y.namespaces, namespace)
	case 5, 6, 7:
		s := c.service()
		x.SetService(s)
		y.services[[2]string{s.Namespace, s.Name}] = s
	case 8, 9:
		name := c.of(universe.names...)
		x.DeleteService(namespace, name)
		delete(y.services, [2]string{namespace, name})
	case 10, 11:
		r := c.ref()
		x.DeleteMonitor(r)
		delete(y.monitors, r)
	default:
		m := c.monitor(t)
		x.SetMonitor(m)
		y.monitors[m.Ref] = m
	}
}

package jobs

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/selection"
)

// TestClassesOfStatic: a default class may make targets differ that are equal without it, unless
// the monitor's relabelings and labels are equal.
func TestClassesOfStatic(t *testing.T) {
	const plain = `{jobName: x, prober: {url: "prober:9115"}, targets: {staticConfig: {static: [a], labels: {owner: shop}}}}`
	const relabeled = `{jobName: x, prober: {url: "prober:9115"}, targets: {staticConfig: {static: [a], relabelingConfigs: [{targetLabel: owner, replacement: shop}]}}}`
	const class = `[{name: c, default: true, relabelings: [{sourceLabels: [owner], targetLabel: team}]}]`
	cases := map[string]struct {
		classes, mine, theirs string
		want                  bool
	}{
		"NoClass":   {`[]`, plain, relabeled, true},
		"Apart":     {class, plain, relabeled, false},
		"Plain":     {class, plain, plain, true},
		"Relabeled": {class, relabeled, relabeled, true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := &monitoringv1.Prometheus{}
			if err := yaml.UnmarshalStrict([]byte(`{spec: {probeSelector: {}, probeNamespaceSelector: {}, scrapeClasses: `+tc.classes+`}}`), p); err != nil {
				t.Fatal(err)
			}
			s, err := selection.Of(p)
			if err != nil {
				t.Fatal(err)
			}
			a, b := read(t, &monitoringv1.Probe{}, tc.mine), read(t, &monitoringv1.Probe{}, tc.theirs)
			b.Name = "b"
			x := NewIndex()
			x.SetPrometheus(k8s, s, ClassesOf(p.Spec.ScrapeClasses))
			x.SetMonitor(b)
			if got := len(x.Clashes(a)) > 0; got != tc.want {
				t.Errorf("they clash: %t", got)
			}
		})
	}
}

// TestScrapeClasses: if a class of a Prometheus may change the outcome, nothing is refused, unless
// it changes both monitors in the same way. The same applies to monitors that share a job.
func TestScrapeClasses(t *testing.T) {
	const plain = `{selector: {matchLabels: {app: web}}, endpoints: [{port: web}]}`
	const constant = `{selector: {matchLabels: {app: web}}, endpoints: [{port: web, relabelings: [{targetLabel: job, replacement: web}]}]}`
	const named = `{scrapeClass: c, selector: {matchLabels: {app: web}}, endpoints: [{port: web}]}`
	const admin = `{selector: {matchLabels: {app: web}}, endpoints: [{port: admin}]}`
	cases := map[string]struct {
		reason       string
		classes      string
		mine, theirs string
		job          string // of the clash; empty if there is none
		shared       bool
	}{
		"None":       {"there are no classes", `[]`, plain, plain, "web", false},
		"Adds":       {"an additional label changes nothing", `[{name: c, default: true, relabelings: [{targetLabel: cluster, replacement: blue}]}]`, plain, constant, "web", false},
		"Moves":      {"to the same place", `[{name: c, default: true, relabelings: [{sourceLabels: [__address__], targetLabel: __address__, regex: "(.*):80", replacement: "$1"}]}]`, plain, plain, "web", false},
		"MovesApart": {"by a label that only one of them may have", `[{name: c, default: true, relabelings: [{sourceLabels: [team], targetLabel: __metrics_path__}]}]`, plain, plain, "", false},
		"Drops":      {"the same targets", `[{name: c, default: true, relabelings: [{action: drop, sourceLabels: [__meta_kubernetes_pod_phase], regex: Failed}]}]`, plain, plain, "web", false},
		"DropsApart": {"targets of monitors that do not request the metadata of nodes", `[{name: c, default: true, relabelings: [{action: keep, sourceLabels: [__meta_kubernetes_node_label_zone], regex: a}]}]`, plain, plain, "", false},
		"Job":        {"both jobs change, to the same job", `[{name: c, default: true, relabelings: [{sourceLabels: [__meta_kubernetes_pod_label_app], targetLabel: job}]}]`, plain, plain, jobOfClass, false},
		"JobOfOne":   {"only the monitor without a constant gets it", `[{name: c, default: true, relabelings: [{sourceLabels: [__meta_kubernetes_pod_label_app], targetLabel: job}]}]`, plain, constant, "", false},
		"Constants":  {"a monitor's own relabelings come last", `[{name: c, default: true, relabelings: [{targetLabel: job, replacement: x}]}]`, constant, constant, "web", false},
		"Own":        {"each gets a job of its own", `[{name: c, default: true, relabelings: [{sourceLabels: [__tmp_prometheus_job_name], targetLabel: job}]}]`, plain, plain, "", false},
		"NamedOwn":   {"so do monitors that name the class", `[{name: c, relabelings: [{sourceLabels: [__tmp_prometheus_job_name], targetLabel: job}]}]`, named, named, "", false},
		"Named":      {"a class has the same effect on both", `[{name: c, relabelings: [{sourceLabels: [team], targetLabel: job}]}]`, named, named, "web", false},
		"NotDefault": {"no monitor uses the class", `[{name: c, relabelings: [{targetLabel: job, replacement: x}]}]`, plain, constant, "web", false},
		"Metrics":    {"samples get another job", `[{name: c, default: true, metricRelabelings: [{sourceLabels: [app], targetLabel: job}]}]`, plain, constant, "", false},
		"Shared":     {"two ports of a Service", `[{name: c, default: true, relabelings: [{targetLabel: cluster, replacement: blue}]}]`, plain, admin, "", true},
		"SharedNot":  {"the class may make them differ", `[{name: c, default: true, relabelings: [{sourceLabels: [__meta_kubernetes_pod_name], targetLabel: job}]}]`, plain, admin, "", false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := &monitoringv1.Prometheus{}
			text := `{spec: {serviceMonitorSelector: {}, serviceMonitorNamespaceSelector: {}, scrapeClasses: ` + tc.classes + `}}`
			if err := yaml.UnmarshalStrict([]byte(text), p); err != nil {
				t.Fatal(err)
			}
			s, err := selection.Of(p)
			if err != nil {
				t.Fatal(err)
			}
			a, b := read(t, &monitoringv1.ServiceMonitor{}, tc.mine), read(t, &monitoringv1.ServiceMonitor{}, tc.theirs)
			a.Name, b.Name = "a", "b"
			for _, pair := range [][2]*Monitor{{a, b}, {b, a}} {
				x := NewIndex()
				x.SetPrometheus(k8s, s, ClassesOf(p.Spec.ScrapeClasses))
				x.SetService(&Service{Namespace: "shop", Name: "web", Labels: map[string]string{"app": "web"}, Ports: []ServicePort{{Name: "web", TargetPort: "80"}, {Name: "admin", TargetPort: "81"}}})
				x.SetMonitor(pair[1])
				got := x.Clashes(pair[0])
				if len(got) > 0 != (tc.job != "") || tc.job != "" && got[0].Job != tc.job {
					t.Errorf("%s: %+v", tc.reason, got)
				}
				if shared := len(x.Shared(pair[0])) > 0; shared != tc.shared && tc.job == "" {
					t.Errorf("%s: shared %t", tc.reason, shared)
				}
			}
		})
	}
}

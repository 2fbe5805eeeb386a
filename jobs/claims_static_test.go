package jobs

import (
	"slices"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// read makes a monitor of the spec of an object m in the namespace shop.
func read(t *testing.T, object any, spec string) *Monitor {
	t.Helper()
	text := `{metadata: {namespace: shop, name: m}, spec: ` + spec + `}`
	if err := yaml.UnmarshalStrict([]byte(text), object); err != nil {
		t.Fatal(err)
	}
	return MonitorOf(object)
}

func TestJobOfOtherKinds(t *testing.T) {
	pods, probe, config := func() any { return &monitoringv1.PodMonitor{} }, func() any { return &monitoringv1.Probe{} }, func() any { return &monitoringv1alpha1.ScrapeConfig{} }
	const unknown = ""
	cases := map[string]struct {
		object func() any
		spec   string
		want   []string // constant jobs, one for each claim
	}{
		"Pods":               {pods, `{selector: {}, podMetricsEndpoints: [{port: web}]}`, []string{"shop/m"}},
		"PodsJobLabel":       {pods, `{selector: {}, jobLabel: app, podMetricsEndpoints: [{port: web}]}`, []string{unknown}},
		"PodsConstant":       {pods, `{selector: {}, jobLabel: app, podMetricsEndpoints: [{relabelings: [{targetLabel: job, replacement: x}]}]}`, []string{"x"}},
		"PodsHonorLabels":    {pods, `{selector: {}, podMetricsEndpoints: [{honorLabels: true}, {port: web}]}`, []string{unknown, "shop/m"}},
		"PodsNoSelector":     {pods, `{selector: {matchExpressions: [{key: a, operator: What}]}, podMetricsEndpoints: [{port: web}]}`, nil},
		"PodsNumberAsName":   {pods, `{selector: {}, podMetricsEndpoints: [{targetPort: "80"}, {portNumber: 80}]}`, []string{"shop/m"}},
		"Probe":              {probe, `{targets: {staticConfig: {static: [a]}}}`, []string{"probe/shop/m"}},
		"ProbeJobName":       {probe, `{jobName: x, targets: {staticConfig: {static: [a]}}}`, []string{"x"}},
		"ProbeJobNameRef":    {probe, `{jobName: "x${1}y", targets: {staticConfig: {static: [a]}}}`, []string{"xy"}},
		"ProbeLabel":         {probe, `{targets: {staticConfig: {static: [a], labels: {job: l}}}}`, []string{"l"}},
		"ProbeLabelJobName":  {probe, `{jobName: x, targets: {staticConfig: {static: [a], labels: {job: l}}}}`, []string{"x"}},
		"ProbeRelabeled":     {probe, `{jobName: x, targets: {staticConfig: {static: [a], relabelingConfigs: [{sourceLabels: [a], targetLabel: job}]}}}`, []string{unknown}},
		"ProbeIngress":       {probe, `{targets: {ingress: {selector: {}}}}`, nil},
		"ProbeNothing":       {probe, `{jobName: x}`, nil},
		"Config":             {config, `{staticConfigs: [{targets: [a]}]}`, []string{"scrapeConfig/shop/m"}},
		"ConfigJobName":      {config, `{jobName: x, staticConfigs: [{targets: [a]}, {targets: [b]}]}`, []string{"x"}},
		"ConfigLabel":        {config, `{staticConfigs: [{targets: [a]}, {targets: [b], labels: {job: l}}, {targets: [c]}]}`, []string{"scrapeConfig/shop/m", "l"}},
		"ConfigNoJob":        {config, `{jobName: "", staticConfigs: [{targets: [a]}]}`, []string{unknown}},
		"ConfigHonorLabels":  {config, `{honorLabels: true, staticConfigs: [{targets: [a]}]}`, []string{unknown}},
		"ConfigOthers":       {config, `{fileSDConfigs: [{files: [a.json]}]}`, nil},
		"ConfigStaticOthers": {config, `{fileSDConfigs: [{files: [a.json]}], staticConfigs: [{targets: [a]}]}`, []string{"scrapeConfig/shop/m"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, c := range read(t, tc.object(), tc.spec).Claims {
				if c.Job.OfService {
					t.Errorf("%+v belongs to no Service", c.Job)
				}
				got = append(got, c.Job.Constant)
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestProbesApart(t *testing.T) {
	const plain = `{jobName: x, prober: {url: "prober:9115"}, module: icmp, targets: {staticConfig: {static: [a]}}}`
	cases := map[string]struct {
		spec                    string
		sameAddress, sameStatic bool
	}{
		"Defaults":       {`{jobName: x, prober: {url: "prober:9115", path: /probe, scheme: http}, module: icmp, targets: {staticConfig: {static: [a], labels: {empty: ""}}}}`, true, true},
		"ModuleAsParam":  {`{jobName: x, prober: {url: "prober:9115"}, params: [{name: module, values: [icmp]}], targets: {staticConfig: {static: [a]}}}`, true, true},
		"ModuleWins":     {`{jobName: x, prober: {url: "prober:9115"}, module: icmp, params: [{name: module, values: [dns]}], targets: {staticConfig: {static: [a]}}}`, true, true},
		"OtherModule":    {`{jobName: x, prober: {url: "prober:9115"}, module: dns, targets: {staticConfig: {static: [a]}}}`, false, true},
		"OtherProber":    {`{jobName: x, prober: {url: "other:9115"}, module: icmp, targets: {staticConfig: {static: [a]}}}`, false, true},
		"OtherTarget":    {`{jobName: x, prober: {url: "prober:9115"}, module: icmp, targets: {staticConfig: {static: [b]}}}`, true, false},
		"JobAsLabel":     {`{jobName: x, prober: {url: "prober:9115"}, module: icmp, targets: {staticConfig: {static: [a], labels: {job: y}}}}`, true, true},
		"OtherLabel":     {`{jobName: x, prober: {url: "prober:9115"}, module: icmp, targets: {staticConfig: {static: [a], labels: {l: v}}}}`, true, false},
		"OtherNamespace": {`{jobName: x, prober: {url: "prober:9115"}, module: icmp, targets: {staticConfig: {static: [a], labels: {namespace: other}}}}`, true, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a, b := read(t, &monitoringv1.Probe{}, plain).Claims[0], read(t, &monitoringv1.Probe{}, tc.spec).Claims[0]
			if (a.Address == b.Address) != tc.sameAddress || slices.Equal(a.Static, b.Static) != tc.sameStatic {
				t.Errorf("addresses %s and %s, targets %s and %s", a.Address, b.Address, a.Static, b.Static)
			}
		})
	}
}

// TestScrapeClass: the effect of a class on an endpoint is unknown, but it is the same for equal
// endpoints.
func TestScrapeClass(t *testing.T) {
	filter := func(spec string) string { return read(t, &monitoringv1.ServiceMonitor{}, spec).Claims[0].Filter }
	classed := filter(`{scrapeClass: mesh, selector: {}, endpoints: [{port: web}]}`)
	if classed == filter(`{selector: {}, endpoints: [{port: web}]}`) {
		t.Error("a class may drop targets that are kept without it")
	}
	if classed != filter(`{scrapeClass: mesh, selector: {matchLabels: {a: b}}, endpoints: [{port: web}]}`) {
		t.Error("the same class has the same effect")
	}
	if classed == filter(`{scrapeClass: mesh, selector: {}, targetLabels: [app], endpoints: [{port: web}]}`) {
		t.Error("a class may read a label that only one of the two has")
	}
}

// TestFilterApart: equal relabelings drop other targets if the labels that they read come from
// elsewhere in the monitor.
func TestFilterApart(t *testing.T) {
	const plain = `{selector: {}, endpoints: [{port: web, relabelings: [{action: keep, sourceLabels: [a], regex: b}, {targetLabel: job, replacement: x}]}]}`
	cases := map[string]struct {
		spec string
		same bool
	}{
		"Same":        {`{selector: {}, namespaceSelector: {any: true}, endpoints: [{port: web, interval: 5s, relabelings: [{action: Keep, separator: ";", sourceLabels: [a], regex: b}, {targetLabel: job, replacement: x, regex: "(.*)"}]}]}`, true},
		"JobLabel":    {`{selector: {}, jobLabel: l, endpoints: [{port: web, relabelings: [{action: keep, sourceLabels: [a], regex: b}, {targetLabel: job, replacement: x}]}]}`, false},
		"Endpoint":    {`{selector: {}, endpoints: [{targetPort: web, relabelings: [{action: keep, sourceLabels: [a], regex: b}, {targetLabel: job, replacement: x}]}]}`, true},
		"OtherNumber": {`{selector: {}, endpoints: [{targetPort: 80, relabelings: [{action: keep, sourceLabels: [a], regex: b}, {targetLabel: job, replacement: x}]}]}`, false},
		"Order":       {`{selector: {}, endpoints: [{port: web, relabelings: [{targetLabel: job, replacement: x}, {action: keep, sourceLabels: [a], regex: b}]}]}`, false},
		"TargetLabel": {`{selector: {}, targetLabels: [a], endpoints: [{port: web, relabelings: [{action: keep, sourceLabels: [a], regex: b}, {targetLabel: job, replacement: x}]}]}`, false},
		"Nodes":       {`{selector: {}, attachMetadata: {node: true}, endpoints: [{port: web, relabelings: [{action: keep, sourceLabels: [a], regex: b}, {targetLabel: job, replacement: x}]}]}`, false},
		"NoNodes":     {`{selector: {}, attachMetadata: {node: false}, endpoints: [{port: web, relabelings: [{action: keep, sourceLabels: [a], regex: b}, {targetLabel: job, replacement: x}]}]}`, true},
		"Role":        {`{selector: {}, serviceDiscoveryRole: EndpointSlice, endpoints: [{port: web, relabelings: [{action: keep, sourceLabels: [a], regex: b}, {targetLabel: job, replacement: x}]}]}`, false},
		"PodLabel":    {`{selector: {}, podTargetLabels: [a], endpoints: [{port: web, relabelings: [{action: keep, sourceLabels: [a], regex: b}, {targetLabel: job, replacement: x}]}]}`, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a, b := read(t, &monitoringv1.ServiceMonitor{}, plain).Claims[0], read(t, &monitoringv1.ServiceMonitor{}, tc.spec).Claims[0]
			if (a.Filter == b.Filter) != tc.same {
				t.Errorf("filters %s and %s", a.Filter, b.Filter)
			}
		})
	}
}

func TestServiceOf(t *testing.T) {
	cases := map[string]struct {
		spec string
		want []ServicePort
	}{
		"Name":         {`{ports: [{name: web, port: 80, targetPort: http}]}`, []ServicePort{{Name: "web", TargetPort: "http"}}},
		"Number":       {`{ports: [{name: web, port: 80, targetPort: 8080}]}`, []ServicePort{{Name: "web", TargetPort: "8080"}}},
		"Own":          {`{ports: [{port: 80}]}`, []ServicePort{{TargetPort: "80"}}},
		"ExternalName": {`{type: ExternalName, externalName: a.example, ports: [{port: 80}]}`, nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var s corev1.Service
			if err := yaml.UnmarshalStrict([]byte(`{spec: `+tc.spec+`}`), &s); err != nil {
				t.Fatal(err)
			}
			if got := ServiceOf(&s).Ports; !slices.Equal(got, tc.want) {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

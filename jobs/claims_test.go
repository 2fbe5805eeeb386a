package jobs

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

func TestJobOfServiceMonitor(t *testing.T) {
	service, unknown := Job{OfService: true}, Job{}
	cases := map[string]struct {
		spec string // of the endpoint
		want Job
	}{
		"Nothing":           {`{port: web}`, service},
		"OtherLabel":        {`{relabelings: [{targetLabel: node, sourceLabels: [a]}]}`, service},
		"Constant":          {`{relabelings: [{targetLabel: job, replacement: web}]}`, Job{Constant: "web"}},
		"ConstantFromAny":   {`{relabelings: [{targetLabel: job, replacement: web, sourceLabels: [a], regex: "(.*)", action: replace}]}`, Job{Constant: "web"}},
		"Sometimes":         {`{relabelings: [{targetLabel: job, replacement: web, sourceLabels: [a], regex: "x"}]}`, unknown},
		"NotOfEmpty":        {`{relabelings: [{targetLabel: job, replacement: web, sourceLabels: [a], regex: "(.+)"}]}`, unknown},
		"Copied":            {`{relabelings: [{targetLabel: job, sourceLabels: [a]}]}`, unknown},
		"Reference":         {`{relabelings: [{targetLabel: job, replacement: "x-$1", sourceLabels: [a]}]}`, unknown},
		"Removed":           {`{relabelings: [{targetLabel: job, replacement: ""}]}`, unknown},
		"LastWins":          {`{relabelings: [{targetLabel: job, replacement: a}, {targetLabel: job, replacement: b}]}`, Job{Constant: "b"}},
		"ConstantAfter":     {`{relabelings: [{targetLabel: job, sourceLabels: [a]}, {targetLabel: job, replacement: b}]}`, Job{Constant: "b"}},
		"UnknownAfter":      {`{relabelings: [{targetLabel: job, replacement: b}, {targetLabel: job, sourceLabels: [a]}]}`, unknown},
		"TemplatedTarget":   {`{relabelings: [{targetLabel: "${1}", sourceLabels: [a], regex: "(.+)"}]}`, unknown},
		"Lowercase":         {`{relabelings: [{action: Lowercase, targetLabel: job, sourceLabels: [a]}]}`, unknown},
		"HashMod":           {`{relabelings: [{action: hashmod, targetLabel: job, sourceLabels: [a], modulus: 2}]}`, unknown},
		"LabelMap":          {`{relabelings: [{action: labelmap, regex: "__meta_kubernetes_pod_label_(.+)"}]}`, unknown},
		"LabelMapConstant":  {`{relabelings: [{action: labelmap, regex: "a", replacement: b}]}`, service},
		"LabelMapToJob":     {`{relabelings: [{action: labelmap, regex: "a", replacement: job}]}`, unknown},
		"LabelDrop":         {`{relabelings: [{action: labeldrop, regex: "job"}]}`, unknown},
		"LabelDropOther":    {`{relabelings: [{action: labeldrop, regex: "pod"}]}`, service},
		"LabelKeep":         {`{relabelings: [{action: labelkeep, regex: "pod"}]}`, unknown},
		"LabelKeepJob":      {`{relabelings: [{action: labelkeep, regex: "pod|job|__.*"}]}`, service},
		"Keep":              {`{relabelings: [{action: keep, sourceLabels: [job], regex: "a"}]}`, service},
		"KeepEqual":         {`{relabelings: [{action: keepequal, sourceLabels: [a], targetLabel: job}]}`, service},
		"HonorLabels":       {`{honorLabels: true}`, unknown},
		"MetricRelabeling":  {`{metricRelabelings: [{targetLabel: job, replacement: x}]}`, unknown},
		"MetricLabelDrop":   {`{metricRelabelings: [{action: labeldrop, regex: "j.b"}]}`, unknown},
		"MetricOther":       {`{metricRelabelings: [{action: drop, sourceLabels: [__name__], regex: "go_.*"}]}`, service},
		"BrokenExpression":  {`{relabelings: [{action: labeldrop, regex: "("}]}`, unknown},
		"BrokenDoesNotHide": {`{relabelings: [{action: labeldrop, regex: "("}, {targetLabel: job, replacement: b}]}`, Job{Constant: "b"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var e monitoringv1.Endpoint
			if err := yaml.UnmarshalStrict([]byte(tc.spec), &e); err != nil {
				t.Fatal(err)
			}
			m := &monitoringv1.ServiceMonitor{}
			m.Spec.Endpoints = []monitoringv1.Endpoint{e}
			if got := MonitorOf(m).Claims[0].Job; got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestAddressAndFilter(t *testing.T) {
	claim := func(spec string) Claim {
		var e monitoringv1.Endpoint
		if err := yaml.UnmarshalStrict([]byte(spec), &e); err != nil {
			t.Fatal(err)
		}
		m := &monitoringv1.ServiceMonitor{}
		m.Spec.Endpoints = []monitoringv1.Endpoint{e}
		return MonitorOf(m).Claims[0]
	}
	const plain = `{port: web}`
	cases := map[string]struct {
		spec                    string
		sameAddress, sameFilter bool
	}{
		"Defaults":       {`{port: web, path: /metrics, scheme: http, params: {a: []}}`, true, true},
		"OtherInterval":  {`{port: web, interval: 5s, metricRelabelings: [{action: drop, sourceLabels: [a]}]}`, true, true},
		"OtherPath":      {`{port: web, path: /x}`, false, true},
		"OtherScheme":    {`{port: web, scheme: https}`, false, true},
		"OtherParams":    {`{port: web, params: {target: [a]}}`, false, true},
		"PathRelabeled":  {`{port: web, relabelings: [{targetLabel: __metrics_path__, replacement: /x}]}`, false, true},
		"ParamRelabeled": {`{port: web, relabelings: [{targetLabel: __param_target, sourceLabels: [a]}]}`, false, true},
		"OtherLabel":     {`{port: web, relabelings: [{targetLabel: node, sourceLabels: [a]}]}`, true, true},
		"Keep":           {`{port: web, relabelings: [{action: keep, sourceLabels: [a], regex: b}]}`, true, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a, b := claim(plain), claim(tc.spec)
			if (a.Address == b.Address) != tc.sameAddress || (a.Filter == b.Filter) != tc.sameFilter {
				t.Errorf("addresses %s and %s, filters %s and %s", a.Address, b.Address, a.Filter, b.Filter)
			}
		})
	}
}

func TestRelease(t *testing.T) {
	cases := map[string]struct {
		object metav1.ObjectMeta
		want   string
	}{
		"Nothing":     {metav1.ObjectMeta{Labels: map[string]string{"app.kubernetes.io/instance": "a"}}, ""},
		"Helm":        {metav1.ObjectMeta{Labels: map[string]string{"app.kubernetes.io/managed-by": "Helm"}, Annotations: map[string]string{"meta.helm.sh/release-name": "a", "meta.helm.sh/release-namespace": "b"}}, "Helm release b/a"},
		"NotByHelm":   {metav1.ObjectMeta{Annotations: map[string]string{"meta.helm.sh/release-name": "a"}}, ""},
		"ArgoCD":      {metav1.ObjectMeta{Annotations: map[string]string{"argocd.argoproj.io/tracking-id": "shop:monitoring.coreos.com/ServiceMonitor:a/b"}}, "Argo CD application shop"},
		"ArgoCDLabel": {metav1.ObjectMeta{Labels: map[string]string{"argocd.argoproj.io/instance": "shop"}}, "Argo CD application shop"},
		"Moved":       {metav1.ObjectMeta{Labels: map[string]string{"app.kubernetes.io/managed-by": "Helm"}, Annotations: map[string]string{"meta.helm.sh/release-name": "a", "meta.helm.sh/release-namespace": "b", "argocd.argoproj.io/tracking-id": "shop:x"}}, "Helm release b/a, Argo CD application shop"},
		"Flux":        {metav1.ObjectMeta{Labels: map[string]string{"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}}, "Flux kustomize flux-system/apps"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := releaseOf(&tc.object); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestMultiplied: the data that each endpoint carries is bounded. Otherwise a small object would
// become a large one.
func TestMultiplied(t *testing.T) {
	m := &monitoringv1.ServiceMonitor{}
	for range 500 {
		m.Spec.PodTargetLabels = append(m.Spec.PodTargetLabels, "a")
		m.Spec.Endpoints = append(m.Spec.Endpoints, monitoringv1.Endpoint{
			Port: "web", RelabelConfigs: []monitoringv1.RelabelConfig{{Action: "keep", SourceLabels: []monitoringv1.LabelName{"a"}}},
		})
	}
	if n := testing.AllocsPerRun(1, func() { MonitorOf(m) }); n > 1000 {
		t.Errorf("%.0f allocations", n)
	}
	m.Spec.PodTargetLabels = m.Spec.PodTargetLabels[:10]
	if n := len(MonitorOf(m).Claims); n != 500 {
		t.Errorf("%d claims", n)
	}
}

package monitor_test

import (
	"math/rand/v2"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func randomLimit(r *rand.Rand) *int64 {
	return seldom(r, nil, new(int64(0)), new(int64(1)), new(int64(1<<63-1)), new(int64(-1)), new(int64(-1<<63)))
}

func randomSize(r *rand.Rand) *monitoringv1.ByteSize {
	size := seldom(r, "", "0", "0B", "5MB", "1.5MiB", ".5GB", "-5MB", "7EB", "8EB", "16EB", "99999999EB", "5.5.5MB", "x5MB", "5", "5mb", "MB", " 5MB", "00MB")
	return seldom(r, nil, new(monitoringv1.ByteSize(size)))
}

func randomProtocols(r *rand.Rand) []monitoringv1.ScrapeProtocol {
	if r.IntN(4) > 0 {
		return nil
	}
	return someOf(r, 3, monitoringv1.PrometheusProto, monitoringv1.OpenMetricsText0_0_1, monitoringv1.OpenMetricsText1_0_0,
		monitoringv1.PrometheusText0_0_4, monitoringv1.PrometheusText1_0_0, monitoringv1.PrometheusText1_0_0, "x", "", "prometheusproto")
}

func randomFallback(r *rand.Rand) *monitoringv1.ScrapeProtocol {
	return seldom(r, nil, new(monitoringv1.PrometheusText1_0_0), new(monitoringv1.ScrapeProtocol("")), new(monitoringv1.ScrapeProtocol("x")))
}

func randomHistograms(r *rand.Rand) monitoringv1.NativeHistogramConfig {
	n := monitoringv1.NativeHistogramConfig{NativeHistogramBucketLimit: randomLimit(r)}
	if r.IntN(10) == 0 {
		n.NativeHistogramMinBucketFactor = new(resource.MustParse(anyOf(r, "-1", "0", "1.1", "1e300", "9E", "1n")))
		n.ConvertClassicHistogramsToNHCB, n.ScrapeClassicHistograms = new(true), new(false)
		n.ScrapeNativeHistograms = new(true)
	}
	return n
}

func randomCopied(r *rand.Rand) []string {
	return append(someOf(r, 1, edgeLabels...), seldom(r, nil, []string{""})...)
}

func randomNamespaces(r *rand.Rand) monitoringv1.NamespaceSelector {
	return monitoringv1.NamespaceSelector{Any: r.IntN(4) == 0, MatchNames: someOf(r, 2, namesOfNS...)}
}

func randomServiceMonitor(r *rand.Rand) *monitoringv1.ServiceMonitor {
	m := &monitoringv1.ServiceMonitor{}
	m.Namespace, m.Name = "shop", "web"
	m.Spec = monitoringv1.ServiceMonitorSpec{
		Selector: randomSelector(r),
		JobLabel: anyOf(r, edgeLabels...), TargetLabels: randomCopied(r), PodTargetLabels: randomCopied(r), NamespaceSelector: randomNamespaces(r),
		SampleLimit: randomLimit(r), TargetLimit: randomLimit(r), LabelLimit: randomLimit(r),
		LabelNameLengthLimit: randomLimit(r), LabelValueLengthLimit: randomLimit(r), KeepDroppedTargets: randomLimit(r),
		NativeHistogramConfig: randomHistograms(r), ScrapeProtocols: randomProtocols(r), FallbackScrapeProtocol: randomFallback(r), BodySizeLimit: randomSize(r),
		AttachMetadata:       seldom(r, nil, &monitoringv1.AttachMetadata{}, &monitoringv1.AttachMetadata{Node: new(true)}),
		ServiceDiscoveryRole: seldom(r, nil, new(monitoringv1.EndpointSliceRole), new(monitoringv1.EndpointsRole), new(monitoringv1.ServiceDiscoveryRole("x"))),
		SelectorMechanism:    seldom(r, nil, new(monitoringv1.SelectorMechanismRole), new(monitoringv1.SelectorMechanismRelabel)),
	}
	for range 1 + r.IntN(2) {
		e := monitoringv1.Endpoint{
			Port: seldom(r, anyOf(r, edgePorts...), brokenPorts...), Path: anyOf(r, "", "metrics", "/metrics", "/a?b#c%zz", "\u0000"),
			Interval: randomDuration(r), ScrapeTimeout: seldom(r, "", randomDuration(r), randomDuration(r), randomDuration(r)), Params: randomParams(r),
			Scheme: seldom(r, nil, new(monitoringv1.Scheme("HTTPS")), new(monitoringv1.Scheme("x")), new(monitoringv1.Scheme(""))),
		}
		if r.IntN(3) == 0 {
			e.TargetPort = anyOf(r, new(intstr.FromInt32(8080)), new(intstr.FromInt32(-1)), new(intstr.FromString(anyOf(r, edgePorts...))))
		}
		m.Spec.Endpoints = append(m.Spec.Endpoints, e)
	}
	return m
}

func randomPodMonitor(r *rand.Rand) *monitoringv1.PodMonitor {
	m := &monitoringv1.PodMonitor{}
	m.Namespace, m.Name = "shop", "web"
	m.Spec = monitoringv1.PodMonitorSpec{
		Selector: randomSelector(r), SelectorMechanism: seldom(r, nil, new(monitoringv1.SelectorMechanismRole)),
		JobLabel: anyOf(r, edgeLabels...), PodTargetLabels: randomCopied(r), NamespaceSelector: randomNamespaces(r),
		SampleLimit: randomLimit(r), TargetLimit: randomLimit(r), LabelLimit: randomLimit(r),
		LabelNameLengthLimit: randomLimit(r), LabelValueLengthLimit: randomLimit(r), KeepDroppedTargets: randomLimit(r),
		NativeHistogramConfig: randomHistograms(r), ScrapeProtocols: randomProtocols(r), FallbackScrapeProtocol: randomFallback(r), BodySizeLimit: randomSize(r),
	}
	for range 1 + r.IntN(2) {
		e := monitoringv1.PodMetricsEndpoint{Path: anyOf(r, "", "metrics"), Interval: randomDuration(r), ScrapeTimeout: seldom(r, "", randomDuration(r), randomDuration(r), randomDuration(r)), Params: randomParams(r)}
		switch r.IntN(4) {
		case 0:
			e.Port = new(seldom(r, anyOf(r, edgePorts...), brokenPorts...))
		case 1:
			e.PortNumber = new(anyOf[int32](r, 0, 8080, -1))
		case 2:
			e.TargetPort = new(intstr.FromString(seldom(r, anyOf(r, edgePorts...), brokenPorts...))) //nolint:staticcheck // deprecated, and in use
		}
		m.Spec.PodMetricsEndpoints = append(m.Spec.PodMetricsEndpoints, e)
	}
	return m
}

func randomProbe(r *rand.Rand) *monitoringv1.Probe {
	p := &monitoringv1.Probe{}
	p.Namespace, p.Name = "shop", "web"
	p.Spec = monitoringv1.ProbeSpec{
		ProberSpec: monitoringv1.ProberSpec{URL: "blackbox:9115", Path: anyOf(r, "", "probe", "/probe")},
		JobName:    anyOf(r, edgeLabels...), Module: anyOf(r, "", "", "http_2xx", "<<"), Interval: randomDuration(r), ScrapeTimeout: seldom(r, "", randomDuration(r), randomDuration(r), randomDuration(r)),
		SampleLimit: randomLimit(r), TargetLimit: randomLimit(r), LabelLimit: randomLimit(r),
		LabelNameLengthLimit: randomLimit(r), LabelValueLengthLimit: randomLimit(r), KeepDroppedTargets: randomLimit(r),
		NativeHistogramConfig: randomHistograms(r), ScrapeProtocols: randomProtocols(r), FallbackScrapeProtocol: randomFallback(r),
	}
	p.Spec.Targets.StaticConfig = &monitoringv1.ProbeTargetStaticConfig{Targets: []string{"shop.example", "shop.example"}}
	for range r.IntN(3) {
		p.Spec.Params = append(p.Spec.Params, monitoringv1.ProbeParam{
			Name: seldom(r, anyOf(r, append(edgeParams, "module")...), "<<"), Values: someOf(r, 2, "up", "<<"),
		})
	}
	return p
}

func randomScrapeConfig(r *rand.Rand) *monitoringv1alpha1.ScrapeConfig {
	c := &monitoringv1alpha1.ScrapeConfig{}
	c.Namespace, c.Name = "shop", "web"
	c.Spec = monitoringv1alpha1.ScrapeConfigSpec{
		JobName: seldom(r, nil, new(anyOf(r, edgeLabels...)), new("")), MetricsPath: seldom(r, nil, new("metrics"), new("")), Params: randomParams(r),
		SampleLimit: randomLimit(r), TargetLimit: randomLimit(r), LabelLimit: randomLimit(r),
		LabelNameLengthLimit: randomLimit(r), LabelValueLengthLimit: randomLimit(r), KeepDroppedTargets: randomLimit(r),
		NativeHistogramConfig: randomHistograms(r), ScrapeProtocols: randomProtocols(r), FallbackScrapeProtocol: randomFallback(r), BodySizeLimit: randomSize(r),
		NameValidationScheme: seldom(r, nil, new(monitoringv1.LegacyNameValidationScheme), new(monitoringv1.UTF8NameValidationScheme)),
		NameEscapingScheme: seldom(r, nil, new(monitoringv1.AllowUTF8NameEscapingScheme), new(monitoringv1.AllowUTF8NameEscapingScheme),
			new(monitoringv1.DotsNameEscapingScheme), new(monitoringv1.UnderscoresNameEscapingScheme), new(monitoringv1.ValuesNameEscapingScheme)),
	}
	if r.IntN(8) == 0 {
		c.Spec.NameValidationScheme, c.Spec.NameEscapingScheme = new(monitoringv1.LegacyNameValidationScheme), new(monitoringv1.AllowUTF8NameEscapingScheme)
	}
	if r.IntN(2) == 0 {
		c.Spec.ScrapeInterval = new(randomDuration(r))
	}
	if r.IntN(3) == 0 {
		c.Spec.ScrapeTimeout = new(randomDuration(r))
	}
	return c
}

func randomSelector(r *rand.Rand) metav1.LabelSelector {
	keys := []string{"app", "tier", "app.kubernetes.io/name", "1", "", "a b", "/a", "a/", "a/b/c", "A.b/c", "é", "<<"}
	values := []string{"web", "", "a b", "-", "a-", "1.2", "é", "(", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
	s := metav1.LabelSelector{}
	for range r.IntN(2) {
		s.MatchLabels = map[string]string{seldom(r, "app", keys...): seldom(r, "web", values...)}
	}
	for range r.IntN(3) {
		e := metav1.LabelSelectorRequirement{
			Key:      seldom(r, "app", keys...),
			Operator: seldom(r, anyOf(r, metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn), "in", "", "Gt", "Equals"),
			Values:   []string{seldom(r, "web", values...), seldom(r, "shop", values...)},
		}
		if r.IntN(3) == 0 {
			e.Operator, e.Values = anyOf(r, metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist), nil
		}
		if r.IntN(12) == 0 {
			e.Values = seldom(r, nil, []string{"web"})
		}
		s.MatchExpressions = append(s.MatchExpressions, e)
	}
	return s
}

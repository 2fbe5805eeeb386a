package judge_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// secrets contains every key that the cases name; certificates have the value pem.
type secrets struct{ pem string }

func (s secrets) SecretKey(_, name, key string) ([]byte, bool) {
	if name == "empty" {
		return nil, true
	}
	if name == "tls" {
		return []byte(s.pem), true
	}
	return []byte("value of " + key), name != "missing"
}

func (s secrets) ConfigMapKey(_, name, _ string) (string, bool) { return s.pem, name != "missing" }

func generator(t *testing.T, spec string, assets promconfig.Assets) (*promconfig.Generator, *judge.Judge) {
	t.Helper()
	return generatorWithin(t, judge.DefaultLimits(), spec, assets)
}

func generatorWithin(t *testing.T, limits judge.Limits, spec string, assets promconfig.Assets) (*promconfig.Generator, *judge.Judge) {
	t.Helper()
	p := &monitoringv1.Prometheus{}
	read(t, "metadata: {name: main, namespace: monitoring}\nspec:\n  scrapeInterval: 30s\n  evaluationInterval: 30s\n"+indent(spec), p)
	g, err := promconfig.New(p, assets, promconfig.AsInstalled())
	if err != nil {
		t.Fatal(err)
	}
	return g, judge.NewWithin(limits, g, g.Global())
}

func read(t *testing.T, text string, obj any) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(text), obj); err != nil {
		t.Fatal(err)
	}
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		b.WriteString("  " + line + "\n")
	}
	return b.String()
}

func lines(findings []validation.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		b.WriteString(f.Path.String() + ": " + f.Problem + "\n")
	}
	return strings.TrimSpace(b.String())
}

// TestGlobal: values that the loader alone would accept are refused, and valid values are accepted.
func TestGlobal(t *testing.T) {
	for name, c := range map[string]struct{ spec, want string }{
		"nothing set": {},
		"two equal remote writes": {
			"remoteWrite: [{url: http://a}, {url: http://b}, {url: http://a}]",
			"spec.remoteWrite[2]: is the same as spec.remoteWrite[0]",
		},
		"told apart by a name": {spec: "remoteWrite: [{url: http://a}, {url: http://a, name: second}]"},
		"equal but for the secret": {
			"remoteWrite: [{url: http://a, basicAuth: {username: {name: a, key: u}, password: {name: a, key: p}}}, {url: http://a, basicAuth: {username: {name: a, key: u}, password: {name: a, key: q}}}]",
			"is the same as spec.remoteWrite[0], secrets aside",
		},
		"two equal remote reads":         {"remoteRead: [{url: http://a}, {url: http://a}]", "spec.remoteRead[1]: is the same"},
		"a queue that cannot be":         {"remoteWrite: [{url: http://a}, {url: http://b, queueConfig: {minShards: 9, maxShards: 2}}]", "spec.remoteWrite[1].queueConfig"},
		"an external label":              {"externalLabels: {\"\": x}", "spec.externalLabels"},
		"timeout over interval":          {"scrapeTimeout: 1m", "spec.scrapeTimeout: 1m is longer than the interval of 30s"},
		"a class that is refused":        {"scrapeClasses: [{name: a, relabelings: [{action: replace, targetLabel: x}, {action: hashmod, targetLabel: other}]}]", "spec.scrapeClasses[0].relabelings[1]"},
		"a tracer's address":             {"tracingConfig: {endpoint: \"\\ttab\", headers: {}}", "spec.tracingConfig.endpoint"},
		"a class that nothing uses":      {spec: "nameValidationScheme: Legacy\nscrapeClasses: [{name: a, relabelings: [{targetLabel: a.b, action: replace}]}]"},
		"the way to the API server":      {"apiserverConfig: {host: a, authorization: {type: Basic, credentials: {name: a, key: b}}}", "spec.apiserverConfig.authorization: authorization type cannot be set"},
		"an Alertmanager's expression":   {"alerting: {alertmanagers: [{name: \"(\", port: web}]}", "spec.alerting.alertmanagers[0].name: error parsing regexp"},
		"a file that is not a list":      {"additionalScrapeConfigs: {name: a, key: b}", "spec.additionalScrapeConfigs"},
		"a secret that is not there":     {"remoteWrite: [{url: http://a, basicAuth: {username: {name: missing, key: u}, password: {name: a, key: p}}}]", "spec.remoteWrite[0].basicAuth.username"},
		"two defaults among the classes": {"scrapeClasses: [{name: a, default: true}, {name: b, default: true}]", "spec.scrapeClasses[1].default"},
	} {
		t.Run(name, func(t *testing.T) {
			_, j := generator(t, c.spec, secrets{})
			expect(t, lines(j.Global()), c.want)
		})
	}
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if want == "" && got != "" {
		t.Errorf("refused: %s", got)
	}
	if !strings.Contains(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestServiceMonitor(t *testing.T) {
	for name, c := range map[string]struct{ prometheus, endpoint, want string }{
		"good":                           {endpoint: "port: http"},
		"interval out of range":          {endpoint: "interval: 300y", want: "spec.endpoints[0].interval: duration out of range"},
		"port is an expression":          {endpoint: "port: http(", want: "spec.endpoints[0].port: error parsing regexp"},
		"two ways to say who":            {endpoint: "{bearerTokenFile: /a, basicAuth: {username: {name: a, key: b}, password: {name: a, key: b}}}", want: "at most one of basic_auth"},
		"timeout over interval":          {endpoint: "scrapeTimeout: 2m", want: "spec.endpoints[0].scrapeTimeout: scrape timeout greater"},
		"the second relabeling":          {endpoint: "relabelings: [{targetLabel: a}, {targetLabel: b, regex: '['}]", want: "spec.endpoints[0].relabelings[1]: error parsing regexp"},
		"a metric relabeling":            {endpoint: "metricRelabelings: [{action: hashmod, targetLabel: x}]", want: "spec.endpoints[0].metricRelabelings[0]"},
		"an authority of garbage":        {endpoint: "tlsConfig: {ca: {secret: {name: tls, key: ca}}}", want: "spec.endpoints[0].tlsConfig.ca: is not in PEM format"},
		"an authority not read":          {endpoint: "tlsConfig: {ca: {secret: {name: a, key: ca}}}", want: "spec.endpoints[0].tlsConfig.ca"},
		"UTF-8 names since 3":            {endpoint: "relabelings: [{targetLabel: a.b}]"},
		"no UTF-8 names before":          {prometheus: "version: v2.53.0", endpoint: "relabelings: [{targetLabel: a.b}]", want: "spec.endpoints[0].relabelings[0]"},
		"a source label, before 3":       {prometheus: "version: v2.55.1", endpoint: "relabelings: [{sourceLabels: [a.b], targetLabel: c}]", want: "spec.endpoints[0].relabelings[0]: \"a.b\" is not a valid label name"},
		"the feature for it":             {prometheus: "version: v2.55.1\nenableFeatures: [utf8-names]", endpoint: "relabelings: [{sourceLabels: [a.b], targetLabel: c}]"},
		"too old for the feature":        {prometheus: "version: v2.54.1\nenableFeatures: [utf8-names]", endpoint: "metricRelabelings: [{action: drop, sourceLabels: [a.b]}]", want: "spec.endpoints[0].metricRelabelings[0]: \"a.b\""},
		"a source label, since 3":        {endpoint: "relabelings: [{sourceLabels: [a.b], targetLabel: c}]"},
		"a reference, before 3":          {prometheus: "version: v2.53.0", endpoint: "relabelings: [{targetLabel: \"${1}\"}]"},
		"places stay":                    {endpoint: "relabelings: [{action: hashmod, targetLabel: x}, {targetLabel: ok}, {targetLabel: z, regex: '('}]", want: "spec.endpoints[0].relabelings[2]: error parsing"},
		"an empty file":                  {endpoint: "tlsConfig: {ca: {secret: {name: empty, key: ca}}}", want: "spec.endpoints[0].tlsConfig.ca: is empty"},
		"a value that reads placeholder": {endpoint: "tlsConfig: {ca: {configMap: {name: a, key: ca}}}", want: "is not in PEM format"},
		"two mistakes":                   {endpoint: "{interval: 300y, port: 'http('}", want: "spec.endpoints[0].port"},
	} {
		t.Run(name, func(t *testing.T) {
			g, j := generator(t, c.prometheus, secrets{pem: "garbage"})
			m := &monitoringv1.ServiceMonitor{}
			read(t, "metadata: {name: web, namespace: shop}\nspec: {selector: {}}", m)
			var e monitoringv1.Endpoint
			read(t, c.endpoint, &e)
			m.Spec.Endpoints = []monitoringv1.Endpoint{e}
			expect(t, lines(j.Part(g.ServiceMonitor(m))), c.want)
		})
	}
}

// TestDiscovery: kinds that are not linked are judged by their fields.
func TestDiscovery(t *testing.T) {
	for spec, want := range map[string]string{
		"ec2SDConfigs: [{region: eu}]":           "",
		"gceSDConfigs: [{project: p, zone: z}]":  "",
		"consulSDConfigs: [{server: localhost}]": "",
		"dnsSDConfigs: [{names: [a], type: A}]":  "spec.dnsSDConfigs[0].port",
		"httpSDConfigs: [{url: ftp://a}]":        "spec.httpSDConfigs[0]: URL scheme must be",
		"scalewaySDConfigs: [{accessKey: abc, projectID: x, role: Instance, secretKey: {name: s, key: k}}]": "access key",
		"fileSDConfigs: [{files: [a.txt]}]":                             "spec.fileSDConfigs[0]",
		"kubernetesSDConfigs: [{role: Pod, selectors: [{role: Node}]}]": "spec.kubernetesSDConfigs[0].selectors[0].role",
		"staticConfigs: [{targets: [http://a/metrics]}]":                "",
	} {
		t.Run(spec, func(t *testing.T) {
			g, j := generator(t, "", secrets{})
			c := &monitoringv1alpha1.ScrapeConfig{}
			read(t, "metadata: {name: web, namespace: shop}\nspec: {"+spec+"}", c)
			expect(t, lines(j.Part(g.ScrapeConfig(c))), want)
		})
	}
}

func TestRuleFile(t *testing.T) {
	empty := monitoringv1.Duration("")
	for name, c := range map[string]struct {
		rule monitoringv1.Rule
		want string
	}{
		"good":               {rule: monitoringv1.Rule{Record: "a", Expr: intstr.FromString("up")}},
		"an expression":      {rule: monitoringv1.Rule{Record: "a", Expr: intstr.FromString("up[")}, want: "spec.groups[0].rules[0]: could not parse expression"},
		"an empty for":       {rule: monitoringv1.Rule{Alert: "A", Expr: intstr.FromString("up"), For: &empty}, want: "empty duration"},
		"neither of the two": {rule: monitoringv1.Rule{Expr: intstr.FromString("up")}, want: "spec.groups[0].rules[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			g, j := generator(t, "", secrets{})
			r := &monitoringv1.PrometheusRule{}
			r.Name, r.Namespace = "r", "shop"
			r.Spec.Groups = []monitoringv1.RuleGroup{{Name: "g", Rules: []monitoringv1.Rule{c.rule}}}
			expect(t, lines(j.RuleFile(g.RuleFile(r), r)), c.want)
		})
	}
}

// TestHalfAPair: a certificate by reference is written, wherever its key is.
func TestHalfAPair(t *testing.T) {
	g, _ := generator(t, "remoteWrite: [{url: http://a, tlsConfig: {cert: {secret: {name: a, key: crt}}, keyFile: /k.pem}}]", secrets{})
	if files := g.Global().Files; string(files["0_monitoring_a_crt"]) != "value of crt" {
		t.Errorf("the files are %v", files)
	}
}

func TestRuleFileUnderLegacyNames(t *testing.T) {
	g, j := generator(t, "nameValidationScheme: Legacy", secrets{})
	r := &monitoringv1.PrometheusRule{}
	r.Spec.Groups = []monitoringv1.RuleGroup{{Name: "g", Rules: []monitoringv1.Rule{{Record: "a.b", Expr: intstr.FromString("up")}}}}
	expect(t, lines(j.RuleFile(g.RuleFile(r), r)), "invalid recording rule name: a.b")
}

// TestWholeReadsNames: YAML has more than one way to write a name.
func TestWholeReadsNames(t *testing.T) {
	_, j := generator(t, "additionalScrapeConfigs: {name: extra, key: list}", text("- job_name: 1\n- job_name: \"1\"\n"))
	expect(t, lines(j.Whole(nil)), "spec.additionalScrapeConfigs[1]: job_name \"1\" is there twice")
}

type text string

func (s text) SecretKey(string, string, string) ([]byte, bool)    { return []byte(s), true }
func (s text) ConfigMapKey(string, string, string) (string, bool) { return string(s), true }

func TestWholeRefusesAJobTwice(t *testing.T) {
	g, j := generator(t, "additionalScrapeConfigs: {name: extra, key: list}", listed{})
	m := &monitoringv1.ServiceMonitor{}
	read(t, "metadata: {name: web, namespace: shop}\nspec: {selector: {}, endpoints: [{port: http}]}", m)
	expect(t, lines(j.Whole([]promconfig.Part{g.ServiceMonitor(m)})), "spec.additionalScrapeConfigs[0]: job_name \"serviceMonitor/shop/web/0\" is there twice")
}

type listed struct{ secrets }

func (listed) SecretKey(string, string, string) ([]byte, bool) {
	return []byte("- job_name: serviceMonitor/shop/web/0\n"), true
}

// TestManyMistakes checks that thousands of mistakes cost little more than none. Allocations stand
// for time.
func TestManyMistakes(t *testing.T) {
	_, j := generator(t, "", promconfig.Placeholders{})
	monitor := func(relabelings int) *monitoringv1.ServiceMonitor {
		m := &monitoringv1.ServiceMonitor{}
		bad := monitoringv1.Endpoint{Port: "web"}
		for range relabelings {
			bad.RelabelConfigs = append(bad.RelabelConfigs, monitoringv1.RelabelConfig{Regex: "(", TargetLabel: "a"})
		}
		m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: "ok"}, bad}
		return m
	}
	many := monitor(3000)
	refused := j.Object(many).Refused
	if len(refused) == 0 || len(refused) > 10 || refused[0].Path.String() != "spec.endpoints[1].relabelings[0]" {
		t.Errorf("%d findings, the first: %+v", len(refused), refused[:min(1, len(refused))])
	}
	good := monitor(3000)
	for i := range good.Spec.Endpoints[1].RelabelConfigs {
		good.Spec.Endpoints[1].RelabelConfigs[i].Regex = "(a)"
	}
	for _, f := range j.Object(good).Refused {
		t.Error(f)
	}
	once := testing.AllocsPerRun(1, func() {
		_, fresh := generator(t, "", promconfig.Placeholders{}) // to which no relabeling is proven
		fresh.Object(good)
	})
	if all := testing.AllocsPerRun(1, func() { j.Object(many) }); all > 20*once {
		t.Errorf("%.0f allocations, %.0f without a mistake", all, once)
	}
}

// TestUnwrittenRelabelings: the operator checks them for any Prometheus, and writes them only for a
// version that supports them.
func TestUnwrittenRelabelings(t *testing.T) {
	const bad = "spec.alerting.alertmanagers[1].alertRelabelings[1]"
	for name, c := range map[string]struct{ version, second, want string }{
		"good":                      {"v2.50.0", "{action: labeldrop, regex: r}", ""},
		"refused by the loader":     {"v2.50.0", "{action: hashmod, targetLabel: x}", bad},
		"a name from before 3":      {"v2.50.0", "{action: hashmod, modulus: 2, targetLabel: a.b}", bad},
		"an action from later on":   {"v2.40.0", "{action: dropequal, targetLabel: x}", bad + ".action"},
		"refused where they matter": {"v2.51.0", "{action: hashmod, targetLabel: x}", bad},
	} {
		t.Run(name, func(t *testing.T) {
			_, j := generator(t, "version: "+c.version+"\nalerting: {alertmanagers: [{name: a, port: web}, {name: b, port: web, alertRelabelings: [{targetLabel: ok}, "+c.second+"]}]}", secrets{})
			got := lines(j.Global())
			expect(t, got, c.want)
			if strings.Count(got, "alertRelabelings") > 1 {
				t.Errorf("said twice: %s", got)
			}
		})
	}
}

// TestBrokenPrometheus: mistakes of the Prometheus object are not counted against a monitor.
func TestBrokenPrometheus(t *testing.T) {
	_, j := generator(t, "externalLabels: {\"<<\": x}", promconfig.Placeholders{})
	if len(j.Global()) == 0 {
		t.Fatal("the Prometheus is not broken")
	}
	m := &monitoringv1.ServiceMonitor{}
	m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: "web", ScrapeTimeout: "3m"}}
	for _, f := range j.Object(m).Refused {
		t.Error(f)
	}
}

// TestVariables: Prometheus reads the values that the config-reloader sets.
func TestVariables(t *testing.T) {
	_, j := generator(t, "", promconfig.Placeholders{})
	m := &monitoringv1.ServiceMonitor{}
	m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: "web", MetricRelabelConfigs: []monitoringv1.RelabelConfig{
		{Action: "drop", SourceLabels: []monitoringv1.LabelName{"a"}, Regex: "$(POD_NAME)"},
		{Action: "drop", SourceLabels: []monitoringv1.LabelName{"a"}, Regex: "[$(POD_NAME)]"}, // prometheus-main-0: from s to m
	}}}
	refused := j.Object(m).Refused
	if len(refused) != 1 || refused[0].Path.String() != "spec.endpoints[0].metricRelabelings[1]" {
		t.Errorf("%+v", refused)
	}
}

// TestObjectStays: a verdict does not change the object, which others read too.
func TestObjectStays(t *testing.T) {
	j, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	class := "class"
	m := &monitoringv1.ServiceMonitor{}
	m.Namespace, m.Name = "shop", "web"
	m.Spec.ScrapeClassName = &class
	m.Spec.Endpoints = []monitoringv1.Endpoint{{
		Port: "web", Params: map[string][]string{"b": {"2", "1"}, "a": nil},
		RelabelConfigs: []monitoringv1.RelabelConfig{{Action: "LabelDrop", Regex: "x"}},
	}}
	m.Spec.Endpoints[0].TLSConfig = &monitoringv1.TLSConfig{SafeTLSConfig: monitoringv1.SafeTLSConfig{}}
	p := &monitoringv1.Probe{}
	p.Namespace, p.Name = "shop", "front"
	p.Spec.ScrapeClassName = &class
	p.Spec.ProberSpec.URL = "blackbox:9115"
	p.Spec.Targets.StaticConfig = &monitoringv1.ProbeTargetStaticConfig{Targets: []string{"b", "a"}, Labels: map[string]string{"team": "shop"}}
	monitorBefore, probeBefore := m.DeepCopy(), p.DeepCopy()
	j.Object(m)
	j.Object(p)
	if diff := cmp.Diff(monitorBefore, m); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(probeBefore, p); diff != "" {
		t.Error(diff)
	}
}

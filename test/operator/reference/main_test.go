package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const prometheusObject = `
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {namespace: monitoring, name: main}
spec:
  scrapeInterval: 30s
  evaluationInterval: 30s
  serviceMonitorSelector: {}
  serviceMonitorNamespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}
  ruleSelector: {}
  ruleNamespaceSelector: {}
  enforcedNamespaceLabel: ns
`

const monitor = `
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {namespace: shop, name: web}
spec:
  selector: {matchLabels: {app: web}}
  endpoints:
  - port: http
    tlsConfig: {ca: {secret: {name: tls, key: ca}}}
    basicAuth:
      username: {name: login, key: user}
      password: {name: login, key: pass}
`

const login = `
apiVersion: v1
kind: Secret
metadata: {namespace: shop, name: login}
stringData: {user: alice, pass: secret}
`

const rule = `
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {namespace: shop, name: up, uid: "1"}
spec: {groups: [{name: g, rules: [{record: a, expr: up}]}]}
`

func TestAnswers(t *testing.T) {
	tests := map[string]struct {
		objects []string
		want    []string // in the answer's JSON
		wantNot []string
	}{
		"Accepted": {
			objects: []string{prometheusObject, strings.ReplaceAll(monitor, "    tlsConfig: {ca: {secret: {name: tls, key: ca}}}\n", ""), login},
			want:    []string{"job_name: serviceMonitor/shop/web/0", "username: alice", `"prometheus-main-rulefiles-2"`},
			wantNot: []string{`"error"`, `"rejected"`},
		},
		"Rejected": {
			objects: []string{prometheusObject, monitor, login},
			want:    []string{`"ServiceMonitor/shop/web":`, `secrets \"tls\" not found`, "scrape_configs: []"},
			wantNot: []string{`"error"`},
		},
		"Rules": {
			objects: []string{prometheusObject, rule},
			want:    []string{`up{ns=\"shop\"}`, `"shop-up-1.yaml":"prometheus-main-rulefiles-0"`},
			wantNot: []string{`"error"`},
		},
		"RuleThatCannotBeEnforced": {
			objects: []string{prometheusObject, strings.ReplaceAll(rule, "expr: up", `expr: "up +"`)},
			want:    []string{`"PrometheusRule/shop/up":"unseen`},
		},
		"SyncFails": {
			objects: []string{strings.ReplaceAll(prometheusObject, "spec:\n", "spec:\n  version: nonsense\n")},
			want:    []string{`"error":`},
			wantNot: []string{`"config"`},
		},
		"NoPrometheus": {
			objects: []string{monitor},
			want:    []string{`"error":"no Prometheus and no PrometheusAgent is monitoring/main"`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := ask(t, tt.objects)
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("the answer lacks %s:\n%s", want, got)
				}
			}
			for _, wantNot := range tt.wantNot {
				if strings.Contains(got, wantNot) {
					t.Errorf("the answer has %s:\n%s", wantNot, got)
				}
			}
		})
	}
}

// TestPanic checks that a panic of the operator ends one answer but not the process.
func TestPanic(t *testing.T) {
	err := guarded(func() error { panic("nil map") })
	if err == nil || !strings.HasPrefix(err.Error(), "panic: nil map\n") {
		t.Errorf("got the error %v", err)
	}
}

// TestAgent checks that the configuration of an agent has no rules and no alerting.
func TestAgent(t *testing.T) {
	agent := strings.NewReplacer("kind: Prometheus", "kind: PrometheusAgent", "/v1", "/v1alpha1").Replace(prometheusObject)
	got := ask(t, []string{agent, monitor, rule})
	if !strings.Contains(got, `"config":"global:`) || strings.Contains(got, "alerting:") || strings.Contains(got, "rule") {
		t.Errorf("got\n%s", got)
	}
}

// ask sends the same request twice: the second answer shows that the first request left no state
// behind.
func ask(t *testing.T, objects []string) string {
	t.Helper()
	r := Request{Prometheus: "monitoring/main", Gates: Gates{EndpointSlice: true, RetentionPolicies: true, TopologySharding: true}}
	for _, object := range objects {
		data, err := yaml.YAMLToJSON([]byte(object))
		if err != nil {
			t.Fatal(err)
		}
		r.Objects = append(r.Objects, data)
	}
	request, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	in := bytes.NewReader(append(append(request, '\n'), request...))
	if err := serve(context.Background(), in, &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || lines[0] != lines[1] {
		t.Fatalf("two equal requests had the answers\n%s", out.String())
	}
	return lines[0]
}

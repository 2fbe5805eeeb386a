package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// gate is a validator with a model of its own.
type gate struct {
	*validator

	model    *cluster.Model
	registry *prometheus.Registry
	stale    bool // the model may have missed changes
}

func newGate(t testing.TB, memory int64) *gate {
	t.Helper()
	permissive, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{model: cluster.New(cluster.Options{}), registry: prometheus.NewRegistry()}
	metrics := NewMetrics(g.registry)
	g.validator = &validator{
		reviewer: &review.Reviewer{Kinds: builtin.Kinds(), Cluster: g.model, Judge: permissive},
		settings: &atomic.Pointer[Settings]{}, metrics: metrics, logger: slog.New(slog.DiscardHandler),
	}
	g.reviewer.Stale = func() (string, bool) { return "ServiceMonitor", g.stale }
	g.settings.Store(&Settings{})
	if memory > 0 {
		g.verdicts = newVerdicts(g.model, memory, metrics.remembers)
		g.memo = newMemo(memory, metrics.remembersExpressions)
	}
	return g
}

// handler returns the handler of the validating webhook, with a queue and memory of its own.
func (g *gate) handler() *handler {
	return &handler{
		name: "validate", metrics: g.metrics, logger: g.logger, most: maxBodySize, memory: newMemory(unlimited), queue: newQueue(1), cost: validateMemory, answer: g.answer,
	}
}

// serveReview sends a review to a handler without a connection, and returns how long the answer took.
func serveReview(t testing.TB, h *handler, body []byte) time.Duration {
	t.Helper()
	request := httptest.NewRequest(http.MethodPost, "/?timeout=5s", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	started := time.Now()
	h.ServeHTTP(answer, request)
	took := time.Since(started)
	if answer.Code != http.StatusOK {
		t.Fatal(answer.Code, answer.Body)
	}
	return took
}

// ask reviews an object, and returns the answer as it is written.
func (g *gate) ask(t *testing.T, r *admissionv1.AdmissionRequest) string {
	t.Helper()
	a, err := g.answer(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(a.response)
	if err != nil {
		t.Fatal(err)
	}
	maskAnswer(a.response) // what writes an answer changes it
	a.response.UID = "1"
	return a.result + " " + string(text)
}

// pool are objects to review and to store: what is said of each depends on others, on labels, or on versions.
func pool() []*admissionv1.AdmissionRequest {
	const rule = `{"apiVersion":"monitoring.coreos.com/v1","kind":"PrometheusRule","metadata":{"name":%q,"namespace":%q,"labels":{%s},"annotations":{%s}},"spec":{"groups":[{"name":"g","rules":[%s]}]}}`
	const monitor = `{"apiVersion":"monitoring.coreos.com/v1","kind":"ServiceMonitor","metadata":{"name":%q,"namespace":%q,"labels":{%s}},"spec":{"selector":{"matchLabels":{"app":"web"}},"endpoints":[%s]}}`
	var all []*admissionv1.AdmissionRequest
	add := func(kind, namespace, name, object string) {
		r := ruleRequest(`[]`)
		r.Kind.Kind, r.Namespace, r.Name = kind, namespace, name
		r.Object = runtime.RawExtension{Raw: []byte(object)}
		all = append(all, r)
	}
	for _, namespace := range []string{"shop", "bank"} {
		for _, labels := range []string{`"release":"blue"`, `"release":"red"`, `"promgate.dev/ignore":"true"`} {
			for n, rules := range []string{
				`{"record":"job:up:sum","expr":"sum by (job) (up)"}`,
				`{"record":"job:errors:rate1m","expr":"sum(rate(errors_total[1m]))"},{"alert":"A","expr":"job:up:sum < 1"}`,
				`{"alert":"B","expr":"sum(up"}`,
				`{"alert":"C","expr":"limitk(2, up)"}`,
				`{"alert":"D","expr":"absent(job:up:sum)","for":"1 hour"}`,
			} {
				add("PrometheusRule", namespace, fmt.Sprint("rule-", n%2), fmt.Sprintf(rule, fmt.Sprint("rule-", n%2), namespace, labels, "", rules))
			}
			add("PrometheusRule", namespace, "rule-0", fmt.Sprintf(rule, "rule-0", namespace, labels, `"promgate.dev/ignore-checks":"rule-repeated an example"`, `{"record":"a:b","expr":"up"},{"record":"a:b","expr":"up"}`))
			for n, endpoint := range []string{`{"port":"web"}`, `{"port":"web"}`, `{"port":"web","interval":"1 hour"}`, `{"port":"admin"}`} {
				add("ServiceMonitor", namespace, fmt.Sprint("monitor-", n%3), fmt.Sprintf(monitor, fmt.Sprint("monitor-", n%3), namespace, labels, endpoint))
			}
		}
	}
	return all
}

// stored returns an object as the model keeps it.
func stored(t *testing.T, g *gate, r *admissionv1.AdmissionRequest) selection.Object {
	t.Helper()
	kind, _ := g.kind(r)
	object, err := kind.Decode(r.Object.Raw)
	if err != nil {
		t.Fatal(err)
	}
	digest := cluster.DigestOf(object.(selection.Object))
	return digest
}

// TestVerdictsNeverStale: whatever changes between reviews, a webhook that remembers verdicts gives the answers of one that does
// not, and counts the same.
func TestVerdictsNeverStale(t *testing.T) {
	requests := pool()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			one := func(values ...string) string { return values[random.IntN(len(values))] }
			remembering, plain := newGate(t, unlimited), newGate(t, 0)
			if seed == 3 {
				remembering.verdicts.most = 20 * verdictOverhead // always full
			}
			both := func(change func(g *gate)) { change(remembering); change(plain) }
			ask := func(r *admissionv1.AdmissionRequest) {
				t.Helper()
				if diff := cmp.Diff(plain.ask(t, r), remembering.ask(t, r)); diff != "" {
					t.Fatalf("%s %s/%s (-computed +remembered):\n%s", r.Kind.Kind, r.Namespace, r.Name, diff)
				}
			}
			for range 60 {
				// The same reviews before a change and after it: what the change affects must not be remembered.
				var asked []*admissionv1.AdmissionRequest
				for range 6 {
					asked = append(asked, someRequest(random, requests))
				}
				for range 2 {
					for _, r := range asked {
						ask(r)
					}
				}
				switch random.IntN(13) {
				case 12:
					both(func(g *gate) { g.stale = !g.stale })
				case 0:
					name, version, release, selectsTeam := one("a", "b"), one("v2.50.0", "v3.16.0"), one("blue", "red"), random.IntN(2) == 0
					both(func(g *gate) {
						p := &monitoringv1.Prometheus{}
						p.Namespace, p.Name, p.Spec.Version = "monitoring", name, version
						selector, namespaces := &metav1.LabelSelector{MatchLabels: map[string]string{"release": release}}, &metav1.LabelSelector{}
						if selectsTeam {
							namespaces.MatchLabels = map[string]string{"team": "x"}
						}
						p.Spec.ServiceMonitorSelector, p.Spec.ServiceMonitorNamespaceSelector = selector, namespaces
						p.Spec.RuleSelector, p.Spec.RuleNamespaceSelector = selector, namespaces
						if err := g.model.Put(p); err != nil {
							t.Fatal(err)
						}
					})
				case 1:
					ref := selection.Ref{Kind: "Prometheus", Namespace: "monitoring", Name: one("a", "b")}
					both(func(g *gate) { g.model.Delete(ref) })
				case 2:
					labels := map[string]string{one("team", "promgate.dev/ignore"): one("x", "true")}
					m := &metav1.PartialObjectMetadata{TypeMeta: metav1.TypeMeta{Kind: "Namespace"}, ObjectMeta: metav1.ObjectMeta{Name: one("shop", "bank"), Labels: labels}}
					both(func(g *gate) { _ = g.model.Put(m) })
				case 3:
					s := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: one("shop", "bank"), Name: "web", Labels: map[string]string{"app": one("web", "other")}}}
					s.Spec.Ports = []corev1.ServicePort{{Name: one("web", "admin"), Port: 80}}
					both(func(g *gate) { _ = g.model.Put(cluster.DigestOf(s)) })
				case 4:
					ref := selection.Ref{Kind: "Service", Namespace: one("shop", "bank"), Name: "web"}
					both(func(g *gate) { g.model.Delete(ref) })
				case 5, 6:
					r := requests[random.IntN(len(requests))]
					both(func(g *gate) { _ = g.model.Put(stored(t, g, r)) })
				case 7:
					r := requests[random.IntN(len(requests))]
					both(func(g *gate) { g.model.Delete(selection.Ref{Kind: r.Kind.Kind, Namespace: r.Namespace, Name: r.Name}) })
				case 8:
					reader, err := selection.NewReader("reader", selection.Engine(one("Loki", "VictoriaMetrics")), []string{"PrometheusRule"}, &metav1.LabelSelector{MatchLabels: map[string]string{"release": "red"}}, nil)
					if err != nil {
						t.Fatal(err)
					}
					both(func(g *gate) { g.model.SetReaders([]*selection.Reader{reader}) })
				case 9:
					denied := one("shop", "bank")
					both(func(g *gate) { g.model.SetOperator(&selection.Operator{DenyNamespaces: []string{denied}}) })
				case 10:
					settings := Settings{Policy: validation.Policy{WarnOnly: random.IntN(2) == 0, Severities: map[string]validation.Severity{"expr-experimental": validation.Severity(one("off", "warn"))}}}
					both(func(g *gate) { g.settings.Store(&settings) })
				case 11:
					kind := one("ServiceMonitor", "PrometheusRule")
					both(func(g *gate) { g.model.Forget(kind) })
				}
				for _, r := range asked {
					ask(r)
				}
			}
			for _, name := range []string{"promgate_findings_total", "promgate_suppressed_findings_total"} {
				if diff := cmp.Diff(metricOf(t, plain.registry, name), metricOf(t, remembering.registry, name)); diff != "" {
					t.Errorf("%s (-computed +remembered):\n%s", name, diff)
				}
			}
			hits := testutil.ToFloat64(remembering.metrics.remembered)
			t.Logf("%v reviews were known", hits)
			if hits < 50 {
				t.Errorf("only %v reviews were known: that tests little", hits)
			}
			if v := remembering.verdicts; v.bytes > v.most || v.bytes < 0 {
				t.Errorf("%d bytes are held, of %d", v.bytes, v.most)
			}
		})
	}
}

// someRequest returns a request to create or to update an object of the pool.
func someRequest(random *rand.Rand, requests []*admissionv1.AdmissionRequest) *admissionv1.AdmissionRequest {
	r := *requests[random.IntN(len(requests))]
	r.Operation = admissionv1.Create
	if dry := random.IntN(2) == 0; dry {
		r.DryRun = &dry
	}
	if other := requests[random.IntN(len(requests))]; random.IntN(3) == 0 && other.Kind == r.Kind {
		r.Operation, r.OldObject = admissionv1.Update, other.Object
	}
	return &r
}

// metricOf returns the samples of a metric as text.
func metricOf(t *testing.T, registry *prometheus.Registry, name string) string {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			fmt.Fprintln(&b, m.GetLabel(), m.GetCounter().GetValue())
		}
	}
	return b.String()
}

// TestVerdictsBounded: what is remembered stays within its bounds, and the oldest goes first.
func TestVerdictsBounded(t *testing.T) {
	g := newGate(t, unlimited)
	v := g.verdicts
	v.most = 40 * verdictOverhead
	ask := func(n int) {
		r := ruleRequest(`[]`)
		r.Name = fmt.Sprint("rule-", n)
		g.ask(t, r)
	}
	for n := range 200 {
		ask(n)
		if v.bytes > v.most {
			t.Fatalf("%d bytes are held, of %d", v.bytes, v.most)
		}
	}
	if n := v.known.Len(); n < 20 || n > 40 {
		t.Errorf("%d verdicts are held", n)
	}
	before := testutil.ToFloat64(g.metrics.remembered)
	ask(199)
	ask(0)
	if hits := testutil.ToFloat64(g.metrics.remembered) - before; hits != 1 {
		t.Errorf("of the newest and the oldest %v are known", hits)
	}
	if held := testutil.ToFloat64(g.metrics.verdicts); held != float64(v.bytes) {
		t.Errorf("the metric says %v, and %d bytes are held", held, v.bytes)
	}
}

// TestClashesAreNotRemembered: whether a rival counts depends on more than the model.
func TestClashesAreNotRemembered(t *testing.T) {
	g := newGate(t, unlimited)
	p := &monitoringv1.Prometheus{}
	p.Namespace, p.Name = "monitoring", "main"
	p.Spec.ServiceMonitorSelector, p.Spec.ServiceMonitorNamespaceSelector = &metav1.LabelSelector{}, &metav1.LabelSelector{}
	if err := g.model.Put(p); err != nil {
		t.Fatal(err)
	}
	var rivals []*admissionv1.AdmissionRequest
	for _, r := range pool() {
		if r.Kind.Kind == "ServiceMonitor" && len(rivals) < 2 {
			r.Operation = admissionv1.Create
			rivals = append(rivals, r)
		}
	}
	if err := g.model.Put(stored(t, g, rivals[0])); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := g.ask(t, rivals[1]); !strings.HasPrefix(got, resultDenied) {
			t.Fatalf("a rival is known: %s", got)
		}
	}
	g.stale = true
	if got := g.ask(t, rivals[1]); !strings.Contains(got, "admitted unconfirmed") {
		t.Errorf("the rival may be gone: %s", got)
	}
}

package rounds_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/promgate/promgate/audit"
	"github.com/promgate/promgate/audit/rounds"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// A world is a cluster, and a clock that the test turns.
type world struct {
	client   client.Client
	registry *prometheus.Registry
	now      time.Time

	listing, creating error // what the API server answers

	waits chan time.Duration
	next  chan time.Time
}

func newWorld(t *testing.T, objects ...client.Object) *world {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, eventsv1.AddToScheme, monitoringv1.AddToScheme, monitoringv1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	w := &world{now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	w.client = fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).WithInterceptorFuncs(interceptor.Funcs{
		List: func(ctx context.Context, c client.WithWatch, list client.ObjectList, opts ...client.ListOption) error {
			if w.listing != nil {
				return w.listing
			}
			return c.List(ctx, list, opts...)
		},
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, object client.Object, opts ...client.GetOption) error {
			if key.Namespace == "closed" {
				return apierrors.NewForbidden(schema.GroupResource{Resource: "secrets"}, key.Name, errors.New("no"))
			}
			return c.Get(ctx, key, object, opts...)
		},
		Create: func(ctx context.Context, c client.WithWatch, object client.Object, opts ...client.CreateOption) error {
			if w.creating != nil {
				return w.creating
			}
			return c.Create(ctx, object, opts...)
		},
	}).Build()
	return w
}

// start begins the rounds of a new process. Each call of the function that it returns waits for the end
// of a round, and returns how long the next one is to wait.
func (w *world) start(t *testing.T, events validation.Severity) (*rounds.Rounds, func() time.Duration) {
	t.Helper()
	permissive, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	w.registry, w.waits, w.next = prometheus.NewRegistry(), make(chan time.Duration), make(chan time.Time)
	waits, next := w.waits, w.next
	r := rounds.New(rounds.Options{
		Client: w.client, Interval: 5 * time.Minute, Events: events, Instance: "promgate-0", Registry: w.registry, Logger: slog.New(slog.DiscardHandler),
		Audit: audit.Options{Kinds: builtin.Kinds(), Judge: permissive, Settings: review.Settings{Severity: validation.Policy{}.Severity}},
		Now:   func() time.Time { return w.now },
		After: func(d time.Duration) <-chan time.Time {
			waits <- d
			return next
		},
	})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- r.Start(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	first := true
	return r, func() time.Duration {
		if !first {
			next <- w.now
		}
		first = false
		return <-waits
	}
}

// events returns the notes of all Events, by object.
func (w *world) events(t *testing.T) []string {
	t.Helper()
	list := &eventsv1.EventList{}
	if err := w.client.List(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	var notes []string
	for _, e := range list.Items {
		notes = append(notes, fmt.Sprintf("%s/%s %s %s: %s", e.Regarding.Namespace, e.Regarding.Name, e.Regarding.UID, e.Reason, e.Note))
	}
	slices.Sort(notes)
	return notes
}

func (w *world) expectMetrics(t *testing.T, want string, names ...string) {
	t.Helper()
	if err := testutil.GatherAndCompare(w.registry, strings.NewReader(want), names...); err != nil {
		t.Error(err)
	}
}

func selectsAll() *monitoringv1.Prometheus {
	p := &monitoringv1.Prometheus{ObjectMeta: metav1.ObjectMeta{Namespace: "monitoring", Name: "main"}}
	p.Spec.ServiceMonitorSelector, p.Spec.ServiceMonitorNamespaceSelector = &metav1.LabelSelector{}, &metav1.LabelSelector{}
	p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = "30s", "30s"
	return p
}

func monitor(namespace, name, port string) *monitoringv1.ServiceMonitor {
	m := &monitoringv1.ServiceMonitor{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, UID: types.UID("uid-" + name)}}
	m.Spec.Selector.MatchLabels = map[string]string{"app": name}
	m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: port}}
	return m
}

const findings = "promgate_audit_findings"

const help = "# HELP promgate_audit_findings Findings of the last audit.\n# TYPE promgate_audit_findings gauge\n"

const oneDenied = help + `promgate_audit_findings{check="port-regex",kind="ServiceMonitor",namespace="shop",severity="deny"} 1` + "\n"

// TestRounds: metrics follow the cluster from round to round, and a round that fails leaves them as they
// are, counts, and is tried again sooner.
func TestRounds(t *testing.T) {
	w := newWorld(t, selectsAll(), monitor("shop", "a", "x("), monitor("shop", "b", "web"))
	w.listing = errors.New("the server is away")
	r, round := w.start(t, validation.Deny)
	if wait := round(); wait != 30*time.Second || r.Ready() == nil {
		t.Errorf("after a failure it waits %s, ready %v", wait, r.Ready())
	}
	w.listing = nil
	if wait := round(); wait != 5*time.Minute || r.Ready() != nil {
		t.Errorf("it waits %s, ready %v", wait, r.Ready())
	}
	w.expectMetrics(t, oneDenied, findings)
	w.expectMetrics(t, `# HELP promgate_audit_objects Objects that the last audit looked at.
# TYPE promgate_audit_objects gauge
promgate_audit_objects{kind="Prometheus"} 1
promgate_audit_objects{kind="ServiceMonitor"} 2
# HELP promgate_audit_last_success_timestamp_seconds When the last audit that succeeded ended.
# TYPE promgate_audit_last_success_timestamp_seconds gauge
promgate_audit_last_success_timestamp_seconds 1.7803152e+09
# HELP promgate_audit_errors_total Audits that failed while they read the cluster or checked objects, and audits whose Events could not all be written.
# TYPE promgate_audit_errors_total counter
promgate_audit_errors_total{stage="audit"} 0
promgate_audit_errors_total{stage="events"} 0
promgate_audit_errors_total{stage="read"} 1
`, "promgate_audit_objects", "promgate_audit_last_success_timestamp_seconds", "promgate_audit_errors_total")

	w.listing = errors.New("the server is away")
	round()
	w.expectMetrics(t, oneDenied, findings)
	if r.Ready() != nil {
		t.Error("it is no longer ready")
	}
	w.listing = nil
	if err := w.client.Delete(t.Context(), monitor("shop", "a", "x(")); err != nil {
		t.Fatal(err)
	}
	round()
	w.expectMetrics(t, "", findings)
}

// TestEvents: one Event for each object, none while nothing changes, none after a restart, one when the
// findings change.
func TestEvents(t *testing.T) {
	w := newWorld(t, selectsAll(), monitor("shop", "a", "x("), monitor("shop", "none", "web"))
	_, round := w.start(t, validation.Deny)
	round()
	first := w.events(t)
	if len(first) != 1 || !strings.HasPrefix(first[0], "shop/a uid-a AuditFinding: spec.endpoints[0].port") {
		t.Fatalf("got %q", first)
	}
	w.now = w.now.Add(time.Hour)
	round()
	_, restarted := w.start(t, validation.Deny)
	restarted()
	if diff := cmp.Diff(first, w.events(t)); diff != "" {
		t.Error(diff)
	}
	changed := &monitoringv1.ServiceMonitor{}
	if err := w.client.Get(t.Context(), client.ObjectKey{Namespace: "shop", Name: "a"}, changed); err != nil {
		t.Fatal(err)
	}
	changed.Spec.Endpoints[0].Port = "y("
	if err := w.client.Update(t.Context(), changed); err != nil {
		t.Fatal(err)
	}
	restarted()
	if got := w.events(t); len(got) != 2 {
		t.Errorf("got %q", got)
	}
}

// TestEventsOfWarnings: the severity decides which objects get an Event.
func TestEventsOfWarnings(t *testing.T) {
	for severity, want := range map[validation.Severity]int{validation.Off: 0, validation.Deny: 1, validation.Warn: 2} {
		nowhere := monitor("shop", "nowhere", "web")
		nowhere.Spec.Endpoints = nil // a warning
		w := newWorld(t, selectsAll(), monitor("shop", "a", "x("), nowhere)
		_, round := w.start(t, severity)
		round()
		if got := w.events(t); len(got) != want {
			t.Errorf("%s: %q", severity, got)
		}
	}
}

// TestManyEvents: a round writes a hundred Events at most, and the next ones the others. Events that cannot be
// written are tried again, a few in each round.
func TestManyEvents(t *testing.T) {
	objects := []client.Object{selectsAll()}
	for i := range 105 {
		m := monitor("shop", fmt.Sprintf("m%d", i), "web")
		m.Spec.Endpoints = nil // a warning
		objects = append(objects, m)
	}
	w := newWorld(t, objects...)
	w.creating = apierrors.NewForbidden(schema.GroupResource{Resource: "events"}, "", errors.New("no"))
	_, round := w.start(t, validation.Warn)
	round()
	if n, err := testutil.GatherAndCount(w.registry, "promgate_audit_events_total"); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	w.expectMetrics(t, `# HELP promgate_audit_events_total Events that were written.
# TYPE promgate_audit_events_total counter
promgate_audit_events_total 0
`, "promgate_audit_events_total")
	w.creating = nil
	for _, want := range []int{100, 105, 105} {
		round()
		if got := len(w.events(t)); got != want {
			t.Errorf("%d Events, want %d", got, want)
		}
	}
}

// TestUnread: a Secret that must not be read is no mistake of the monitor, and the kind is named.
func TestUnread(t *testing.T) {
	m := monitor("closed", "a", "web")
	key := &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "login"}, Key: "token"}
	m.Spec.Endpoints[0].Authorization = &monitoringv1.SafeAuthorization{Credentials: key}
	open := m.DeepCopy()
	open.Namespace = "shop"
	w := newWorld(t, selectsAll(), m, open)
	_, round := w.start(t, validation.Deny)
	round()
	w.expectMetrics(t, help+`promgate_audit_findings{check="configuration",kind="ServiceMonitor",namespace="shop",severity="deny"} 1
# HELP promgate_audit_unread 1 for a kind of which the last audit had no permission to read some or all objects.
# TYPE promgate_audit_unread gauge
promgate_audit_unread{kind="Secret"} 1
`, findings, "promgate_audit_unread")
}

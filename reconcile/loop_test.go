package reconcile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/validate/content"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

// memory is a target that remembers what was written.
type memory struct {
	stored  Content
	written []*render.Configuration
	wrote   chan int // may be nil
}

func (m *memory) Takes(selection.Object) bool                               { return true }
func (m *memory) Stored(context.Context, selection.Object) (Content, error) { return m.stored, nil }
func (m *memory) Text(_ selection.Object, text []byte) []byte               { return text }
func (m *memory) Changed(string, string, string, string) (selection.Ref, bool) {
	return selection.Ref{}, false
}

func (m *memory) Write(_ context.Context, _ selection.Object, c *render.Configuration) (bool, error) {
	m.written = append(m.written, c)
	if m.wrote != nil {
		m.wrote <- len(m.written)
	}
	return true, nil
}

// api has CRDs and Secrets, and takes a status.
type api struct {
	client.Client // nil: what is not below must not be called

	gone    map[string]bool // CRDs
	secrets map[string]*corev1.Secret
	broken  bool
	reads   int
	applied []string // conditions
}

func (a *api) Get(_ context.Context, key client.ObjectKey, object client.Object, _ ...client.GetOption) error {
	a.reads++
	if key.Name == "" || len(content.IsPathSegmentName(key.Name)) > 0 {
		return errors.New("the client does not send this")
	}
	if a.broken {
		return errors.New("the API server is away")
	}
	missing := apierrors.NewNotFound(schema.GroupResource{}, key.Name)
	switch o := object.(type) {
	case *metav1.PartialObjectMetadata:
		if a.gone[key.Name] {
			return missing
		}
		return nil
	case *corev1.Secret:
		if s := a.secrets[key.Name]; s != nil {
			s.DeepCopyInto(o)
			return nil
		}
	}
	return missing
}

func (a *api) Status() client.SubResourceWriter { return status{api: a} }

type status struct {
	client.SubResourceWriter

	api *api
}

func (s status) Apply(_ context.Context, config runtime.ApplyConfiguration, _ ...client.SubResourceApplyOption) error {
	text, err := json.Marshal(config)
	s.api.applied = append(s.api.applied, string(text))
	return err
}

func newLoop(t *testing.T) (*Loop, *memory, *api) {
	t.Helper()
	target, server, logger := &memory{}, &api{gone: map[string]bool{}, secrets: map[string]*corev1.Secret{}}, slog.New(slog.DiscardHandler)
	reporter := NewReporter(server, server, events.NewFakeRecorder(1000), prometheus.NewRegistry(), logger)
	return New(Options{
		Target: target, Ready: func() error { return nil }, Reader: server, Client: server, Reporter: reporter,
		Render: promconfig.AsInstalled(), ReleaseHold: map[types.NamespacedName]bool{}, Logger: logger,
	}), target, server
}

// passes brings the main Prometheus in step, and gives the problem, if any.
func passes(t *testing.T, l *Loop) string {
	t.Helper()
	if _, err := l.pass(t.Context(), mainRef); err != nil {
		t.Fatal(err)
	}
	return l.Reporter.conditions[mainRef].reason
}

// many puts or deletes the first n of the same monitors.
func many(l *Loop, n int, put bool) {
	for i := range n {
		name := fmt.Sprintf("m-%d", i)
		if put {
			l.Put(monitor(name))
		} else {
			l.Delete(selection.Ref{Kind: "ServiceMonitor", Namespace: "shop", Name: name})
		}
	}
}

func TestHold(t *testing.T) {
	for name, c := range map[string]struct {
		from, gone int
		crdGone    bool
		want       string
	}{
		"a few go":             {30, 10, false, "Proven"},
		"many, and not half":   {30, 15, false, "Proven"},
		"more than half":       {30, 16, false, "Held"},
		"all of a few":         {10, 10, false, "Proven"},
		"a CRD goes":           {30, 1, true, "Held"},
		"a CRD, and no object": {30, 0, true, "Proven"},
	} {
		t.Run(name, func(t *testing.T) {
			l, target, server := newLoop(t)
			l.Put(mainPrometheus())
			many(l, c.from, true)
			if got := passes(t, l); got != "Proven" {
				t.Fatalf("at first: %s", got)
			}
			server.gone["servicemonitors.monitoring.coreos.com"] = c.crdGone
			many(l, c.gone, false)
			if got := passes(t, l); got != c.want {
				t.Errorf("%s, not %s", got, c.want)
			}
			last := target.written[len(target.written)-1]
			if held := len(last.JobNames()) == c.from; held != (c.want == "Held" || c.gone == 0) {
				t.Errorf("what is written has %d jobs", len(last.JobNames()))
			}
		})
	}
}

// TestHoldEnds: when the objects are back, and by the flag.
func TestHoldEnds(t *testing.T) {
	l, _, _ := newLoop(t)
	l.Put(mainPrometheus())
	many(l, 30, true)
	passes(t, l)
	many(l, 30, false)
	if got := passes(t, l); got != "Held" {
		t.Fatal(got)
	}
	many(l, 30, true)
	if got := passes(t, l); got != "Proven" {
		t.Error(got)
	}
	released, target, _ := newLoop(t)
	released.ReleaseHold[types.NamespacedName{Namespace: "monitoring", Name: "main"}] = true
	target.stored = Content{Jobs: map[string]bool{}}
	for i := range 30 {
		target.stored.Jobs[fmt.Sprintf("serviceMonitor/shop/m-%d/0", i)] = true
	}
	released.Put(mainPrometheus())
	if got := passes(t, released); got != "Proven" {
		t.Error(got)
	}
	many(released, 30, true)
	passes(t, released)
	many(released, 30, false)
	if got := passes(t, released); got != "Held" {
		t.Errorf("the flag is for one pass: %s", got)
	}
}

// TestHeldUntilBack: a CRD that is made anew is empty at first.
func TestHeldUntilBack(t *testing.T) {
	l, target, server := newLoop(t)
	l.Put(mainPrometheus())
	const crd = "servicemonitors.monitoring.coreos.com"
	many(l, 8, true)
	passes(t, l)
	server.gone[crd] = true
	many(l, 8, false)
	for _, step := range []struct {
		crdGone bool
		back    int
		want    string
	}{{true, 0, "Held"}, {false, 0, "Held"}, {false, 3, "Held"}, {false, 4, "Proven"}} {
		server.gone[crd] = step.crdGone
		many(l, step.back, true)
		if got := passes(t, l); got != step.want {
			t.Errorf("%+v: %s", step, got)
		}
	}
	many(l, 4, false) // all is as ever
	if got := passes(t, l); got != "Proven" || target.written[len(target.written)-1].Jobs != 0 {
		t.Error(got)
	}
}

// TestHeldAtStart: what an earlier process wrote counts.
func TestHeldAtStart(t *testing.T) {
	l, target, _ := newLoop(t)
	target.stored = Content{Jobs: map[string]bool{}}
	for i := range 30 {
		target.stored.Jobs[fmt.Sprintf("serviceMonitor/shop/m-%d/0", i)] = true
	}
	l.Put(mainPrometheus())
	if got := passes(t, l); got != "Held" || len(target.written) > 0 {
		t.Errorf("%s, %d written", got, len(target.written))
	}
}

// TestRefused: nothing is written for a Prometheus that is itself no good, and what was
// written stays.
func TestRefused(t *testing.T) {
	l, target, server := newLoop(t)
	l.Put(mainPrometheus())
	l.Put(monitor("a"))
	passes(t, l)
	bad := mainPrometheus()
	bad.Spec.ScrapeTimeout = "1h"
	l.Put(bad)
	if got := passes(t, l); got != "Refused" || len(target.written) != 1 {
		t.Errorf("%s, %d written", got, len(target.written))
	}
	l.Put(mainPrometheus())
	if got := passes(t, l); got != "Proven" {
		t.Error(got)
	}
	for i, part := range []string{"Proven", "Refused", "Proven"} {
		if !strings.Contains(server.applied[i], part) {
			t.Errorf("condition %d: %s", i, server.applied[i])
		}
	}
}

// TestAssets: a Secret is read once, read again when it changes, and never taken for
// missing because the API server is away.
func TestAssets(t *testing.T) {
	l, target, server := newLoop(t)
	server.secrets["login"] = &corev1.Secret{ObjectMeta: metav1.ObjectMeta{ResourceVersion: "1"}, Data: map[string][]byte{"user": []byte("u"), "password": []byte("first")}}
	m := monitor("a")
	key := func(key string) corev1.SecretKeySelector {
		return corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "login"}, Key: key}
	}
	m.Spec.Endpoints[0].BasicAuth = &monitoringv1.BasicAuth{Username: key("user"), Password: key("password")}
	l.Put(mainPrometheus())
	l.Put(m)
	server.broken = true
	if _, err := l.pass(t.Context(), mainRef); err == nil || len(target.written) > 0 {
		t.Fatalf("written without the Secret: %v", err)
	}
	server.broken = false
	passes(t, l)
	reads := server.reads
	passes(t, l)
	if server.reads != reads {
		t.Errorf("%d reads more", server.reads-reads)
	}
	password := func() string { return string(target.written[len(target.written)-1].Text()) }
	if !strings.Contains(password(), "password: first") {
		t.Error(password())
	}
	server.secrets["login"].ResourceVersion, server.secrets["login"].Data["password"] = "2", []byte("second")
	l.Asset("Secret", "shop", "login", "2")
	passes(t, l)
	if !strings.Contains(password(), "password: second") {
		t.Error(password())
	}
	delete(server.secrets, "login")
	l.Asset("Secret", "shop", "login", "")
	passes(t, l)
	last := target.written[len(target.written)-1]
	if len(last.LeftOut) != 1 || last.Jobs != 0 {
		t.Errorf("a monitor whose Secret is gone is in: %+v", last.LeftOut)
	}
}

// TestNoName: a Secret without a name, or with one that no Secret can have, is missing. It
// does not keep the others from being written.
func TestNoName(t *testing.T) {
	for _, name := range []string{"", "a/b", "..", "%2e"} {
		l, target, server := newLoop(t)
		l.Reader = server
		bad := monitor("bad")
		key := corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: "k"}
		bad.Spec.Endpoints[0].BasicAuth = &monitoringv1.BasicAuth{Username: key, Password: key}
		l.Put(mainPrometheus())
		l.Put(bad)
		l.Put(monitor("good"))
		if got := passes(t, l); got != "ObjectsLeftOut" || target.written[0].Jobs != 1 {
			t.Errorf("%q: %s", name, got)
		}
	}
}

// TestFailing: what cannot be done is not said to be in step.
func TestFailing(t *testing.T) {
	l, _, server := newLoop(t)
	l.Put(mainPrometheus())
	passes(t, l)
	m := monitor("a")
	key := corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "login"}, Key: "k"}
	m.Spec.Endpoints[0].BasicAuth = &monitoringv1.BasicAuth{Username: key, Password: key}
	l.Put(m)
	server.broken = true
	work := func() { l.work(t.Context(), mainRef) }
	work()
	proven := func() float64 { return testutil.ToFloat64(l.Reporter.metrics.state.With(labelsOf(mainRef))) }
	if proven() != 0 || l.Reporter.conditions[mainRef].reason != "Proven" {
		t.Errorf("at first: %v, %+v", proven(), l.Reporter.conditions[mainRef])
	}
	for range failuresTold {
		work()
	}
	if c := l.Reporter.conditions[mainRef]; c.status != "False" || c.reason != "Failing" || !strings.Contains(c.message, "login") {
		t.Errorf("in the end: %+v", c)
	}
	server.broken = false
	work()
	if c := l.Reporter.conditions[mainRef]; proven() != 1 || c.status != "True" {
		t.Errorf("well again: %v, %+v", proven(), c)
	}
}

// TestEvents: each object is told once, and told again when it is in.
func TestEvents(t *testing.T) {
	l, _, _ := newLoop(t)
	recorder := events.NewFakeRecorder(100)
	l.Reporter.recorder = recorder
	l.Put(mainPrometheus())
	l.Put(rule("sum("))
	passes(t, l)
	passes(t, l)
	l.Put(rule("up"))
	passes(t, l)
	close(recorder.Events)
	var got []string
	for e := range recorder.Events {
		got = append(got, strings.Join(strings.Fields(e)[:2], " "))
	}
	if diff := cmp.Diff([]string{"Warning LeftOut", "Normal TakenIn"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestGone: with the Prometheus its metrics go.
func TestGone(t *testing.T) {
	l, target, _ := newLoop(t)
	l.Put(mainPrometheus())
	many(l, 30, true)
	passes(t, l)
	l.Delete(mainRef)
	if _, err := l.pass(t.Context(), mainRef); err != nil {
		t.Fatal(err)
	}
	if len(target.written) != 1 || len(l.states) != 0 || len(l.Reporter.conditions) != 0 {
		t.Errorf("%d written, %v, %v", len(target.written), l.states, l.Reporter.conditions)
	}
}

// TestStart: nothing is rendered before everything is read, and then everything is.
func TestStart(t *testing.T) {
	l, target, _ := newLoop(t)
	target.wrote = make(chan int, 1)
	asked := make(chan bool)
	l.Ready = func() error {
		if ready, open := <-asked; open && !ready {
			return errors.New("not yet")
		}
		return nil
	}
	l.Put(mainPrometheus())
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- l.Start(ctx) }()
	asked <- false
	asked <- false // the first answer has been taken in
	select {
	case <-target.wrote:
		t.Error("written too early")
	default:
	}
	close(asked)
	<-target.wrote
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestContent(t *testing.T) {
	c := configuration(t, monitor("b"), monitor("a"), rule("up"))
	content := contentOf(c)
	if got := slices.Sorted(maps.Keys(content.Jobs)); !slices.Equal(got, []string{"serviceMonitor/shop/a/0", "serviceMonitor/shop/b/0"}) {
		t.Error(got)
	}
	if !maps.Equal(content.Jobs, jobsOf(c.Text())) {
		t.Errorf("read back: %v", jobsOf(c.Text()))
	}
	if got := slices.Sorted(maps.Keys(content.RuleFiles)); !slices.Equal(got, []string{"shop-r-u.yaml"}) {
		t.Error(got)
	}
}

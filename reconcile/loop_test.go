package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"

	"github.com/promgate/promgate/selection"
)

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
				t.Errorf("the written configuration has %d jobs", len(last.JobNames()))
			}
		})
	}
}

// TestHoldEnds: a hold ends when the objects are back, and with the flag.
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

// TestHeldAtStart: a configuration that an earlier process wrote is held too.
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

// TestRefused: if the Prometheus object itself is invalid, nothing is written, and the previous
// configuration stays.
func TestRefused(t *testing.T) {
	l, target, server := newLoop(t)
	l.Put(mainPrometheus())
	l.Put(monitor("a"))
	passes(t, l)
	bad := mainPrometheus()
	bad.Spec.ScrapeTimeout = "1h"
	l.Put(bad)
	l.Put(rule("sum("))
	if got := passes(t, l); got != "Refused" || len(target.written) != 1 {
		t.Errorf("%s, %d written", got, len(target.written))
	}
	if reported := l.Reporter.reported[mainRef]; len(reported) != 1 {
		t.Errorf("the invalid rule is not named: %v", reported)
	}
	l.Delete(selection.Ref{Kind: "PrometheusRule", Namespace: "shop", Name: "r"})
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

// TestProve: at the start the configuration is loaded as a whole, and an object that makes the load
// fail is left out.
func TestProve(t *testing.T) {
	l, target, _ := newLoop(t)
	target.breaks = "serviceMonitor/shop/m-3/0"
	l.Put(mainPrometheus())
	many(l, 10, true)
	if got := passes(t, l); got != "ObjectsLeftOut" || len(target.written) != 1 {
		t.Fatalf("%s, %d written", got, len(target.written))
	}
	c := target.written[0]
	if len(c.LeftOut) != 1 || c.LeftOut[0].Name != "m-3" || c.Jobs != 9 {
		t.Errorf("left out: %+v, %d jobs", c.LeftOut, c.Jobs)
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
	l.assetChanged("Secret", "shop", "login", "2")
	passes(t, l)
	if !strings.Contains(password(), "password: second") {
		t.Error(password())
	}
	delete(server.secrets, "login")
	l.assetChanged("Secret", "shop", "login", "")
	passes(t, l)
	last := target.written[len(target.written)-1]
	if len(last.LeftOut) != 1 || last.Jobs != 0 {
		t.Errorf("a monitor whose Secret was deleted is included: %+v", last.LeftOut)
	}
	server.secrets["login"] = &corev1.Secret{ObjectMeta: metav1.ObjectMeta{ResourceVersion: "3"}, Data: map[string][]byte{"user": []byte("u"), "password": []byte("third")}}
	l.assetChanged("Secret", "shop", "login", "3")
	passes(t, l)
	if !strings.Contains(password(), "password: third") {
		t.Errorf("a monitor whose Secret now exists is not included:\n%s", password())
	}
}

// TestEvents: each object that is left out gets one Event, and another one when it is included
// again.
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

// TestUnusableCredentials: a monitor with a token that no HTTP header accepts is included, and one
// Event says that its requests will fail.
func TestUnusableCredentials(t *testing.T) {
	l, target, server := newLoop(t)
	recorder := events.NewFakeRecorder(100)
	l.Reporter.recorder = recorder
	l.Put(mainPrometheus())
	server.secrets["login"] = &corev1.Secret{ObjectMeta: metav1.ObjectMeta{ResourceVersion: "1"}, Data: map[string][]byte{"token": []byte("abc\n")}}
	m := monitor("web")
	m.Spec.Endpoints[0].Authorization = &monitoringv1.SafeAuthorization{Credentials: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "login"}, Key: "token"}}
	l.Put(m)
	passes(t, l)
	passes(t, l)
	if c := target.written[0]; c.Jobs != 1 || len(c.LeftOut) > 0 {
		t.Errorf("%d jobs, left out: %+v", c.Jobs, c.LeftOut)
	}
	close(recorder.Events)
	var got []string
	for e := range recorder.Events {
		got = append(got, e)
	}
	if len(got) != 1 || !strings.Contains(got[0], "UnusableCredentials") || !strings.Contains(got[0], "spec.endpoints[0].authorization.credentials: ends in a line break") {
		t.Errorf("the Events are %q", got)
	}
}

// TestGone: the metrics of a deleted Prometheus are deleted.
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

// TestLetGo: the condition is removed, once, from a Prometheus that the target no longer manages.
func TestLetGo(t *testing.T) {
	l, target, server := newLoop(t)
	l.Put(mainPrometheus())
	passes(t, l)
	target.leaves = true
	passes(t, l)
	passes(t, l)
	if n := len(server.applied); n != 2 || !strings.Contains(server.applied[1], `"conditions":[]`) {
		t.Errorf("%d conditions applied: %v", n, server.applied)
	}
}

// TestStart: nothing is rendered before everything has been read, and then everything is.
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
	asked <- false // the first answer has been received
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

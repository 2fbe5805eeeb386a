package watch

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"

	"github.com/promgate/promgate/internal/cluster"
)

// clock is set by hand.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time       { return time.Unix(0, c.at.Load()) }
func (c *clock) pass(d time.Duration) { c.at.Add(int64(d)) }

// watchAt returns a watch whose clock is set by hand.
func watchAt(t *testing.T) (*Watch, *clock, *bytes.Buffer) {
	t.Helper()
	logs := &bytes.Buffer{}
	w := New(cluster.New(cluster.Options{}), slog.New(slog.NewTextHandler(logs, nil)))
	c := &clock{}
	c.pass(1_000_000 * time.Second)
	w.now = c.now
	return w, c, logs
}

// server is a fake API server for one kind.
type server struct {
	events *apiwatch.FakeWatcher
	err    error
}

func (s *server) source() cache.ListerWatcher {
	return &cache.ListWatch{
		ListWithContextFunc: func(context.Context, metav1.ListOptions) (runtime.Object, error) {
			return &monitoringv1.ServiceMonitorList{}, s.err
		},
		WatchFuncWithContext: func(context.Context, metav1.ListOptions) (apiwatch.Interface, error) {
			if s.err != nil {
				return nil, s.err
			}
			return s.events, nil
		},
	}
}

// TestHeard: which events count as a sign of life, and which do not.
func TestHeard(t *testing.T) {
	monitor := &monitoringv1.ServiceMonitor{}
	opened := func(t *testing.T, lw cache.ListerWatcherWithContext) apiwatch.Interface {
		t.Helper()
		w, err := lw.WatchWithContext(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	event := func(kind apiwatch.EventType) func(*testing.T, *server, cache.ListerWatcherWithContext) {
		return func(t *testing.T, s *server, lw cache.ListerWatcherWithContext) {
			t.Helper()
			w := opened(t, lw)
			go s.events.Action(kind, monitor)
			if got := <-w.ResultChan(); got.Type != kind || got.Object != monitor {
				t.Errorf("the informer gets %+v", got)
			}
		}
	}
	cases := map[string]struct {
		reason string
		happen func(*testing.T, *server, cache.ListerWatcherWithContext)
		heard  bool
	}{
		"Bookmark": {reason: "a bookmark counts", happen: event(apiwatch.Bookmark), heard: true},
		"Added":    {reason: "an event counts", happen: event(apiwatch.Added), heard: true},
		"Deleted":  {reason: "a deletion counts", happen: event(apiwatch.Deleted), heard: true},
		"Error":    {reason: "an error does not count", happen: event(apiwatch.Error)},
		"Opened":   {reason: "a watch that was only opened does not count", happen: func(t *testing.T, _ *server, lw cache.ListerWatcherWithContext) { t.Helper(); opened(t, lw) }},
		"List": {reason: "a list counts", heard: true, happen: func(t *testing.T, _ *server, lw cache.ListerWatcherWithContext) {
			t.Helper()
			if _, err := lw.ListWithContext(t.Context(), metav1.ListOptions{}); err != nil {
				t.Fatal(err)
			}
		}},
		"NoList": {reason: "a list that failed does not count", happen: func(t *testing.T, s *server, lw cache.ListerWatcherWithContext) {
			t.Helper()
			s.err = apierrors.NewServiceUnavailable("down")
			if _, err := lw.ListWithContext(t.Context(), metav1.ListOptions{}); err == nil {
				t.Error("the error is lost")
			}
		}},
		"NoWatch": {reason: "a watch that failed does not count", happen: func(t *testing.T, s *server, lw cache.ListerWatcherWithContext) {
			t.Helper()
			s.err = apierrors.NewServiceUnavailable("down")
			if _, err := lw.WatchWithContext(t.Context(), metav1.ListOptions{}); err == nil {
				t.Error("the error is lost")
			}
		}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w, clock, _ := watchAt(t)
			s := &server{events: apiwatch.NewFake()}
			k := w.kindOf(monitor)
			w.note(k, nil)
			clock.pass(staleAfter)
			if _, stale := w.Stale(); stale {
				t.Fatal("stale too early")
			}
			clock.pass(1)
			if kind, stale := w.Stale(); !stale || kind != "ServiceMonitor" {
				t.Fatalf("not stale after %s: %q", staleAfter, kind)
			}
			tc.happen(t, s, cache.ToListerWatcherWithContext(w.tapped(s.source(), k)))
			if _, stale := w.Stale(); stale == tc.heard {
				t.Errorf("%s: stale is %v", tc.reason, stale)
			}
		})
	}
}

// TestNotStale: a missing kind cannot be stale.
func TestNotStale(t *testing.T) {
	w, clock, _ := watchAt(t)
	clock.pass(time.Hour)
	if kind, stale := w.Stale(); stale {
		t.Errorf("%s is stale and was never read", kind)
	}
	k := w.kinds[1]
	w.note(k, nil)
	k.missing.Store(true)
	clock.pass(time.Hour)
	if kind, stale := w.Stale(); stale {
		t.Errorf("%s is stale and not installed", kind)
	}
}

// TestLogTurn: one line in each direction, however many kinds and checks there are.
func TestLogTurn(t *testing.T) {
	w, clock, logs := watchAt(t)
	for _, k := range w.kinds {
		w.note(k, nil)
	}
	look := func(want int) {
		t.Helper()
		w.logTurn()
		w.logTurn()
		if got := strings.Count(logs.String(), "\n"); got != want {
			t.Fatalf("%d lines, want %d:\n%s", got, want, logs)
		}
	}
	look(0)
	clock.pass(2 * staleAfter)
	look(1)
	w.note(w.kinds[0], nil)
	look(1) // the others are still silent
	for _, k := range w.kinds {
		w.note(k, nil)
	}
	look(2)
	if !strings.Contains(logs.String(), "in step with the API server again") {
		t.Error(logs)
	}
	clock.pass(2 * staleAfter)
	look(3)
}

func kindNamed(t *testing.T, w *Watch, name string) *kind {
	t.Helper()
	i := slices.IndexFunc(w.kinds, func(k *kind) bool { return k.name == name })
	if i < 0 {
		t.Fatalf("%s is not watched", name)
	}
	return w.kinds[i]
}

func TestMetrics(t *testing.T) {
	w, clock, _ := watchAt(t)
	w.note(kindNamed(t, w, "Namespace"), nil)
	w.note(kindNamed(t, w, "PrometheusAgent"), nil)
	clock.pass(2 * staleAfter)
	w.note(kindNamed(t, w, "Prometheus"), nil)
	confirmed := w.now()
	kindNamed(t, w, "PrometheusAgent").confirmed.Store(&confirmed)
	w.note(kindNamed(t, w, "ThanosRuler"), nil)
	kindNamed(t, w, "ThanosRuler").missing.Store(true)
	registry := prometheus.NewRegistry()
	registry.MustRegister(Metrics{Index: cluster.New(cluster.Options{}).Index(), Watch: w})
	err := testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP promgate_index_last_event_timestamp_seconds When the API server last sent an event, a bookmark or a list of a kind.
# TYPE promgate_index_last_event_timestamp_seconds gauge
promgate_index_last_event_timestamp_seconds{kind="Namespace"} 1e+06
promgate_index_last_event_timestamp_seconds{kind="Prometheus"} 1.00018e+06
promgate_index_last_event_timestamp_seconds{kind="PrometheusAgent"} 1e+06
# HELP promgate_index_stale Whether promgate may have missed changes to objects of a kind, so that duplicate jobs are no more than warnings.
# TYPE promgate_index_stale gauge
promgate_index_stale{kind="Namespace"} 1
promgate_index_stale{kind="Prometheus"} 0
promgate_index_stale{kind="PrometheusAgent"} 0
# HELP promgate_index_last_confirmed_timestamp_seconds Up to when promgate is known to have missed no change to objects of a kind.
# TYPE promgate_index_last_confirmed_timestamp_seconds gauge
promgate_index_last_confirmed_timestamp_seconds{kind="Namespace"} 1e+06
promgate_index_last_confirmed_timestamp_seconds{kind="Prometheus"} 1.00018e+06
promgate_index_last_confirmed_timestamp_seconds{kind="PrometheusAgent"} 1.00018e+06
`))
	if err != nil {
		t.Error(err)
	}
}

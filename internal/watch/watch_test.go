package watch

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	ctrlcache "sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/selection"
)

// running is a watch on an API server.
type running struct {
	*Watch

	server *apiServer
	state  *cluster.Model
	clock  *clock
	looks  chan time.Time // each sends a kind's watch to look whether the kind is there
}

func start(t *testing.T, server *apiServer) *running {
	t.Helper()
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	config := &rest.Config{Host: listener.URL}
	r := &running{server: server, state: cluster.New(cluster.Options{}), clock: &clock{}, looks: make(chan time.Time)}
	r.Watch = New(r.state, slog.New(slog.NewTextHandler(t.Output(), nil)))
	r.clock.pass(1_000_000 * time.Second)
	r.now = r.clock.now
	r.ticks = func(d time.Duration) (<-chan time.Time, func()) {
		if d != retryInterval {
			return nil, func() {}
		}
		return r.looks, func() {}
	}
	options := r.Options()
	var err error
	if options.Scheme, err = Scheme(); err != nil {
		t.Fatal(err)
	}
	c, err := ctrlcache.New(config, options)
	if err != nil {
		t.Fatal(err)
	}
	kinds, err := discovery.NewDiscoveryClientForConfigAndClient(config, http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	mapper, err := apiutil.NewDynamicRESTMapper(config, http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	r.Use(c, kinds, Changes{Client: kinds.RESTClient(), Mapper: mapper})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- c.Start(ctx) }()
	go func() { ended <- r.Start(ctx) }()
	t.Cleanup(func() {
		stop()
		for range 2 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
	eventually(t, "all kinds are read", func() bool { return r.Ready() == nil })
	return r
}

// eventually waits until a condition is true.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	late := time.After(30 * time.Second)
	for !so() {
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("timeout: %s", what)
		}
	}
}

// look makes a waiting kind check again, if one is waiting.
func (r *running) look() {
	select {
	case r.looks <- time.Time{}:
	default:
	}
}

func serviceMonitor(name string) string {
	return fmt.Sprintf(`{"apiVersion":"monitoring.coreos.com/v1","kind":"ServiceMonitor","metadata":{"namespace":"shop","name":%q,"resourceVersion":"1","uid":%[1]q},"spec":{"selector":{},"endpoints":[]}}`, name)
}

func (r *running) knows(monitor string) bool {
	return r.state.Index().Monitor(selection.Ref{Kind: "ServiceMonitor", Namespace: "shop", Name: monitor}) != nil
}

// TestBookmarksAreHeard: through the real client, on a cluster where nothing changes.
func TestBookmarksAreHeard(t *testing.T) {
	r := start(t, newAPIServer())
	r.clock.pass(2 * staleAfter)
	if _, stale := r.Stale(); !stale {
		t.Fatal("not stale")
	}
	for resource := range resources {
		if kind, stale := r.Stale(); !stale {
			t.Fatalf("not stale, and %s is silent", kind)
		}
		r.server.bookmark(resource)
	}
	eventually(t, "all kinds count as heard", func() bool { _, stale := r.Stale(); return !stale })
}

// TestKindVanishes: the objects of a deleted kind are forgotten although nobody reports them as
// deleted. When the kind is back, its objects are read.
func TestKindVanishes(t *testing.T) {
	server := newAPIServer()
	server.objects["servicemonitors"] = []string{serviceMonitor("first")}
	r := start(t, server)
	if !r.knows("first") {
		t.Fatal("the kind is not read")
	}
	server.change(func() {
		server.unserved["servicemonitors"] = true
		server.drop("servicemonitors")
	})
	eventually(t, "the objects are forgotten", func() bool { return !r.knows("first") })
	r.looks <- time.Time{}
	r.looks <- time.Time{} // the first is done with
	if err := r.Ready(); err != nil {
		t.Errorf("a missing kind is waited for: %v", err)
	}
	r.clock.pass(2 * staleAfter)
	if kind, _ := r.Stale(); kind == "ServiceMonitor" {
		t.Error("a missing kind is stale")
	}

	server.change(func() {
		server.unserved["servicemonitors"] = false
		server.objects["servicemonitors"] = []string{serviceMonitor("second")}
	})
	eventually(t, "the new objects are read", func() bool { r.look(); return r.knows("second") && r.Ready() == nil })
	if r.knows("first") {
		t.Error("the forgotten objects are back")
	}
}

// TestKindSeemsToVanish: the answer of one API server is not enough.
func TestKindSeemsToVanish(t *testing.T) {
	server := newAPIServer()
	server.objects["servicemonitors"] = []string{serviceMonitor("first")}
	r := start(t, server)
	server.change(func() {
		server.hidden["servicemonitors"] = true
		server.drop("servicemonitors")
	})
	refused := func(n int) func() bool {
		return func() (so bool) {
			server.change(func() { so = server.refused >= n })
			return so
		}
	}
	eventually(t, "the watch is refused", refused(2))
	if !r.knows("first") {
		t.Error("the objects are forgotten")
	}
	r.clock.pass(2 * staleAfter)
	if _, stale := r.Stale(); !stale {
		t.Error("not stale")
	}
	server.change(func() { server.hidden["servicemonitors"] = false })
	eventually(t, "the kind is heard of again", func() bool { return !r.kindOf(selection.NewMonitor("ServiceMonitor")).stale(r.now()) })
}

// TestKindAppears: a kind that the cluster does not have does not delay the others.
func TestKindAppears(t *testing.T) {
	server := newAPIServer()
	server.unserved["servicemonitors"] = true
	server.objects["servicemonitors"] = []string{serviceMonitor("first")}
	r := start(t, server)
	server.change(func() { server.unserved["servicemonitors"] = false })
	eventually(t, "the kind is read", func() bool { r.look(); return r.knows("first") })
}

// TestAlertmanagers: an Alertmanager is read, and the labels of AlertmanagerConfigs, so that it is known which of them it
// selects. When the kinds vanish, they are forgotten.
func TestAlertmanagers(t *testing.T) {
	server := newAPIServer()
	server.objects["alertmanagers"] = []string{`{"apiVersion":"monitoring.coreos.com/v1","kind":"Alertmanager","metadata":{"namespace":"shop","name":"main","resourceVersion":"1","uid":"a"},` +
		`"spec":{"version":"v0.26.0","alertmanagerConfigSelector":{"matchLabels":{"team":"shop"}}}}`}
	server.objects["alertmanagerconfigs"] = []string{`{"apiVersion":"meta.k8s.io/v1","kind":"PartialObjectMetadata","metadata":{"namespace":"shop","name":"team","labels":{"team":"shop"},"resourceVersion":"1","uid":"b"}}`}
	r := start(t, server)
	config := selection.Ref{Kind: "AlertmanagerConfig", Namespace: "shop", Name: "team"}
	known := r.state.Index().Monitor(config)
	if known == nil {
		t.Fatal("the AlertmanagerConfig is not read")
	}
	selecting := r.state.View("shop").Selecting("AlertmanagerConfig", known.Labels)
	if len(selecting) != 1 {
		t.Fatalf("%d Alertmanagers select it", len(selecting))
	}
	if got := selecting[0].Snapshot().Prometheus.Version.String(); got != "0.26.0" {
		t.Errorf("the Alertmanager is of version %s", got)
	}
	server.change(func() {
		for _, resource := range []string{"alertmanagers", "alertmanagerconfigs"} {
			server.unserved[resource] = true
			server.drop(resource)
		}
	})
	eventually(t, "the objects are forgotten", func() bool {
		return r.state.Index().Monitor(config) == nil && len(r.state.Instances()) == 0
	})
}

// TestAlertmanagersMissing: a cluster without these kinds works.
func TestAlertmanagersMissing(t *testing.T) {
	server := newAPIServer()
	server.unserved["alertmanagers"], server.unserved["alertmanagerconfigs"] = true, true
	server.objects["servicemonitors"] = []string{serviceMonitor("first")}
	if r := start(t, server); !r.knows("first") {
		t.Error("the other kinds are not read")
	}
}

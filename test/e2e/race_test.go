package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

// racers is how many pairs are created at the same time.
const racers = 32

// TestRace checks that of two clashing monitors that are created at the same instant one is
// admitted. With several replicas, which know of each other only through the API server, it logs
// how often both are admitted, and asserts nothing about that.
//
//	RACE_PAIRS     how many pairs
//	RACE_REPLICAS  how many replicas of promgate; more than 1 changes the rig
func TestRace(t *testing.T) {
	pairs, replicas := number(t, "RACE_PAIRS", 200), number(t, "RACE_REPLICAS", 1)
	var s *splitter
	if replicas > 1 {
		s = splitTo(t, replicas)
	}
	defer noPrometheus(t)
	newNamespace(t, "race", nil)
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "main", Namespace: "race"}, `{serviceMonitorSelector: {matchLabels: {team: race}}}`), "create", "-f", "-")
	knowsPrometheus := func(ctx context.Context) error {
		out, err := cluster.Kubectl.RunWithInput(ctx, raceYAML("probe-none"), "create", "--dry-run=server", "-f", "-")
		if err == nil && strings.Contains(out.Stderr, "not-selected") {
			return errors.New("no instance selects it")
		}
		return err
	}
	for range replicas { // the replicas are called in turn
		eventually(t, "promgate to know the Prometheus", knowsPrometheus)
	}

	r := race{client: adminClient(t), in: make([]int, pairs)}
	began := time.Now()
	r.run(t)
	both, none := r.count(2), r.count(0)
	t.Logf("%d pairs in %s, %d replicas: both were admitted %d times, and none %d times", pairs, time.Since(began).Round(time.Second), replicas, both, none)
	if s == nil && (both > 0 || none > 0) {
		t.Errorf("of %d pairs, both were admitted %d times, and none %d times", pairs, both, none)
	}
	if s != nil {
		t.Logf("the two monitors of %d pairs reached different replicas", s.parted(pairs))
		if both == pairs {
			t.Error("both monitors of all pairs were admitted: promgate did not check them")
		}
	}
}

// race creates pairs.
type race struct {
	client dynamic.Interface
	in     []int // how many of each pair were admitted
}

func (r *race) run(t *testing.T) {
	next := make(chan int)
	var all sync.WaitGroup
	for range racers {
		all.Go(func() {
			for pair := range next {
				r.in[pair] = r.create(t, fmt.Sprintf("a-%d", pair), fmt.Sprintf("b-%d", pair))
			}
		})
	}
	for pair := range r.in {
		next <- pair
	}
	close(next)
	all.Wait()
}

// create creates monitors at the same instant, and returns how many were admitted.
func (r *race) create(t *testing.T, names ...string) int {
	gate := make(chan struct{})
	errs := make([]error, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() {
			object := raceObject(name)
			<-gate
			// On 429 the client retries, as kubectl does.
			_, errs[i] = r.client.Resource(serviceMonitors).Namespace("race").Create(t.Context(), object, metav1.CreateOptions{})
		})
	}
	close(gate)
	all.Wait()
	in := 0
	for i, err := range errs {
		switch {
		case err == nil:
			in++
		case !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "duplicate-job"):
			t.Errorf("creating %s: %v", names[i], err)
		}
	}
	return in
}

func (r *race) count(in int) int {
	n := 0
	for _, got := range r.in {
		if got == in {
			n++
		}
	}
	return n
}

var serviceMonitors = schema.GroupVersionResource{Group: "monitoring.coreos.com", Version: "v1", Resource: "servicemonitors"}

// raceObject is a monitor that clashes only with the other monitor of its pair, whose name ends in
// the same number.
func raceObject(name string) *unstructured.Unstructured {
	_, pair, _ := strings.Cut(name, "-")
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor",
		"metadata": map[string]any{"name": name, "namespace": "race", "labels": map[string]any{"team": "race"}},
		"spec": map[string]any{
			"selector":  map[string]any{"matchLabels": map[string]any{"app": "web-" + pair}},
			"endpoints": []any{map[string]any{"port": "http"}},
		},
	}}
}

func raceYAML(name string) string {
	return manifest("ServiceMonitor", metadata{Name: name, Namespace: "race", Labels: map[string]string{"team": "race"}}, raceObject(name).Object["spec"])
}

// adminClient uses the control plane as its administrator, without a rate limit: a kubectl for each
// call would take most of the time.
func adminClient(t *testing.T) dynamic.Interface {
	t.Helper()
	config := apiConfig(t)
	config.QPS = -1 // no limit
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// number reads a setting of a test.
func number(t *testing.T, name string, asInstalled int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return asInstalled
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q, but has to be a number", name, text)
	}
	return n
}

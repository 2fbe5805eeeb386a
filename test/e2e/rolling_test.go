package e2e

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/promgate/promgate/test/rig"
)

var prometheusRules = schema.GroupVersionResource{Group: "monitoring.coreos.com", Version: "v1", Resource: "prometheusrules"}

// TestRollingRestart restarts two replicas behind a balancer in turn, while clients create objects
// all the time. Because failurePolicy is Ignore, each lost review shows: an object has no label, or
// a broken rule is admitted.
//
//	ROLLING_RESTARTS  how many restarts
func TestRollingRestart(t *testing.T) {
	restarts := number(t, "ROLLING_RESTARTS", 6)
	newNamespace(t, "rolling", nil)
	other, err := cluster.StartReplica(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Stop)
	replicas := []*rig.Promgate{cluster.Promgate, other}
	b := startBalancer(t, replicas...)
	frontWith(t, b.url(), authorities(t, replicas), b.received.Load)

	s := steady{client: adminClient(t), namespace: "rolling"}
	stop := s.start(t)
	for i := range restarts {
		replica := replicas[i%len(replicas)]
		replica.Stop()
		if err := replica.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	t.Logf("%d restarts; %d monitors and %d broken rules were created", restarts, s.monitors.Load(), s.rules.Load())
	if s.monitors.Load() == 0 || s.rules.Load() == 0 {
		t.Error("nothing was created meanwhile")
	}
	if unlabelled, letIn := s.unlabelled.Load(), s.letIn.Load(); unlabelled > 0 || letIn > 0 {
		t.Errorf("%d monitors have no label, and %d broken rules were admitted", unlabelled, letIn)
	}
}

// authorities returns a file with the CAs of all replicas.
func authorities(t *testing.T, replicas []*rig.Promgate) []byte {
	t.Helper()
	var all []byte
	for _, r := range replicas {
		ca, err := os.ReadFile(r.CAFile)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, ca...)
	}
	return all
}

// steadyClients is how many clients create objects at the same time. With several clients the API
// server has several connections, some of which are idle at any time.
const steadyClients = 3

// steady creates objects, one after the other with each client, and counts the lost reviews.
type steady struct {
	client                             dynamic.Interface
	namespace                          string
	monitors, rules, unlabelled, letIn atomic.Int64
}

// start returns a function that waits for the last creation.
func (s *steady) start(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	for client := range steadyClients {
		clients.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				name := fmt.Sprintf("rolling-%d-%d", client, i)
				s.monitor(t, name)
				s.rule(t, name)
			}
		})
	}
	return func() {
		cancel()
		clients.Wait()
	}
}

func (s *steady) monitor(t *testing.T, name string) {
	got, err := s.client.Resource(serviceMonitors).Namespace(s.namespace).Create(t.Context(), s.object("ServiceMonitor", name, map[string]any{
		"selector":  map[string]any{"matchLabels": map[string]any{"app": name}},
		"endpoints": []any{map[string]any{"port": "http"}},
	}), metav1.CreateOptions{})
	if err != nil {
		t.Errorf("creating the ServiceMonitor %s: %v", name, err)
		return
	}
	s.monitors.Add(1)
	if got.GetLabels()["release"] == "" {
		s.unlabelled.Add(1)
	}
}

func (s *steady) rule(t *testing.T, name string) {
	_, err := s.client.Resource(prometheusRules).Namespace(s.namespace).Create(t.Context(), s.object("PrometheusRule", name, map[string]any{
		"groups": []any{map[string]any{"name": "g", "rules": []any{map[string]any{"record": "a:b", "expr": "sum(up"}}}},
	}), metav1.CreateOptions{})
	switch {
	case err == nil:
		s.letIn.Add(1)
	case !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "expr-syntax"):
		t.Errorf("creating the PrometheusRule %s: %v", name, err)
	}
	s.rules.Add(1)
}

func (s *steady) object(kind, name string, spec map[string]any) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "monitoring.coreos.com/v1", "kind": kind,
		"metadata": map[string]any{"name": name, "namespace": s.namespace}, "spec": spec,
	}}
}

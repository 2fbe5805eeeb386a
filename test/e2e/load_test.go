package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/promgate/promgate/test/pods"
)

var prometheusRules = schema.GroupVersionResource{Group: "monitoring.coreos.com", Version: "v1", Resource: "prometheusrules"}

// A load is clients that create objects, and others that connect to the replicas.
type load struct {
	*steady
	*dialers

	stopSteady, stopDialers func()
}

// startLoad starts clients that create objects in a new namespace until [load.end].
func startLoad(t *testing.T, runner *pods.Runner, client dynamic.Interface) *load {
	t.Helper()
	newNamespace(t, "load", nil)
	l := &load{steady: &steady{client: client, namespace: "load"}, dialers: newDialers(client, runner)}
	l.stopSteady, l.stopDialers = l.steady.start(t), l.dialers.start(t)
	return l
}

// end stops the clients. It is an error of the test if they lost a review.
func (l *load) end(t *testing.T) {
	t.Helper()
	l.stopDialers()
	l.stopSteady()
	t.Logf("%d certificates; %d connections made", l.number(), l.dialled.Load())
	l.check(t)
}

// steadyClients is how many clients create objects at the same time. With several clients the API
// server has several connections, some of which are idle at any time.
const steadyClients = 3

// steady creates objects, one after the other with each client, and counts the lost reviews.
type steady struct {
	client    dynamic.Interface
	namespace string
	// perSecond is how many objects are created in a second, by as many clients as that needs, in dry runs. If it is 0,
	// each of [steadyClients] creates one after the other.
	perSecond int

	monitors, rules, unlabelled, letIn atomic.Int64
}

// start returns a function that waits for the last creation.
func (s *steady) start(t *testing.T) (stop func()) {
	if s.perSecond > 0 {
		return s.startAtRate(t)
	}
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

// startAtRate creates objects at a steady rate, however long each takes.
func (s *steady) startAtRate(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		tick := time.NewTicker(time.Second / time.Duration(s.perSecond))
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			create := s.monitor
			if i%2 == 1 {
				create = s.rule
			}
			running.Go(func() { create(t, fmt.Sprintf("rolling-%d", i)) })
		}
	})
	return func() {
		cancel()
		running.Wait()
	}
}

// options make creations at a rate dry runs, because there are many.
func (s *steady) options() metav1.CreateOptions {
	if s.perSecond > 0 {
		return metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}
	}
	return metav1.CreateOptions{}
}

// check reports lost reviews as errors of the test.
func (s *steady) check(t *testing.T) {
	t.Helper()
	t.Logf("%d monitors and %d broken rules were created", s.monitors.Load(), s.rules.Load())
	if s.monitors.Load() == 0 || s.rules.Load() == 0 {
		t.Error("nothing was created meanwhile")
	}
	if unlabelled, letIn := s.unlabelled.Load(), s.letIn.Load(); unlabelled > 0 || letIn > 0 {
		t.Errorf("%d monitors have no label, and %d broken rules were admitted", unlabelled, letIn)
	}
}

func (s *steady) monitor(t *testing.T, name string) {
	got, err := s.client.Resource(serviceMonitors).Namespace(s.namespace).Create(t.Context(), s.object("ServiceMonitor", name, map[string]any{
		"selector":  map[string]any{"matchLabels": map[string]any{"app": name}},
		"endpoints": []any{map[string]any{"port": "http"}},
	}), s.options())
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
	}), s.options())
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

// dialers connect to the replicas again and again, each time anew. They trust what the caBundle was up to
// half the settling time ago, as an API server does that lags behind.
type dialers struct {
	client  dynamic.Interface
	runner  *pods.Runner
	dialled atomic.Int64

	mu     sync.Mutex
	leaves map[string]bool // the serial numbers seen
}

func newDialers(client dynamic.Interface, runner *pods.Runner) *dialers {
	return &dialers{client: client, runner: runner, leaves: map[string]bool{}}
}

func (d *dialers) start(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for _, kind := range []string{"validating", "mutating"} {
		running.Go(func() {
			for ctx.Err() == nil {
				pool, err := d.trusted(ctx, kind)
				if ctx.Err() != nil {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				for end := time.Now().Add(testSettle / 2); time.Now().Before(end) && ctx.Err() == nil; {
					d.dial(t, pool)
				}
			}
		})
	}
	return func() {
		cancel()
		running.Wait()
	}
}

func (d *dialers) trusted(ctx context.Context, kind string) (*x509.CertPool, error) {
	bundle, err := caBundle(ctx, d.client, kind)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(bundle) {
		return nil, errors.New("no caBundle")
	}
	return pool, nil
}

// caBundle returns what the first webhook of a configuration trusts.
func caBundle(ctx context.Context, client dynamic.Interface, kind string) ([]byte, error) {
	c, err := client.Resource(webhookConfiguration[kind]).Get(ctx, "promgate", metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	hooks, _, _ := unstructured.NestedSlice(c.Object, "webhooks")
	text, _, _ := unstructured.NestedString(hooks[0].(map[string]any), "clientConfig", "caBundle")
	return base64.StdEncoding.DecodeString(text)
}

// dial connects to each replica that is ready.
func (d *dialers) dial(t *testing.T, pool *x509.CertPool) {
	for _, address := range d.runner.Addresses("promgate", "https") {
		d.dialOne(t, address, pool)
	}
	time.Sleep(5 * time.Millisecond) // the pace of a client, on a machine that does more than this
}

func (d *dialers) dialOne(t *testing.T, address string, pool *x509.CertPool) {
	conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool, ServerName: "promgate.promgate.svc"})
	if err != nil {
		t.Errorf("connecting: %v", err)
		return
	}
	d.dialled.Add(1)
	serial := conn.ConnectionState().PeerCertificates[0].SerialNumber.Text(16)
	conn.Close()
	d.mu.Lock()
	d.leaves[serial] = true
	d.mu.Unlock()
}

// servedAt returns the certificate that is served at an address, without verifying it.
func servedAt(address string) (*x509.Certificate, error) {
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0], nil
}

// number returns how many certificates have been met.
func (d *dialers) number() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.leaves)
}

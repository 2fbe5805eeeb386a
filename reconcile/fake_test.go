package reconcile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
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
	breaks  string   // the name of a job
	leaves  bool     // the target manages no Prometheus
}

func (m *memory) Manages(selection.Object) bool                             { return !m.leaves }
func (m *memory) Stored(context.Context, selection.Object) (Content, error) { return m.stored, nil }

// Text returns a text that does not load if the configuration has the job of breaks.
func (m *memory) Text(_ selection.Object, text []byte) []byte {
	if m.breaks == "" {
		return text
	}
	return bytes.ReplaceAll(text, []byte("- job_name: "+m.breaks), []byte("- job_nane: "+m.breaks))
}

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

// api has CRDs and Secrets, and accepts a status.
type api struct {
	client.Client // nil, because only the methods below may be called

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
	return newLoopAt(t, time.Now)
}

// newLoopAt returns a loop with a clock.
func newLoopAt(t *testing.T, now func() time.Time) (*Loop, *memory, *api) {
	t.Helper()
	target, server, logger := &memory{}, &api{gone: map[string]bool{}, secrets: map[string]*corev1.Secret{}}, slog.New(slog.DiscardHandler)
	reporter := NewReporter(server, server, events.NewFakeRecorder(1000), prometheus.NewRegistry(), logger)
	return New(Options{
		Now:    now,
		Target: target, Ready: func() error { return nil }, Reader: server, Reporter: reporter,
		Render: promconfig.AsInstalled(), ReleaseHold: map[types.NamespacedName]bool{}, Logger: logger,
	}), target, server
}

// passes runs a pass for the main Prometheus, and returns the reason of its condition.
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

package ask

import (
	"context"
	"errors"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/doctor"
)

// try creates a monitor with a mistake, in a dry run: nothing is stored, whatever the answer.
func (g *gatherer) try(ctx context.Context) {
	trial := &doctor.Trial{Namespace: g.trialNamespace()}
	g.facts.Trial = trial
	heard := &warnings{}
	config := rest.CopyConfig(g.config)
	config.WarningHandlerWithContext = heard
	c, err := client.New(config, client.Options{})
	if err != nil {
		trial.Err = err.Error()
		return
	}
	err = c.Create(ctx, mistaken(trial.Namespace), client.DryRunAll, client.FieldOwner("promgate"))
	trial.Warnings = heard.texts
	if status, ok := errors.AsType[*apierrors.StatusError](err); ok {
		refusal := status.ErrStatus
		trial.Refusal = &refusal
	} else if err != nil {
		trial.Err = err.Error()
	}
}

// trialNamespace is the one that was asked for, or promgate's, or another in which promgate is called.
func (g *gatherer) trialNamespace() string {
	if g.options.TrialNamespace != "" {
		return g.options.TrialNamespace
	}
	called := func(n corev1.Namespace) bool {
		return n.DeletionTimestamp == nil && !slices.ContainsFunc(g.facts.Reviewing(), func(h doctor.Hook) bool { return !h.Reaches(n) })
	}
	for _, name := range []string{g.facts.Namespace, corev1.NamespaceDefault, ""} {
		for _, n := range g.facts.Namespaces {
			if (n.Name == name || name == "") && called(n) {
				return n.Name
			}
		}
	}
	return corev1.NamespaceDefault
}

// mistaken is a monitor with a regular expression that does not compile. The schema does not look at it, and
// nor does the operator's own webhook.
func mistaken(namespace string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor",
		"metadata": map[string]any{"namespace": namespace, "name": doctor.TrialName},
		"spec": map[string]any{
			"selector": map[string]any{"matchLabels": map[string]any{"promgate.dev/doctor": "dry-run"}},
			"endpoints": []any{map[string]any{
				"port":        "web",
				"relabelings": []any{map[string]any{"sourceLabels": []any{"__address__"}, "regex": "(", "action": "keep"}},
			}},
		},
	}}
}

// warnings keeps those that come with an answer.
type warnings struct {
	mu    sync.Mutex
	texts []string
}

// HandleWarningHeaderWithContext implements [rest.WarningHandlerWithContext].
func (w *warnings) HandleWarningHeaderWithContext(_ context.Context, _ int, _, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.texts = append(w.texts, text)
}

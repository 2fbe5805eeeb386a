package reconcile

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

// FieldManager is under which name everything is applied.
const FieldManager = "promgate"

// ConfigurationKey is where in its Secret the configuration is, as the operator has it.
const ConfigurationKey = "prometheus.yaml.gz"

// Cluster writes Secrets and ConfigMaps beside the Prometheus objects, which own them.
type Cluster struct {
	client client.Client
	reader client.Reader // the API server itself

	// standIn writes under the operator's names, for what the operator leaves alone.
	standIn      bool
	controllerID string
	operator     *selection.Operator // that previews are beside of

	ledger ledger
	pruned map[selection.Ref]bool // of the worker alone
}

// Preview writes beside the operator, under names of its own, for the Prometheus objects that
// the operator manages. Nil is one that manages all.
func Preview(c client.Client, live client.Reader, operator *selection.Operator) *Cluster {
	return &Cluster{client: c, reader: live, operator: operator, ledger: ledger{entries: map[outputKey]written{}}, pruned: map[selection.Ref]bool{}}
}

// StandIn writes what the operator (v0.93.0) would, under its names, for Prometheus objects
// that it leaves alone: paused ones, and if id is not empty, those with this controller id.
func StandIn(c client.Client, live client.Reader, id string) *Cluster {
	return &Cluster{client: c, reader: live, standIn: true, controllerID: id, ledger: ledger{entries: map[outputKey]written{}}, pruned: map[selection.Ref]bool{}}
}

// Takes implements [Target].
func (t *Cluster) Takes(prometheus selection.Object) bool {
	if !t.standIn {
		return t.operator.Manages(selection.RefOf(prometheus).Kind, prometheus)
	}
	id := prometheus.GetAnnotations()[selection.ControllerID]
	return paused(prometheus) || t.controllerID != "" && id == t.controllerID
}

// prefix is what the names of all that is written begin with.
func (t *Cluster) prefix(ref selection.Ref) string {
	server := ref.Kind == monitoringv1.PrometheusesKind
	switch {
	case t.standIn && server:
		return "prometheus-" + ref.Name
	case t.standIn:
		return "prom-agent-" + ref.Name
	case server:
		return "promgate-" + ref.Name
	}
	return "promgate-agent-" + ref.Name
}

// Text implements [Target]: the config-reloader of the pod fills the placeholders in.
func (t *Cluster) Text(prometheus selection.Object, configuration []byte) []byte {
	return promconfig.Resolve(configuration, judge.PodVariables(prometheus.GetName()))
}

var jobName = regexp.MustCompile(`(?m)^- job_name: (\S+)$`)

// Stored implements [Target].
func (t *Cluster) Stored(ctx context.Context, prometheus selection.Object) (Content, error) {
	content := Content{Jobs: map[string]bool{}, RuleFiles: map[string]bool{}}
	ref := selection.RefOf(prometheus)
	secret := &corev1.Secret{}
	err := t.reader.Get(ctx, types.NamespacedName{Namespace: ref.Namespace, Name: t.prefix(ref)}, secret)
	if apierrors.IsNotFound(err) {
		return content, nil
	}
	if err != nil {
		return content, fmt.Errorf("reading Secret %s/%s: %w", ref.Namespace, t.prefix(ref), err)
	}
	text, err := unzipped(secret.Data[ConfigurationKey])
	if err != nil {
		return content, nil //nolint:nilerr // somebody else's: nothing to hold on to
	}
	content.Jobs = jobsOf(text)
	configMaps, err := t.ruleConfigMaps(ctx, ref)
	for _, configMap := range configMaps {
		for file := range configMap.Data {
			content.RuleFiles[file] = true
		}
	}
	return content, err
}

// jobsOf are the jobs of a configuration that come from objects.
func jobsOf(text []byte) map[string]bool {
	jobs := map[string]bool{}
	for _, found := range jobName.FindAllSubmatch(text, -1) {
		kind, _, _ := strings.Cut(string(found[1]), "/")
		if crdOf[kind] != "" {
			jobs[string(found[1])] = true
		}
	}
	return jobs
}

func unzipped(compressed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, fmt.Errorf("decompressing a configuration: %w", err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("decompressing a configuration: %w", err)
	}
	return text, nil
}

// Write implements [Target]. What the configuration refers to comes before it, and what it
// does not refer to any more goes after it.
func (t *Cluster) Write(ctx context.Context, prometheus selection.Object, c *render.Configuration) (bool, error) {
	ref := selection.RefOf(prometheus)
	prefix := t.prefix(ref)
	if size := c.Size(); size > maxSecret {
		return false, &problem{"TooLarge", fmt.Sprintf("the configuration has %d bytes, compressed, and a Secret holds %d; several Prometheus objects may share the work", size, maxSecret)}
	}
	outputs := assetSecrets(prefix, c.Assets)
	for n, configMap := range c.RuleConfigMaps {
		outputs = append(outputs, output{outputKey: outputKey{"ConfigMap", ref.Namespace, fmt.Sprintf("%s-rulefiles-%d", prefix, n)}, files: configMap.Files})
	}
	outputs = append(outputs, output{outputKey: outputKey{"Secret", ref.Namespace, prefix}, files: map[string][]byte{ConfigurationKey: c.Gzip()}})
	changed := false
	for _, o := range outputs {
		o.namespace, o.owner = ref.Namespace, prometheus
		wrote, err := t.put(ctx, o)
		if err != nil {
			return changed, err
		}
		changed = changed || wrote
	}
	if !changed && t.pruned[ref] {
		return false, nil
	}
	if err := t.prune(ctx, prometheus, outputs); err != nil {
		return changed, err
	}
	t.pruned[ref] = true
	return changed, nil
}

// maxSecret is what the API server lets a Secret hold, in bytes.
const maxSecret = corev1.MaxSecretSize

// maxAssets leaves room for the rest of the Secret, as the operator does.
const maxAssets = corev1.MaxSecretSize - 50_000

// assetSecrets spreads certificates and keys over Secrets, in the order of their names.
// There is always one: pods mount it.
func assetSecrets(prefix string, assets map[string][]byte) []output {
	all := []output{{files: map[string][]byte{}}}
	size := 0
	for _, name := range slices.Sorted(maps.Keys(assets)) {
		more := len(name) + len(assets[name])
		if size+more > maxAssets {
			all, size = append(all, output{files: map[string][]byte{}}), 0
		}
		all[len(all)-1].files[name] = assets[name]
		size += more
	}
	for n := range all {
		all[n].outputKey = outputKey{kind: "Secret", name: fmt.Sprintf("%s-tls-assets-%d", prefix, n)}
	}
	return all
}

// paused says that the operator leaves the object alone.
func paused(prometheus selection.Object) bool {
	switch p := prometheus.(type) {
	case *monitoringv1.Prometheus:
		return p.Spec.Paused
	case *monitoringv1alpha1.PrometheusAgent:
		return p.Spec.Paused
	}
	return false
}

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

// FieldManager is the field manager of everything that is applied.
const FieldManager = "promgate"

// ConfigurationKey is the Secret's key that holds the configuration. The operator uses the same
// key.
const ConfigurationKey = "prometheus.yaml.gz"

// Cluster writes Secrets and ConfigMaps into the namespace of the Prometheus object, which owns
// them.
type Cluster struct {
	client client.Client
	reader client.Reader // reads from the API server, past all caches

	// standIn writes under the operator's names, for Prometheus objects that the operator ignores.
	standIn      bool
	controllerID string
	operator     *selection.Operator // the operator whose Prometheus objects are previewed

	ledger ledger
	pruned map[selection.Ref]bool // used by the worker alone
}

// Preview returns a target that writes beside the operator, under names of its own, for the
// Prometheus objects that the operator manages. A nil operator manages all of them.
func Preview(c client.Client, live client.Reader, operator *selection.Operator) *Cluster {
	return &Cluster{client: c, reader: live, operator: operator, ledger: ledger{entries: map[outputKey]writtenOutput{}}, pruned: map[selection.Ref]bool{}}
}

// StandIn returns a target that writes what the operator (v0.93.0) would write, under the
// operator's names, for Prometheus objects that the operator ignores: paused ones and, if id is not
// empty, those with this controller id.
func StandIn(c client.Client, live client.Reader, id string) *Cluster {
	return &Cluster{client: c, reader: live, standIn: true, controllerID: id, ledger: ledger{entries: map[outputKey]writtenOutput{}}, pruned: map[selection.Ref]bool{}}
}

// Manages implements [Target].
func (t *Cluster) Manages(prometheus selection.Object) bool {
	if !t.standIn {
		return t.operator.Manages(selection.RefOf(prometheus).Kind, prometheus)
	}
	id := prometheus.GetAnnotations()[selection.ControllerID]
	return isPaused(prometheus) || t.controllerID != "" && id == t.controllerID
}

// prefix returns the prefix of the names of all outputs.
func (t *Cluster) prefix(ref selection.Ref) string {
	switch {
	case t.standIn:
		return promconfig.ResourceName(ref.Kind, ref.Name)
	case ref.Kind == monitoringv1.PrometheusesKind:
		return "promgate-" + ref.Name
	}
	return "promgate-agent-" + ref.Name
}

// Text implements [Target]. In the pod, the config-reloader fills the placeholders in.
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
	text, err := readGzip(secret.Data[ConfigurationKey])
	if err != nil {
		return content, nil //nolint:nilerr // somebody else wrote the Secret: there is nothing to hold
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

// jobsOf returns the jobs of a configuration that come from monitors.
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

func readGzip(compressed []byte) ([]byte, error) {
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

// Write implements [Target]. It writes what the configuration refers to before the configuration,
// and deletes afterwards what the configuration no longer refers to.
func (t *Cluster) Write(ctx context.Context, prometheus selection.Object, c *render.Configuration) (bool, error) {
	ref := selection.RefOf(prometheus)
	prefix := t.prefix(ref)
	if size := c.Size(); size > maxSecret {
		return false, &problem{"TooLarge", fmt.Sprintf("the configuration has %d bytes compressed, and a Secret holds at most %d; distribute the objects over several Prometheus objects", size, maxSecret)}
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

// maxSecret is the API server's limit for the data of a Secret, in bytes.
const maxSecret = corev1.MaxSecretSize

// maxAssets leaves room for the rest of the Secret, as the operator does.
const maxAssets = corev1.MaxSecretSize - 50_000

// assetSecrets distributes certificates and keys over Secrets, in the order of their names. It
// always returns at least one Secret, because the pods mount it.
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

// isPaused reports whether the object is paused, so that the operator ignores it.
func isPaused(prometheus selection.Object) bool {
	switch p := prometheus.(type) {
	case *monitoringv1.Prometheus:
		return p.Spec.Paused
	case *monitoringv1alpha1.PrometheusAgent:
		return p.Spec.Paused
	}
	return false
}

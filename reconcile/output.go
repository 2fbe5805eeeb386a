package reconcile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	applymetav1 "k8s.io/client-go/applyconfigurations/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/selection"
)

// output is a Secret or a ConfigMap that is written.
type output struct {
	outputKey

	owner selection.Object
	files map[string][]byte
}

type outputKey struct{ kind, namespace, name string }

// written is the state in which an output was left.
type written struct {
	sum     [sha256.Size]byte
	version string
	owner   selection.Ref
}

func (o output) sum() [sha256.Size]byte {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(o.files)) {
		_, _ = fmt.Fprintf(h, "%d %s %d ", len(name), name, len(o.files[name]))
		_, _ = h.Write(o.files[name])
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// put writes an output unless it is as it should be. It fails if somebody else has
// written it since this process did: a leader that was asleep must not undo its
// successor's work.
func (t *Cluster) put(ctx context.Context, o output) (bool, error) {
	sum, owner := o.sum(), refOf(o.owner)
	t.mu.Lock()
	before, known := t.written[o.outputKey]
	t.mu.Unlock()
	if known && before.sum == sum {
		return false, nil
	}
	if !known {
		live, err := t.live(ctx, o)
		if err != nil {
			return false, err
		}
		if live.same {
			t.remember(o.outputKey, written{sum, live.version, owner})
			return false, nil
		}
		before.version = live.version
	}
	version, err := t.apply(ctx, o, before.version)
	if err != nil {
		t.mu.Lock()
		delete(t.written, o.outputKey)
		t.mu.Unlock()
		return false, fmt.Errorf("writing %s %s/%s: %w", o.kind, o.namespace, o.name, err)
	}
	t.remember(o.outputKey, written{sum, version, owner})
	return true, nil
}

func (t *Cluster) remember(key outputKey, w written) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.written[key] = w
}

// Changed implements [Target].
func (t *Cluster) Changed(kind, namespace, name, resourceVersion string) (selection.Ref, bool) {
	key := outputKey{kind, namespace, name}
	t.mu.Lock()
	defer t.mu.Unlock()
	w, ours := t.written[key]
	if !ours || w.version == resourceVersion {
		return selection.Ref{}, false
	}
	delete(t.written, key) // to be looked at before it is written
	return w.owner, true
}

// live is what the API server has.
type live struct {
	version string
	same    bool
}

func (t *Cluster) live(ctx context.Context, o output) (live, error) {
	var object client.Object = &corev1.Secret{}
	if o.kind == "ConfigMap" {
		object = &corev1.ConfigMap{}
	}
	err := t.reader.Get(ctx, client.ObjectKey{Namespace: o.namespace, Name: o.name}, object)
	if apierrors.IsNotFound(err) {
		return live{}, nil
	}
	if err != nil {
		return live{}, fmt.Errorf("reading %s %s/%s: %w", o.kind, o.namespace, o.name, err)
	}
	owned := slices.ContainsFunc(object.GetOwnerReferences(), func(r metav1.OwnerReference) bool { return r.UID == o.owner.GetUID() })
	return live{object.GetResourceVersion(), owned && maps.EqualFunc(filesOf(object), o.files, sameFile)}, nil
}

func filesOf(object client.Object) map[string][]byte {
	switch o := object.(type) {
	case *corev1.Secret:
		return o.Data
	case *corev1.ConfigMap:
		files := map[string][]byte{}
		for name, content := range o.Data {
			files[name] = []byte(content)
		}
		return files
	}
	return nil
}

// sameFile says whether two are the same, or the same when decompressed: the operator
// compresses in one piece.
func sameFile(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	first, err := unzipped(a)
	if err != nil {
		return false
	}
	second, err := unzipped(b)
	return err == nil && bytes.Equal(first, second)
}

func (t *Cluster) apply(ctx context.Context, o output, version string) (string, error) {
	var config runtime.ApplyConfiguration
	var result *applymetav1.ObjectMetaApplyConfiguration
	owner := ownerOf(o.owner)
	if o.kind == "ConfigMap" {
		data := map[string]string{}
		for name, content := range o.files {
			data[name] = string(content)
		}
		c := applycorev1.ConfigMap(o.name, o.namespace).WithLabels(t.labels(o)).WithOwnerReferences(owner).WithData(data)
		config, result = c, c.ObjectMetaApplyConfiguration
	} else {
		s := applycorev1.Secret(o.name, o.namespace).WithLabels(t.labels(o)).WithOwnerReferences(owner).WithData(o.files)
		config, result = s, s.ObjectMetaApplyConfiguration
	}
	if version != "" {
		result.ResourceVersion = &version
	}
	if err := t.client.Apply(ctx, config, client.FieldOwner(FieldManager), client.ForceOwnership); err != nil {
		return "", err //nolint:wrapcheck // put says of what
	}
	if result.ResourceVersion == nil {
		return "", nil
	}
	return *result.ResourceVersion, nil
}

// labels of the operator's rule ConfigMaps are how it finds its own.
func (t *Cluster) labels(o output) map[string]string {
	if !t.standIn {
		return map[string]string{previewLabel: o.owner.GetName()}
	}
	labels := map[string]string{"app.kubernetes.io/managed-by": FieldManager}
	if o.kind == "ConfigMap" {
		labels[ruleLabel] = o.owner.GetName()
	}
	return labels
}

const (
	previewLabel = "promgate.dev/preview"
	ruleLabel    = "prometheus-name"
)

func ownerOf(o selection.Object) *applymetav1.OwnerReferenceApplyConfiguration {
	version := monitoringv1.SchemeGroupVersion
	if _, agent := o.(*monitoringv1alpha1.PrometheusAgent); agent {
		version = monitoringv1alpha1.SchemeGroupVersion
	}
	return applymetav1.OwnerReference().WithAPIVersion(version.String()).WithKind(refOf(o).Kind).
		WithName(o.GetName()).WithUID(o.GetUID()).WithController(true).WithBlockOwnerDeletion(true)
}

// ruleConfigMaps are all that were written for a Prometheus, by whoever wrote them.
func (t *Cluster) ruleConfigMaps(ctx context.Context, ref selection.Ref) ([]corev1.ConfigMap, error) {
	label := previewLabel
	if t.standIn {
		label = ruleLabel
	}
	list := &corev1.ConfigMapList{}
	if err := t.reader.List(ctx, list, client.InNamespace(ref.Namespace), client.MatchingLabels{label: ref.Name}); err != nil {
		return nil, fmt.Errorf("listing the rule ConfigMaps of %s: %w", ref, err)
	}
	return slices.DeleteFunc(list.Items, func(c corev1.ConfigMap) bool {
		return !strings.HasPrefix(c.Name, t.prefix(ref)+"-rulefiles-")
	}), nil
}

// prune deletes the ConfigMaps and Secrets for which there is no use any more.
func (t *Cluster) prune(ctx context.Context, ref selection.Ref, outputs []output) error {
	wanted := map[outputKey]bool{}
	for _, o := range outputs {
		wanted[outputKey{o.kind, ref.Namespace, o.name}] = true
	}
	configMaps, err := t.ruleConfigMaps(ctx, ref)
	if err != nil {
		return err
	}
	for n := range configMaps {
		c := &configMaps[n]
		if wanted[outputKey{"ConfigMap", c.Namespace, c.Name}] {
			continue
		}
		if err := t.client.Delete(ctx, c); client.IgnoreNotFound(err) != nil {
			return fmt.Errorf("deleting ConfigMap %s/%s: %w", c.Namespace, c.Name, err)
		}
	}
	return t.pruneAssets(ctx, ref, wanted)
}

// pruneAssets deletes the Secrets of certificates beyond those that are wanted, by number.
func (t *Cluster) pruneAssets(ctx context.Context, ref selection.Ref, wanted map[outputKey]bool) error {
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s-tls-assets-%d", t.prefix(ref), n)
		key := outputKey{"Secret", ref.Namespace, name}
		if wanted[key] {
			continue
		}
		s := &corev1.Secret{}
		s.Namespace, s.Name = ref.Namespace, name
		err := t.client.Delete(ctx, s)
		if apierrors.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("deleting Secret %s/%s: %w", s.Namespace, s.Name, err)
		}
	}
}

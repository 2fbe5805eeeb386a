package reconcile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
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

// sum is another one for another owner of the same name, too: with the old one all goes
// that was written for it.
func (o output) sum() [sha256.Size]byte {
	h := sha256.New()
	if o.owner != nil {
		_, _ = fmt.Fprintf(h, "%s ", o.owner.GetUID())
	}
	for _, name := range slices.Sorted(maps.Keys(o.files)) {
		_, _ = fmt.Fprintf(h, "%d %s %d ", len(name), name, len(o.files[name]))
		_, _ = h.Write(o.files[name])
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// attempts are how often an output is looked at again because it changed meanwhile.
const attempts = 3

// put writes an output unless it is as it should be. It fails if somebody else has
// written it since this process did: a leader that was asleep must not undo its
// successor's work.
func (t *Cluster) put(ctx context.Context, o output) (wrote bool, err error) {
	sum := o.sum()
	for range attempts {
		after, known := t.ledger.begin(o.outputKey)
		if !known || !after.foreign && after.sum != sum {
			var more bool
			after, more, err = t.bring(ctx, o, after.version, known)
			wrote = wrote || more
		}
		if err != nil {
			t.ledger.forget(o.outputKey)
			return wrote, fmt.Errorf("writing %s %s/%s: %w", o.kind, o.namespace, o.name, err)
		}
		if !t.ledger.end(o.outputKey, after) {
			continue
		}
		if after.foreign {
			return wrote, &problem{"NotOurs", fmt.Sprintf("there is a %s %s/%s that promgate has not written, and it stays as it is; give it another name", o.kind, o.namespace, o.name)}
		}
		return wrote, nil
	}
	return wrote, fmt.Errorf("writing %s %s/%s: somebody else writes it all the time", o.kind, o.namespace, o.name)
}

// bring makes an output as it should be. The version is the one in which it was left.
func (t *Cluster) bring(ctx context.Context, o output, version string, known bool) (after written, wrote bool, err error) {
	after = written{sum: o.sum(), version: version, owner: selection.RefOf(o.owner)}
	if !known {
		live, err := t.live(ctx, o)
		if err != nil {
			return after, false, err
		}
		after.version, after.foreign = live.version, live.foreign
		if live.same || live.foreign {
			return after, false, nil
		}
	}
	after.version, err = t.apply(ctx, o, after.version)
	return after, true, err
}

// Changed implements [Target].
func (t *Cluster) Changed(kind, namespace, name, resourceVersion string) (selection.Ref, bool) {
	return t.ledger.changed(outputKey{kind, namespace, name}, resourceVersion)
}

// live is what the API server has.
type live struct {
	version string
	same    bool
	foreign bool
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
		return live{}, fmt.Errorf("reading it: %w", err)
	}
	return live{
		version: object.GetResourceVersion(),
		same:    owned(object, o.owner) && maps.EqualFunc(filesOf(object), o.files, sameFile),
		foreign: t.foreign(object, o.owner),
	}, nil
}

func owned(object, owner client.Object) bool {
	return slices.ContainsFunc(object.GetOwnerReferences(), func(r metav1.OwnerReference) bool { return r.UID == owner.GetUID() })
}

// foreign says that an object is somebody else's. The names of the preview are free for
// everybody; under the operator's, whoever sees to the Prometheus writes.
func (t *Cluster) foreign(object, owner client.Object) bool {
	return !t.standIn && !owned(object, owner) && object.GetLabels()[previewLabel] != owner.GetName()
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
		maps.Copy(files, o.BinaryData)
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

// apply writes an output. What others have put into it beside goes: each file counts, and
// of a rule ConfigMap Prometheus reads all.
func (t *Cluster) apply(ctx context.Context, o output, version string) (string, error) {
	var config runtime.ApplyConfiguration
	var meta func() *applymetav1.ObjectMetaApplyConfiguration // another one afterwards
	var more func() map[string]map[string]any
	owner := ownerOf(o.owner)
	if o.kind == "ConfigMap" {
		data := map[string]string{}
		for name, content := range o.files {
			data[name] = string(content)
		}
		c := applycorev1.ConfigMap(o.name, o.namespace).WithLabels(t.labels(o)).WithOwnerReferences(owner).WithData(data)
		config, meta = c, func() *applymetav1.ObjectMetaApplyConfiguration { return c.ObjectMetaApplyConfiguration }
		more = func() map[string]map[string]any {
			return map[string]map[string]any{"data": beyond(c.Data, o.files), "binaryData": beyond(c.BinaryData, nil)}
		}
	} else {
		s := applycorev1.Secret(o.name, o.namespace).WithLabels(t.labels(o)).WithOwnerReferences(owner).WithData(o.files)
		config, meta = s, func() *applymetav1.ObjectMetaApplyConfiguration { return s.ObjectMetaApplyConfiguration }
		more = func() map[string]map[string]any { return map[string]map[string]any{"data": beyond(s.Data, o.files)} }
	}
	if version != "" {
		meta().ResourceVersion = &version
	}
	if err := t.client.Apply(ctx, config, client.FieldOwner(FieldManager), client.ForceOwnership); err != nil {
		return "", err //nolint:wrapcheck // put says of what
	}
	if meta().ResourceVersion == nil {
		return "", nil
	}
	return t.strip(ctx, o, *meta().ResourceVersion, more())
}

// beyond are the keys that should not be there, in the words of a merge patch.
func beyond[V any](data map[string]V, files map[string][]byte) map[string]any {
	more := map[string]any{}
	for name := range data {
		if _, wanted := files[name]; !wanted {
			more[name] = nil
		}
	}
	return more
}

// strip takes keys out that others own: applying leaves them alone, and the operator, which
// had the Secret before, is such another.
func (t *Cluster) strip(ctx context.Context, o output, version string, more map[string]map[string]any) (string, error) {
	patch := map[string]any{"metadata": map[string]any{"resourceVersion": version}}
	for field, keys := range more {
		if len(keys) > 0 {
			patch[field] = keys
		}
	}
	if len(patch) == 1 {
		return version, nil
	}
	text, err := json.Marshal(patch)
	if err != nil {
		return "", fmt.Errorf("taking out what others put in: %w", err)
	}
	object := &metav1.PartialObjectMetadata{}
	object.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind(o.kind))
	object.Namespace, object.Name = o.namespace, o.name
	if err := t.client.Patch(ctx, object, client.RawPatch(types.MergePatchType, text), client.FieldOwner(FieldManager)); err != nil {
		return "", fmt.Errorf("taking out what others put in: %w", err)
	}
	return object.ResourceVersion, nil
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
	kind, _ := selection.KindOf(o)
	return applymetav1.OwnerReference().WithAPIVersion(kind.GroupVersion().String()).WithKind(kind.Kind).
		WithName(o.GetName()).WithUID(o.GetUID()).WithController(true).WithBlockOwnerDeletion(true)
}

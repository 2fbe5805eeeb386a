package reconcile

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/selection"
)

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
func (t *Cluster) prune(ctx context.Context, prometheus selection.Object, outputs []output) error {
	ref := selection.RefOf(prometheus)
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
		if err := t.delete(ctx, c); err != nil {
			return fmt.Errorf("deleting ConfigMap %s/%s: %w", c.Namespace, c.Name, err)
		}
	}
	return t.pruneAssets(ctx, prometheus, wanted)
}

// pruneAssets deletes the Secrets of certificates beyond those that are wanted, by number.
func (t *Cluster) pruneAssets(ctx context.Context, prometheus selection.Object, wanted map[outputKey]bool) error {
	ref := selection.RefOf(prometheus)
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s-tls-assets-%d", t.prefix(ref), n)
		if wanted[outputKey{"Secret", ref.Namespace, name}] {
			continue
		}
		s := &metav1.PartialObjectMetadata{}
		s.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Secret"))
		err := t.reader.Get(ctx, client.ObjectKey{Namespace: ref.Namespace, Name: name}, s)
		if apierrors.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading Secret %s/%s: %w", ref.Namespace, name, err)
		}
		if t.foreign(s, prometheus) {
			return nil
		}
		if err := t.delete(ctx, s); err != nil {
			return fmt.Errorf("deleting Secret %s/%s: %w", ref.Namespace, name, err)
		}
	}
}

// delete takes away what is as it was read, and nothing that somebody has written since.
func (t *Cluster) delete(ctx context.Context, object client.Object) error {
	version := object.GetResourceVersion()
	err := t.client.Delete(ctx, object, client.Preconditions{ResourceVersion: &version})
	return client.IgnoreNotFound(err) //nolint:wrapcheck // the caller says of what
}

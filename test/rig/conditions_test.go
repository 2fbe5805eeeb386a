package rig

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/webhook"
	"k8s.io/apiserver/pkg/cel/environment"
	"sigs.k8s.io/yaml"
)

// TestNamespacesHook: the API server's own evaluation of the conditions, and its selector, send an update of a namespace to promgate
// only if its labels change, and never one of the control plane or of promgate.
func TestNamespacesHook(t *testing.T) {
	manifest, err := os.ReadFile("../../manifests/base/webhooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	validating, _, _ := strings.Cut(string(manifest), "\n---\n")
	var configuration admissionregistrationv1.ValidatingWebhookConfiguration
	if err := yaml.UnmarshalStrict([]byte(validating), &configuration); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(configuration.Webhooks, func(w admissionregistrationv1.ValidatingWebhook) bool { return w.Name == "namespaces.promgate.dev" })
	if i < 0 {
		t.Fatal("there is no such webhook")
	}
	hook := webhook.NewValidatingWebhookAccessor("uid", configuration.Name, &configuration.Webhooks[i])
	matcher := hook.GetCompiledMatcher(cel.NewConditionCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion())))
	selector, err := hook.GetParsedNamespaceSelector()
	if err != nil {
		t.Fatal(err)
	}
	namespace := func(name string, of map[string]string) *corev1.Namespace {
		n := &corev1.Namespace{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"}, ObjectMeta: metav1.ObjectMeta{Name: name}}
		if of != nil {
			n.Labels = map[string]string{corev1.LabelMetadataName: name}
			maps.Copy(n.Labels, of)
		}
		return n
	}
	annotated := namespace("shop", map[string]string{"team": "a"})
	annotated.Annotations = map[string]string{"a": "b"}
	terminating := namespace("shop", map[string]string{"team": "b"})
	terminating.DeletionTimestamp = &metav1.Time{}
	team := map[string]string{"team": "a"}
	for name, tc := range map[string]struct {
		stored, object *corev1.Namespace
		want           bool
	}{
		"Changed":       {namespace("shop", team), namespace("shop", map[string]string{"team": "b"}), true},
		"Removed":       {namespace("shop", team), namespace("shop", map[string]string{}), true},
		"All":           {namespace("shop", team), namespace("shop", nil), true},
		"First":         {namespace("shop", nil), namespace("shop", team), true},
		"None":          {namespace("shop", nil), namespace("shop", nil), false},
		"Annotated":     {namespace("shop", team), annotated, false},
		"Terminating":   {namespace("shop", team), terminating, false},
		"Ignored":       {namespace("shop", team), namespace("shop", map[string]string{"promgate.dev/ignore": "true"}), false},
		"NoMoreIgnored": {namespace("shop", map[string]string{"promgate.dev/ignore": "true"}), namespace("shop", team), true},
		"System":        {namespace("kube-system", team), namespace("kube-system", map[string]string{}), false},
		"Own":           {namespace("promgate", team), namespace("promgate", map[string]string{}), false},
	} {
		attributes := &admission.VersionedAttributes{
			Attributes: admission.NewAttributesRecord(tc.object, tc.stored, corev1.SchemeGroupVersion.WithKind("Namespace"), tc.object.Name, tc.object.Name,
				corev1.SchemeGroupVersion.WithResource("namespaces"), "", admission.Update, nil, false, nil),
			VersionedKind: corev1.SchemeGroupVersion.WithKind("Namespace"), VersionedObject: admission.NewLazyObject(tc.object), VersionedOldObject: admission.NewLazyObject(tc.stored),
		}
		result := matcher.Match(t.Context(), attributes, nil, nil)
		if result.Error != nil {
			t.Errorf("%s: %v", name, result.Error)
		}
		if got := result.Matches && selector.Matches(labels.Set(tc.object.Labels)); got != tc.want {
			t.Errorf("%s: promgate is called: %t", name, got)
		}
	}
}

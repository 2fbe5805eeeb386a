package schema_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/promgate/promgate/internal/schema"
)

// TestLacks: a CRD lacks nothing of itself, and then what is removed from it: as a field, in a list, and in a map.
func TestLacks(t *testing.T) {
	data, err := os.ReadFile("crds/servicemonitors.json")
	if err != nil {
		t.Fatal(err)
	}
	var crd apiextensionsv1.CustomResourceDefinition
	if err := json.Unmarshal(data, &crd); err != nil {
		t.Fatal(err)
	}
	kind := monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.ServiceMonitorsKind)
	check := func(want ...string) {
		t.Helper()
		got, err := schema.Lacks(kind, crd)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	check()
	spec := crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
	delete(spec.Properties, "sampleLimit")
	delete(spec.Properties["endpoints"].Items.Schema.Properties, "port")
	check("spec.endpoints[].port", "spec.sampleLimit")
	keep := true
	spec.XPreserveUnknownFields = &keep
	crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"] = spec
	check()
	if _, err := schema.Lacks(kind.GroupKind().WithVersion("v9"), crd); err == nil {
		t.Error("a version that is not embedded has a schema")
	}
}

package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// crdSchema has the fields of a CRD's schema that the walk needs.
type crdSchema struct {
	Type            string               `json:"type"`
	Properties      map[string]crdSchema `json:"properties"`
	Values          *crdSchema           `json:"additionalProperties"`
	Items           *crdSchema           `json:"items"`
	Enum            []any                `json:"enum"`
	IntOrString     bool                 `json:"x-kubernetes-int-or-string"`
	PreserveUnknown bool                 `json:"x-kubernetes-preserve-unknown-fields"`
}

// crdLeaf is a field that holds a value. Its path is spelled as in internal/leaves.
type crdLeaf struct {
	path string
	enum []any
}

// leaves lists the leaves of the spec of the kind of a table, as the API server has them.
func (a *leafAPI) leaves(t *testing.T, table string) []crdLeaf {
	t.Helper()
	version, rest, _ := strings.Cut(leafResources[table], "/")
	name := rest[strings.LastIndex(rest, "/")+1:] + ".monitoring.coreos.com"
	resp, err := a.client.Get(a.host + "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var crd struct {
		Spec struct {
			Versions []struct {
				Name   string `json:"name"`
				Schema struct {
					Root crdSchema `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&crd); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("reading the CRD %s: %s, %v", name, resp.Status, err)
	}
	var all []crdLeaf
	for _, v := range crd.Spec.Versions {
		if v.Name == version {
			v.Schema.Root.Properties["spec"].walk("spec", &all)
		}
	}
	if len(all) < 100 {
		t.Fatalf("%s has %d leaves: the walk misses some", table, len(all))
	}
	return all
}

func (s crdSchema) walk(path string, all *[]crdLeaf) {
	switch {
	case s.PreserveUnknown, s.IntOrString:
		*all = append(*all, crdLeaf{path: path})
	case len(s.Properties) > 0:
		for name, property := range s.Properties {
			property.walk(path+"."+name, all)
		}
	case s.Values != nil:
		*all = append(*all, crdLeaf{path: path + "{key}"})
		s.Values.walk(path+"{}", all)
	case s.Items != nil:
		s.Items.walk(path+"[]", all)
	default:
		*all = append(*all, crdLeaf{path, s.Enum})
	}
}

package doctor_test

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/doctor"
)

// TestGrants: the rules that the doctor asks about are those of the manifests.
func TestGrants(t *testing.T) {
	want := map[string][]doctor.Grant{}
	for _, file := range []string{"base/rbac.yaml", "overlays/cert-manager-issuer/rbac.yaml", "reconcile/rbac.yaml", "audit/rbac.yaml"} {
		data, err := os.ReadFile(filepath.Join("..", "manifests", file))
		if err != nil {
			t.Fatal(err)
		}
		for document := range bytes.SplitSeq(data, []byte("\n---\n")) {
			var role rbacv1.ClusterRole // a Role has the same fields
			if err := yaml.Unmarshal(document, &role); err != nil {
				t.Fatal(err)
			}
			for _, r := range role.Rules {
				want[role.Name] = append(want[role.Name], doctor.Grant{Groups: r.APIGroups, Resources: r.Resources, Names: r.ResourceNames, Verbs: r.Verbs, Own: role.Kind == "Role"})
			}
		}
	}
	got := doctor.Grants()
	for _, grants := range []map[string][]doctor.Grant{want, got} {
		for _, list := range grants {
			slices.SortStableFunc(list, func(a, b doctor.Grant) int {
				return cmp.Or(slices.Compare(a.Groups, b.Groups), slices.Compare(a.Resources, b.Resources), slices.Compare(a.Verbs, b.Verbs))
			})
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("the manifests and the doctor differ (-manifests +doctor):\n%s", diff)
	}
}

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestManifests checks that the API server accepts all manifests, including those of the loop and of the audit,
// with a CA of promgate's own and with a certificate from files.
func TestManifests(t *testing.T) {
	for _, c := range []struct {
		name, components string
		patches          bool // whether promgate may patch the webhook configurations
	}{
		{name: "self-signed", components: "reconcile audit", patches: true},
		{name: "files", components: "reconcile audit files"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			base, err := filepath.Rel(dir, filepath.Join(root, "manifests"))
			if err != nil {
				t.Fatal(err)
			}
			kustomization := "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n" +
				"resources:\n- " + base + "/base\ncomponents:\n"
			for component := range strings.FieldsSeq(c.components) {
				kustomization += "- " + base + "/" + component + "\n"
			}
			if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(kustomization), 0o600); err != nil {
				t.Fatal(err)
			}
			built := kubectl(t, "", "kustomize", dir).Stdout
			out := kubectl(t, built, "apply", "--dry-run=server", "-f", "-")
			wantContains(t, out.Stdout, "deployment.apps/promgate ", "deployment.apps/promgate-reconcile ", "deployment.apps/promgate-audit ", "validatingwebhookconfiguration.admissionregistration.k8s.io/promgate ")
			if got := strings.Contains(out.Stdout, "clusterrole.rbac.authorization.k8s.io/promgate-ca "); got != c.patches {
				t.Errorf("the role for a CA of its own is there: %v", got)
			}
		})
	}
}

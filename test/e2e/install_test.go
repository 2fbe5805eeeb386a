package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// TestManifests checks that the API server accepts all manifests, including those of the loop and of the audit.
func TestManifests(t *testing.T) {
	dir := t.TempDir()
	base, err := filepath.Rel(dir, filepath.Join(root, "manifests"))
	if err != nil {
		t.Fatal(err)
	}
	kustomization := "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n" +
		"resources:\n- " + base + "/base\ncomponents:\n- " + base + "/reconcile\n- " + base + "/audit\n"
	if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(kustomization), 0o600); err != nil {
		t.Fatal(err)
	}
	built := kubectl(t, "", "kustomize", dir).Stdout
	out := kubectl(t, built, "apply", "--dry-run=server", "-f", "-")
	wantContains(t, out.Stdout, "deployment.apps/promgate ", "deployment.apps/promgate-reconcile ", "deployment.apps/promgate-audit ", "validatingwebhookconfiguration.admissionregistration.k8s.io/promgate ")
}

package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestVersions checks the stamped versions, because kubectl and Helm fail with a server that has
// none.
func TestVersions(t *testing.T) {
	out := kubectl(t, "", "version")
	wantContains(t, out.Stdout, "Client Version: v1.37.2\n", "Server Version: v1.37.2\n")
	if out.Stderr != "" {
		t.Errorf("kubectl warns of the versions: %s", out.Stderr)
	}
}

// TestControllers checks that the controllers run that later tests depend on.
func TestControllers(t *testing.T) {
	newNamespace(t, "controllers", nil)

	t.Run("Deployment", func(t *testing.T) {
		kubectl(t, "", "create", "deployment", "web", "--image=example.com/web", "--replicas=2", "--namespace=controllers")
		eventually(t, "the Deployment's ReplicaSet and Pods", func(ctx context.Context) error {
			for kind, want := range map[string]int{"replicaset": 1, "pod": 2} {
				out, err := cluster.Kubectl.Run(ctx, "get", kind, "--selector=app=web", "--output=name", "--namespace=controllers")
				if err != nil {
					return err
				}
				if got := strings.Count(out.Stdout, "\n"); got != want {
					return fmt.Errorf("%d objects of kind %s, not %d", got, kind, want)
				}
			}
			return nil
		})
	})
	t.Run("GarbageCollector", func(t *testing.T) {
		kubectl(t, "", "create", "configmap", "owner", "--namespace=controllers")
		uid := kubectl(t, "", "get", "configmap", "owner", "--namespace=controllers", "--output=jsonpath={.metadata.uid}").Stdout
		kubectl(t, fmt.Sprintf(`{
			"apiVersion": "v1", "kind": "ConfigMap",
			"metadata": {"name": "dependent", "namespace": "controllers", "ownerReferences": [
				{"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": %q}
			]}
		}`, uid), "create", "-f", "-")
		kubectl(t, "", "delete", "configmap", "owner", "--namespace=controllers")
		eventually(t, "the dependent to be collected", gone("configmap", "dependent", "controllers"))
	})
	t.Run("Namespace", func(t *testing.T) {
		kubectl(t, "", "delete", "namespace", "controllers", "--wait=false")
		eventually(t, "the namespace to be gone", gone("namespace", "controllers", ""))
	})
}

func gone(kind, name, namespace string) func(context.Context) error {
	return func(ctx context.Context) error {
		out, err := cluster.Kubectl.Run(ctx, "get", kind, name, "--ignore-not-found", "--output=name", "--namespace", namespace)
		if err == nil && out.Stdout != "" {
			err = errors.New("it still exists")
		}
		return err
	}
}

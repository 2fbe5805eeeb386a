package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"testing"
)

// newNamespace creates a namespace. promgate and the API server learn its labels from a watch: a
// test that depends on the labels has to wait.
func newNamespace(t *testing.T, name string, labels map[string]string) {
	t.Helper()
	object, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Namespace", "metadata": metadata{Name: name, Labels: labels},
	})
	if err != nil {
		t.Fatal(err)
	}
	kubectl(t, string(object), "create", "-f", "-")
}

// dryRun returns the labels that a manifest would be stored with, in a call that polling can
// repeat.
func dryRun(ctx context.Context, manifest string) (map[string]string, error) {
	out, err := cluster.Kubectl.RunWithInput(ctx, manifest, "create", "--dry-run=server", "--output=json", "-f", "-")
	if err != nil {
		return nil, err
	}
	var object struct {
		Metadata metadata `json:"metadata"`
	}
	err = json.Unmarshal([]byte(out.Stdout), &object)
	return object.Metadata.Labels, err
}

// letIn and keptOut are conditions to poll for.
func letIn(manifest string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := dryRun(ctx, manifest)
		return err
	}
}

func keptOut(manifest string) func(context.Context) error {
	return func(ctx context.Context) error {
		if _, err := dryRun(ctx, manifest); err == nil {
			return errors.New("it is admitted")
		}
		return nil
	}
}

func labelled(manifest string, want map[string]string) func(context.Context) error {
	return func(ctx context.Context) error {
		got, err := dryRun(ctx, manifest)
		if err == nil && !maps.Equal(got, want) {
			err = fmt.Errorf("it gets the labels %v", got)
		}
		return err
	}
}

// deleteNamespace deletes a namespace without waiting for the controllers to finish the deletion.
func deleteNamespace(t *testing.T, name string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // which has ended when a test cleans up
	if _, err := cluster.Kubectl.Run(ctx, "delete", "namespace", name, "--wait=false"); err != nil {
		t.Error(err)
	}
}

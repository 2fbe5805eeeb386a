package e2e

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/test/rig"
)

// timeout is how long a controller or a cache may take to notice a change.
const timeout = 30 * time.Second

// kubectl runs a command that has to succeed.
func kubectl(t *testing.T, input string, args ...string) rig.Output {
	t.Helper()
	out, err := cluster.Kubectl.RunWithInput(t.Context(), input, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// refused runs a command that promgate has to refuse, and returns kubectl's stderr.
func refused(t *testing.T, input string, args ...string) string {
	t.Helper()
	out, err := cluster.Kubectl.RunWithInput(t.Context(), input, args...)
	if err == nil {
		t.Fatalf("kubectl %s was admitted, but should have been refused:\n%s", strings.Join(args, " "), out.Stdout)
	}
	wantContains(t, out.Stderr, `admission webhook "validate.promgate.dev" denied the request`)
	return out.Stderr
}

// eventually waits for a condition that a controller or a cache fulfils with a delay.
func eventually(t *testing.T, what string, try func(context.Context) error) {
	t.Helper()
	if err := rig.Poll(t.Context(), what, timeout, try); err != nil {
		t.Fatal(err)
	}
}

func wantContains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("this lacks %q:\n%s", part, text)
		}
	}
}

func wantLabels(t *testing.T, kind, namespace, name string, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, labels(t, kind, namespace, name)); diff != "" {
		t.Errorf("labels of %s %s/%s (-want +got):\n%s", kind, namespace, name, diff)
	}
}

// labels returns the labels of an object in the cluster.
func labels(t *testing.T, kind, namespace, name string) map[string]string {
	t.Helper()
	out := kubectl(t, "", "get", kind, name, "--namespace", namespace, "--output=json")
	var object struct {
		Metadata metadata `json:"metadata"`
	}
	if err := json.Unmarshal([]byte(out.Stdout), &object); err != nil {
		t.Fatal(err)
	}
	return object.Metadata.Labels
}

// warnings returns the lines that kubectl prints for warnings.
func warnings(out rig.Output) []string {
	var lines []string
	for line := range strings.Lines(out.Stderr) {
		if strings.HasPrefix(line, "Warning:") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

package rig

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// receiverSecret is the Secret that make run writes beside the examples.
const receiverSecret = `---
apiVersion: v1
kind: Secret
metadata: {name: my-team-webhook, namespace: prometheus}
stringData: {url: "URL"}
`

// TestAlertmanager: a real Alertmanager, on the configuration that promgate renders from the examples, tells the receiver that promgate explain
// names.
func TestAlertmanager(t *testing.T) {
	root, err := FindRoot()
	if err != nil {
		t.Fatal(err)
	}
	b, dir := Builder{Root: root, Log: os.Stderr}, t.TempDir()
	promgate, err := b.Promgate(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	program, err := b.Alertmanager(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	receiver, err := StartReceiver(filepath.Join(dir, "notifications"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(receiver.Stop)
	objects := examples(t, b.Root) + strings.ReplaceAll(receiverSecret, "URL", receiver.URL)
	config := filepath.Join(dir, "alertmanager.yaml")
	if err := RenderAlertmanager(t.Context(), promgate, objects, "prometheus/main", config); err != nil {
		t.Fatal(err)
	}
	named := explainedReceiver(t, promgate, objects)

	alertmanager, err := StartAlertmanager(t.Context(), program, config, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(alertmanager.Stop)
	alert := `[{"labels": {"alertname": "MyTargetDown", "severity": "warning", "namespace": "demo", "job": "node-exporter"}}]`
	resp, err := http.Post(alertmanager.URL+"/api/v2/alerts", "application/json", strings.NewReader(alert))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("Alertmanager answers with %s", resp.Status)
	}
	told, err := receiver.Await(t.Context(), "MyTargetDown", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if told.Receiver != named {
		t.Errorf("the receiver %q is told, and explain named %q", told.Receiver, named)
	}
}

// examples returns the objects of the examples.
func examples(t *testing.T, root string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "examples", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString("---\n")
		all.Write(text)
	}
	return all.String()
}

// explainedReceiver returns the only receiver that explain names.
func explainedReceiver(t *testing.T, promgate, objects string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), promgate, "explain", "promrule", "prometheus/mysample-alert.rules", "--alert", "MyTargetDown", "-f", "-", "-o", "json")
	cmd.Stdin = strings.NewReader(objects)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("explaining the alert: %v\n%s", err, out)
	}
	var x struct {
		Notifications []struct {
			Receiver string `json:"receiver"`
			Certain  bool   `json:"certain"`
		} `json:"notifications"`
	}
	if err := json.Unmarshal(out, &x); err != nil {
		t.Fatal(err)
	}
	if len(x.Notifications) != 1 || !x.Notifications[0].Certain {
		t.Fatalf("explain names %+v", x.Notifications)
	}
	return x.Notifications[0].Receiver
}

package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"

	"github.com/promgate/promgate/test/rig"
)

// TestDoctor breaks the way from the API server to promgate, in one way after the other, and asks the doctor each
// time. With failurePolicy Fail the API server says what is wrong; with Ignore it does not, and the doctor finds
// out by itself.
func TestDoctor(t *testing.T) {
	replica, err := cluster.StartReplica(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(replica.Stop)
	t.Cleanup(func() {
		if err := cluster.RegisterWebhooks(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	ca, err := os.ReadFile(replica.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := rig.NewCertificate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(foreign.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	nobody := unusedPort(t)
	kubectl(t, `{apiVersion: v1, kind: Service, metadata: {name: doctor-bare, namespace: default}, spec: {ports: [{port: 443}]}}`, "create", "-f", "-")
	t.Cleanup(func() {
		_, _ = cluster.Kubectl.Run(context.WithoutCancel(t.Context()), "delete", "service", "doctor-bare", "--namespace=default")
	})
	for _, c := range []struct {
		name, url string
		ca        []byte
		edit      func(string) string
		stopped   bool
		// says is what the API server says, and reason what the doctor makes of it.
		says, reason string
	}{
		{name: "well", url: replica.URL, ca: ca},
		{name: "caBundle of another CA", url: replica.URL, ca: other, says: "certificate signed by unknown authority", reason: "is not signed by a CA in caBundle"},
		{name: "wrong path", url: replica.URL + "/elsewhere", ca: ca, says: "the server could not find the requested resource", reason: "does not serve the path that the webhook calls (HTTP 404)"},
		{name: "wrong port", url: fmt.Sprintf("https://127.0.0.1:%d", nobody), ca: ca, says: "connection refused", reason: "listens at the address and the port"},
		{name: "no Service", url: replica.URL, ca: ca, edit: toService("nowhere", 443), says: `service "nowhere" not found`, reason: "does not exist"},
		{name: "no such port", url: replica.URL, ca: ca, edit: toService("doctor-bare", 8443), says: "no service port 8443 found for service", reason: "port of the Service"},
		{name: "no endpoints", url: replica.URL, ca: ca, edit: toService("doctor-bare", 443), says: "failed calling webhook", reason: "no EndpointSlice names an address for it"},
		{name: "no TLS", url: plainServer(t), ca: ca, says: "HTTP response to HTTPS client", reason: "does not speak TLS"},
		{name: "stopped", url: replica.URL, ca: ca, stopped: true, says: "connection refused", reason: "listens at the address and the port"},
	} {
		for _, policy := range []string{"Fail", "Ignore"} {
			t.Run(c.name+" "+policy, func(t *testing.T) {
				if c.stopped {
					replica.Stop()
				}
				manifest, err := rig.WebhookManifest(root, c.url, c.ca)
				if err != nil {
					t.Fatal(err)
				}
				if c.edit != nil {
					manifest = c.edit(manifest)
				}
				manifest = strings.ReplaceAll(manifest, `"failurePolicy":"Ignore"`, `"failurePolicy":"`+policy+`"`)
				kubectl(t, manifest, "replace", "-f", "-")
				want := []string{"failurePolicy " + policy}
				switch {
				case c.says == "":
					want = append(want, "got promgate's answer")
				case policy == "Fail":
					want = append(want, c.says, c.reason)
				default:
					want = append(want, "without a word of promgate", c.reason)
				}
				eventually(t, "the doctor to say "+strings.Join(want, ", "), func(ctx context.Context) error {
					text, healthy, err := examined(ctx)
					if err != nil {
						return err
					}
					for _, part := range want {
						if !strings.Contains(text, part) {
							return fmt.Errorf("it does not say %q:\n%s", part, text)
						}
					}
					if healthy != (c.says == "") {
						return fmt.Errorf("healthy: %t\n%s", healthy, text)
					}
					return nil
				})
			})
		}
	}
}

// examined runs promgate doctor as the administrator, and returns all that it says, a step in one line.
func examined(ctx context.Context, args ...string) (text string, healthy bool, err error) {
	cmd := exec.CommandContext(ctx, cluster.Promgate.Path(), append([]string{"doctor", "-o", "json", "--kubeconfig", cluster.Kubectl.Kubeconfig}, args...)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 1) {
		return "", false, fmt.Errorf("%w: %s", err, stderr.String())
	}
	var d struct {
		Healthy    bool   `json:"healthy"`
		Conclusion string `json:"conclusion"`
		Steps      []struct {
			Step    string   `json:"step"`
			Section string   `json:"section"`
			Answer  string   `json:"answer"`
			Text    string   `json:"text"`
			Fix     string   `json:"fix"`
			Details []string `json:"details"`
		} `json:"steps"`
	}
	if err := json.Unmarshal(out, &d); err != nil {
		return "", false, err
	}
	var b strings.Builder
	for _, s := range d.Steps {
		fmt.Fprintf(&b, "%s: %s: %s [%s] %s\n", s.Answer, s.Step, s.Text, strings.Join(s.Details, "; "), s.Fix)
	}
	b.WriteString(d.Conclusion)
	if (err == nil) != d.Healthy {
		return "", false, fmt.Errorf("the status is not that of healthy: %t", d.Healthy)
	}
	return b.String(), d.Healthy, nil
}

// toService makes the webhooks call a Service instead of a URL.
func toService(name string, port int) func(string) string {
	return func(manifest string) string {
		var list map[string]any
		if err := json.Unmarshal([]byte(manifest), &list); err != nil {
			panic(err) // it was written a moment ago
		}
		for _, item := range list["items"].([]any) {
			for _, w := range item.(map[string]any)["webhooks"].([]any) {
				client := w.(map[string]any)["clientConfig"].(map[string]any)
				u, err := url.Parse(client["url"].(string))
				if err != nil {
					panic(err)
				}
				delete(client, "url")
				client["service"] = map[string]any{"namespace": "default", "name": name, "port": port, "path": u.Path}
			}
		}
		out, err := json.Marshal(list)
		if err != nil {
			panic(err)
		}
		return string(out)
	}
}

// unusedPort returns a port at which nothing listens.
func unusedPort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// plainServer returns the https address of a server that speaks HTTP without TLS.
func plainServer(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "http://", "https://", 1)
}

// TestDoctorPermissions asks a real API server what the ServiceAccount of the manifests may do: with all bindings,
// without one, and with one too many.
func TestDoctorPermissions(t *testing.T) {
	base := filepath.Join(root, "manifests", "base")
	kubectl(t, "", "apply", "-f", filepath.Join(base, "rbac.yaml"), "-f", filepath.Join(base, "deployment.yaml"))
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		_, deleted := cluster.Kubectl.Run(ctx, "delete", "-f", filepath.Join(base, "deployment.yaml"))
		_, applied := cluster.Kubectl.Run(ctx, "apply", "-f", filepath.Join(base, "rbac.yaml"))
		_, removed := cluster.Kubectl.Run(ctx, "delete", "clusterrolebinding", "doctor-too-wide", "--ignore-not-found")
		if err := errors.Join(deleted, applied, removed); err != nil {
			t.Error(err)
		}
	})
	says := func(want ...string) {
		t.Helper()
		eventually(t, "the doctor to say "+strings.Join(want, ", "), func(ctx context.Context) error {
			text, _, err := examined(ctx, "--dry-run=false", "--connect=false")
			for _, part := range want {
				if err == nil && !strings.Contains(text, part) {
					err = fmt.Errorf("it does not say %q:\n%s", part, text)
				}
			}
			return err
		})
	}
	says("ServiceAccount promgate/promgate may do all that promgate serve needs", "may not read Secrets other than its own", "0 of 2 replicas are ready")
	kubectl(t, "", "delete", "clusterrolebinding", "promgate-ca")
	says("it may not patch validatingwebhookconfigurations.admissionregistration.k8s.io promgate")
	kubectl(t, "", "create", "clusterrolebinding", "doctor-too-wide", "--clusterrole=cluster-admin", "--serviceaccount=promgate:promgate")
	says("may read Secrets that are not promgate's", "it may list secrets")
}

// TestDoctorForbidden: a user who may do nothing but create monitors in one namespace learns whether promgate is called, and
// that the rest is unknown. That is no problem, and no failure.
func TestDoctorForbidden(t *testing.T) {
	newNamespace(t, "doctor-jane", nil)
	kubectl(t, "", "create", "role", "jane", "--namespace=doctor-jane", "--verb=create", "--resource=servicemonitors.monitoring.coreos.com")
	kubectl(t, "", "create", "rolebinding", "jane", "--namespace=doctor-jane", "--role=jane", "--user=jane")
	config, err := clientcmd.LoadFromFile(cluster.Kubectl.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	for _, user := range config.AuthInfos {
		user.Impersonate = "jane"
	}
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		t.Fatal(err)
	}
	for namespace, want := range map[string]string{
		"doctor-jane": "ok: dry-run: ",
		"default":     "unknown: dry-run: Whether the API server can call promgate was not tried: you may not create servicemonitors in namespace default",
	} {
		eventually(t, "jane's answer in namespace "+namespace, func(ctx context.Context) error {
			text, healthy, err := examined(ctx, "--kubeconfig", file, "--dry-run-namespace", namespace)
			if err == nil && (!healthy || !strings.Contains(text, want) || !strings.Contains(text, "you may not read webhook configurations")) {
				err = errors.New(text)
			}
			return err
		})
	}
}

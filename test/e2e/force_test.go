package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestForceKeepsTheLiveObject checks that a denial does not make `kubectl apply --force` delete the
// live object and create it again, as it does if the reason is Invalid or Conflict: the old rules
// would be deleted, and the new ones refused.
func TestForceKeepsTheLiveObject(t *testing.T) {
	newNamespace(t, "force", nil)
	m := metadata{Name: "live", Namespace: "force"}
	kubectl(t, prometheusRule(m, "up == 0"), "apply", "-f", "-")
	before := uid(t, m)

	stderr := refused(t, prometheusRule(m, "sum(up"), "apply", "--force", "-f", "-")
	wantContains(t, stderr, "(Forbidden)", "[expr-syntax]")
	if after := uid(t, m); after != before {
		t.Errorf("the live object was replaced: uid %q, before %q", after, before)
	}
}

// TestForceWithReasonInvalid shows why the reason is Forbidden: a webhook that refuses with
// Invalid, as the API server itself does, makes kubectl delete the live object. If this test fails,
// kubectl no longer does that.
func TestForceWithReasonInvalid(t *testing.T) {
	newNamespace(t, "force-invalid", nil)
	registerInvalid(t, "force-invalid")
	m := metadata{Name: "live", Namespace: "force-invalid"}
	kubectl(t, prometheusRule(m, "up == 0"), "apply", "-f", "-")
	before := uid(t, m)

	m.Labels = map[string]string{"refuse": "true"}
	out, err := cluster.Kubectl.RunWithInput(t.Context(), prometheusRule(m, "up == 0"), "apply", "--force", "-f", "-")
	if err == nil {
		t.Fatalf("it was admitted: %s", out.Stdout)
	}
	if after := uid(t, m); after == before {
		t.Error("the live object was not deleted")
	}
}

// uid returns the uid of a PrometheusRule, or "" if it does not exist.
func uid(t *testing.T, m metadata) string {
	t.Helper()
	return kubectl(t, "", "get", "prometheusrule", m.Name, "--namespace", m.Namespace,
		"--ignore-not-found", "--output=jsonpath={.metadata.uid}").Stdout
}

// registerInvalid registers a webhook that refuses rules with the label refuse=true
// in one namespace, with the reason Invalid.
func registerInvalid(t *testing.T, namespace string) {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(answerInvalid))
	t.Cleanup(server.Close)

	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	kubectl(t, fmt.Sprintf(`{
		"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
		"metadata": {"name": "invalid"},
		"webhooks": [{
			"name": "invalid.example.com",
			"clientConfig": {"url": %q, "caBundle": %q},
			"rules": [{"apiGroups": ["monitoring.coreos.com"], "apiVersions": ["v1"], "resources": ["prometheusrules"], "operations": ["CREATE", "UPDATE"]}],
			"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": %q}},
			"objectSelector": {"matchLabels": {"refuse": "true"}},
			"sideEffects": "None", "admissionReviewVersions": ["v1"], "failurePolicy": "Fail"
		}]
	}`, server.URL, base64.StdEncoding.EncodeToString(ca), namespace), "create", "-f", "-")
	t.Cleanup(func() {
		// The test's own context has ended when the cleanup runs.
		if _, err := cluster.Kubectl.Run(context.Background(), "delete", "validatingwebhookconfiguration", "invalid"); err != nil {
			t.Error(err)
		}
	})

	probe := prometheusRule(metadata{Name: "probe", Namespace: namespace, Labels: map[string]string{"refuse": "true"}}, "up == 0")
	eventually(t, "the webhook to take effect", func(ctx context.Context) error {
		_, err := dryRun(ctx, probe)
		if err == nil {
			return errors.New("it admits everything")
		}
		if !strings.Contains(err.Error(), "not this way") {
			return err
		}
		return nil
	})
}

func answerInvalid(w http.ResponseWriter, r *http.Request) {
	var review struct {
		Request struct {
			UID string `json:"uid"`
		} `json:"request"`
	}
	if err := json.NewDecoder(r.Body).Decode(&review); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{
		"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
		"response": {"uid": %q, "allowed": false, "status": {"code": 422, "reason": "Invalid", "message": "not this way"}}
	}`, review.Request.UID)
}

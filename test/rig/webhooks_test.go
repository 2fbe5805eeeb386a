package rig

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPointAt(t *testing.T) {
	const manifests = `# A comment is no object.
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: promgate}
webhooks:
- name: validate.promgate.dev
  clientConfig:
    service: {name: promgate, namespace: promgate, path: /validate, port: 443}
  failurePolicy: Ignore
`
	list, err := pointAt([]byte(manifests), "https://127.0.0.1:1234", []byte("CA"))
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal([]byte(list), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"apiVersion": "v1", "kind": "List", "items": []any{map[string]any{
		"apiVersion": "admissionregistration.k8s.io/v1",
		"kind":       "ValidatingWebhookConfiguration",
		"metadata":   map[string]any{"name": "promgate"},
		"webhooks": []any{map[string]any{
			"name":          "validate.promgate.dev",
			"clientConfig":  map[string]any{"url": "https://127.0.0.1:1234/validate", "caBundle": "Q0E="},
			"failurePolicy": "Ignore",
		}},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPointAtWantsAService(t *testing.T) {
	_, err := pointAt([]byte(`{"webhooks": [{"name": "a", "clientConfig": {"url": "https://example.com"}}]}`), "", nil)
	if err == nil {
		t.Error("a webhook without a Service was accepted")
	}
}

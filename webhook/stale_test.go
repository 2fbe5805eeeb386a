package webhook

import (
	"encoding/json"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// staleMonitor returns a ServiceMonitor that clashes with every other one of its kind.
func staleMonitor(t *testing.T, name string, endpoint map[string]any) *admissionv1.AdmissionRequest {
	t.Helper()
	raw, err := json.Marshal(map[string]any{
		"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor",
		"metadata": map[string]any{"name": name, "namespace": "shop", "labels": map[string]string{"release": "blue"}},
		"spec":     map[string]any{"selector": map[string]any{"matchLabels": map[string]string{"app": "web"}}, "endpoints": []any{endpoint}},
	})
	if err != nil {
		t.Fatal(err)
	}
	request := ruleRequest(`[]`)
	request.Kind.Kind, request.Name = "ServiceMonitor", name
	request.Object = runtime.RawExtension{Raw: raw}
	return request
}

// TestStale: while the model is stale, nothing is refused because of another object, and the API
// server is not asked; everything else works as usual.
func TestStale(t *testing.T) {
	old := false
	live := &liveMonitor{}
	r := serve(t, func(o *Options) {
		o.Reviewer.Cluster, o.Reviewer.Live = clusterOf(t, "main=blue"), live
		o.Reviewer.Stale = func() (string, bool) { return "Service", old }
	})
	review := func(name string, endpoint map[string]any) *admissionv1.AdmissionResponse {
		return r.review(t, "/validate", staleMonitor(t, name, endpoint))
	}
	web := map[string]any{"port": "web"}
	if response := review("first", web); !response.Allowed || len(response.Warnings) != 0 {
		t.Fatalf("%+v", response)
	}
	if response := review("second", web); response.Allowed || response.Result.Code != 429 {
		t.Fatalf("in step: %+v", response)
	}

	old = true
	asked := live.asked
	response := review("second", web)
	if !response.Allowed {
		t.Fatalf("stale: %+v", response.Result)
	}
	if got := strings.Join(response.Warnings, "\n"); !strings.Contains(got, "admitted unconfirmed, without news of Service objects") ||
		!strings.Contains(got, "ServiceMonitor shop/first already scrapes") || !strings.HasSuffix(got, "[duplicate-job]") {
		t.Errorf("warnings: %s", got)
	}
	if live.asked != asked {
		t.Errorf("the API server was asked %d times although there is no denial", live.asked-asked)
	}
	if response := review("second", map[string]any{"port": "web", "interval": "1 hour"}); response.Allowed {
		t.Error("the object's own mistakes are admitted")
	}
	mutation := r.review(t, "/mutate", mutateRequest("ServiceMonitor", `{"name":"web"}`, ""))
	if got := string(mutation.Patch); !strings.Contains(got, `"release":"blue"`) {
		t.Errorf("labels are not added: %q", got)
	}

	old = false
	if response := review("third", web); response.Allowed {
		t.Errorf("in step again: %+v", response)
	}
}

package webhook

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/review"
)

func TestMutate(t *testing.T) {
	cases := map[string]struct {
		reason   string
		kind     string
		object   string // metadata
		stored   string // metadata; empty means CREATE
		want     string // patch
		warning  string
		defaults *defaulting.Rules
	}{
		"RuleWithoutLabels": {
			reason: "the map is made with both labels",
			kind:   "PrometheusRule", object: `{"name":"web"}`,
			want: `[{"op":"add","path":"/metadata/labels","value":{"app":"prometheus-operator","release":"prometheus"}}]`,
		},
		"RuleWithOther": {
			reason: "each missing label is added alone",
			kind:   "PrometheusRule", object: `{"labels":{"team":"a"}}`,
			want: `[{"op":"add","path":"/metadata/labels/app","value":"prometheus-operator"},{"op":"add","path":"/metadata/labels/release","value":"prometheus"}]`,
		},
		"MonitorWithoutLabels": {
			reason: "a monitor gets release",
			kind:   "ServiceMonitor", object: `{"labels":null}`,
			want: `[{"op":"add","path":"/metadata/labels","value":{"release":"prometheus"}}]`,
		},
		"PodMonitor":   {reason: "so does a PodMonitor", kind: "PodMonitor", object: `{}`, want: `[{"op":"add","path":"/metadata/labels","value":{"release":"prometheus"}}]`},
		"Probe":        {reason: "so does a Probe", kind: "Probe", object: `{}`, want: `[{"op":"add","path":"/metadata/labels","value":{"release":"prometheus"}}]`},
		"ScrapeConfig": {reason: "so does a ScrapeConfig", kind: "ScrapeConfig", object: `{}`, want: `[{"op":"add","path":"/metadata/labels","value":{"release":"prometheus"}}]`},
		"HasOther":     {reason: "an existing label stays", kind: "ServiceMonitor", object: `{"labels":{"release":"other"}}`},
		"OptedOut":     {reason: "the annotation opts out", kind: "ServiceMonitor", object: `{"annotations":{"promgate.dev/default-labels":"false"}}`},
		"Dropped": {
			reason: "a dropped label that promgate added comes back, with a warning",
			kind:   "ServiceMonitor", object: `{"labels":{"a":"b"}}`, stored: `{"labels":{"a":"b","release":"prometheus"}}`,
			want: `[{"op":"add","path":"/metadata/labels/release","value":"prometheus"}]`, warning: "promgate.dev/default-labels=false",
		},
		"Dormant": {reason: "an update adds nothing to an object without the label", kind: "ServiceMonitor", object: `{"labels":{"a":"c"}}`, stored: `{"labels":{"a":"b"}}`},
		"Slash": {
			reason: "a name with a slash or a tilde is escaped in the patch",
			kind:   "ServiceMonitor", object: `{"labels":{"a":"b"}}`,
			defaults: &defaulting.Rules{Monitors: map[string]string{"example.com/a~b": "c"}},
			want:     `[{"op":"add","path":"/metadata/labels/example.com~1a~0b","value":"c"}]`,
		},
	}
	r := serve(t, nil)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			labels := defaulting.AsInstalled()
			if tc.defaults != nil {
				labels = *tc.defaults
			}
			r.Use(Settings{Labels: labels})
			response := r.review(t, "/mutate", mutateRequest(tc.kind, tc.object, tc.stored))
			if !response.Allowed || string(response.Patch) != tc.want {
				t.Errorf("%s: patch %s, want %s", tc.reason, response.Patch, tc.want)
			}
			if warning := strings.Join(response.Warnings, "\n"); !strings.Contains(warning, tc.warning) || tc.warning == "" && warning != "" {
				t.Errorf("%s: warnings %q", tc.reason, warning)
			}
		})
	}
}

func mutateRequest(kind, metadata, stored string) *admissionv1.AdmissionRequest {
	// The spec has the wrong shape and an unknown field: the mutating webhook sees objects before
	// the API server has validated them.
	object := func(metadata string) runtime.RawExtension {
		return runtime.RawExtension{Raw: []byte(`{"kind":"` + kind + `","metadata":` + metadata + `,"spec":["odd"],"unknown":{"field":1}}`)}
	}
	request := &admissionv1.AdmissionRequest{
		UID:       "1",
		Kind:      metav1.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: kind},
		Operation: admissionv1.Create,
		Namespace: "shop",
		Object:    object(metadata),
	}
	if stored != "" {
		request.Operation = admissionv1.Update
		request.OldObject = object(stored)
	}
	return request
}

// TestPatchIsTheDefaulting checks, for random labels, that applying the patch to the object adds
// the missing labels, and changes nothing else.
func TestPatchIsTheDefaulting(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	names := []string{"app", "release", "a/b", "a~b", "~1", "ä", "", `"`, "\\"}
	set := func() map[string]string {
		s := map[string]string{}
		for range random.IntN(6) {
			s[names[random.IntN(len(names))]] = names[random.IntN(len(names))]
		}
		return s
	}
	for range 2_000 {
		have, wanted := set(), set()
		if random.IntN(4) == 0 {
			have = nil
		}
		original, err := json.Marshal(map[string]any{"metadata": map[string]any{"labels": have, "name": "x"}, "unknown": 1})
		if err != nil {
			t.Fatal(err)
		}
		o, err := review.ReadMetadata(original)
		if err != nil {
			t.Fatal(err)
		}
		add := defaulting.Create(o.ForDefaulting(), nil, wanted)
		if len(add) == 0 {
			continue
		}
		raw, err := json.Marshal(labelPatch(o, add))
		if err != nil {
			t.Fatal(err)
		}
		patch, err := jsonpatch.DecodePatch(raw)
		if err != nil {
			t.Fatal(err)
		}
		patched, err := patch.Apply(original)
		if err != nil {
			t.Fatalf("applying %s to %s: %v", raw, original, err)
		}
		all := map[string]string{}
		maps.Copy(all, wanted)
		maps.Copy(all, have)
		want, err := json.Marshal(map[string]any{"metadata": map[string]any{"labels": all, "name": "x"}, "unknown": 1})
		if err != nil {
			t.Fatal(err)
		}
		if !jsonpatch.Equal(want, patched) {
			t.Fatalf("%s patched with %s is %s, want %s", original, raw, patched, want)
		}
	}
}

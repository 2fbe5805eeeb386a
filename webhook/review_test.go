package webhook

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admission/v1"
)

// FuzzReview: a review is decoded as encoding/json decodes it, and refused with the same words.
func FuzzReview(f *testing.F) {
	for _, seed := range []string{
		`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","kind":{"group":"g","version":"v","kind":"K"},"operation":"UPDATE","object":{"a":1},"oldObject":null,"dryRun":true}}`,
		`{"Request":{"uid":"1","Object":{}},"response":{"uid":"2","allowed":true}}`, `{"request":null}`, `{"request":{"object":null}}`, `{"request":{"object":1,"object":2}}`, `{"request":[]}`, `{"request":{"uid":1}}`, `{"kind":1,"request":{}}`,
		`{"request":{"object":{"a":`, `[]`, "{\"request\":{\"name\":\"\xff\",\"object\":\"\xff\"}}", `{"request":{"userInfo":{"extra":{"a":["b"]}},"options":{"kind":"CreateOptions"}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var want admissionv1.AdmissionReview
		wantErr := json.Unmarshal(body, &want)
		got, err := unmarshalReview(body)
		switch {
		case wantErr != nil || err != nil:
			if wantErr == nil || err == nil || err.Error() != wantErr.Error() {
				t.Errorf("%s: got %v, want %v", body, err, wantErr)
			}
		default:
			if diff := cmp.Diff(&want, got); diff != "" {
				t.Errorf("%s: (-want +got):\n%s", body, diff)
			}
		}
	})
}

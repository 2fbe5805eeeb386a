package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/promgate/promgate/defaulting"
)

// object is as much of an object as can be read without knowing its kind. The
// mutating webhook sees objects before the API server has held them against their
// CRD, and must not stumble over a spec of the wrong shape.
type object struct {
	Metadata struct {
		Labels            map[string]string `json:"labels"`
		Annotations       map[string]string `json:"annotations"`
		DeletionTimestamp *string           `json:"deletionTimestamp"`
	} `json:"metadata"`
	Spec json.RawMessage `json:"spec"`
}

func readObject(raw []byte) (object, error) {
	var o object
	if err := json.Unmarshal(raw, &o); err != nil {
		return o, fmt.Errorf("reading the object's metadata: %w", err)
	}
	return o, nil
}

// forDefaulting is what decides on labels.
func (o object) forDefaulting() defaulting.Object {
	return defaulting.Object{Labels: o.Metadata.Labels, Annotations: o.Metadata.Annotations}
}

// sameAs reports whether nothing changed that a verdict could depend on: spec,
// labels and opt-outs. The API server writes both objects with sorted keys.
func (o object) sameAs(stored object) bool {
	return bytes.Equal(o.Spec, stored.Spec) &&
		maps.Equal(o.Metadata.Labels, stored.Metadata.Labels) &&
		o.Metadata.Annotations[defaulting.OptOut] == stored.Metadata.Annotations[defaulting.OptOut]
}

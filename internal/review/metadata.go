package review

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/jsonparts"
	"github.com/promgate/promgate/validation"
)

// Metadata is the part of an object that can be read without knowing its kind. The mutating webhook
// sees objects before the API server has compared them with their CRD, so a spec of the wrong shape
// must not be an error.
type Metadata struct {
	Labels      map[string]string
	Annotations map[string]string
	Terminating bool

	spec json.RawMessage // set if the object was read as text
}

// metadataOf returns the metadata of a decoded object. If decoding failed, it reads the text
// instead, because the object may carry the label to ignore it.
func metadataOf(object any, raw []byte) (*Metadata, error) {
	if o, ok := object.(metav1.Object); ok {
		return &Metadata{Labels: o.GetLabels(), Annotations: o.GetAnnotations(), Terminating: o.GetDeletionTimestamp() != nil}, nil
	}
	return ReadMetadata(raw)
}

// ReadMetadata reads an object, given as JSON, without knowing its kind. Its spec stays undecoded.
func ReadMetadata(raw []byte) (*Metadata, error) {
	var object struct {
		Metadata struct {
			Labels            map[string]string `json:"labels"`
			Annotations       map[string]string `json:"annotations"`
			DeletionTimestamp *string           `json:"deletionTimestamp"`
		} `json:"metadata"`
		Spec json.RawMessage `json:"spec"`
	}
	// The spec is large, and is only compared.
	if parts, rest, ok := jsonparts.Split(raw, "spec"); ok && json.Unmarshal(rest, &object) == nil {
		object.Spec = parts[0]
	} else if err := json.Unmarshal(raw, &object); err != nil {
		return nil, fmt.Errorf("reading the object's metadata: %w", err)
	}
	m := object.Metadata
	return &Metadata{Labels: m.Labels, Annotations: m.Annotations, Terminating: m.DeletionTimestamp != nil, spec: object.Spec}, nil
}

// sameAs reports whether nothing changed that a verdict depends on: spec, labels, opt-outs and
// suppressions. The
// comparison of the text is safe because the API server writes both objects with sorted keys.
func (m *Metadata) sameAs(stored *Metadata) bool {
	return bytes.Equal(m.spec, stored.spec) &&
		maps.Equal(m.Labels, stored.Labels) &&
		m.Annotations[defaulting.OptOut] == stored.Annotations[defaulting.OptOut] &&
		m.Annotations[validation.SuppressionAnnotation] == stored.Annotations[validation.SuppressionAnnotation]
}

// ForDefaulting returns the part of the object that defaulting depends on.
func (m *Metadata) ForDefaulting() defaulting.Object {
	return defaulting.Object{Labels: m.Labels, Annotations: m.Annotations}
}

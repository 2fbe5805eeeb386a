package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"os"

	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/promgate/promgate/internal/jsonparts"
)

const (
	// etcdObject is how much etcd stores of one object by default, in bytes.
	etcdObject = 3 << 19

	// maxBodySize is the size of the largest review that is read, in bytes. A review contains the
	// new object and the stored one, JSON may write one byte as an escape sequence of six, and the
	// rest is for the other fields.
	maxBodySize = 2*6*etcdObject + 2<<20
)

// requestError is a request that is not a valid review: a mistake of the caller, not of the user.
type requestError struct {
	code   int
	reason string // for the metric
	err    error

	overloaded bool // the request may be fine, but there is no memory for it
}

func (e *requestError) Error() string { return e.err.Error() }

func invalidRequest(code int, reason, format string, args ...any) *requestError {
	return &requestError{code: code, reason: reason, err: fmt.Errorf(format, args...)}
}

// overloaded is the error of a request that promgate has no memory for.
func overloaded(code int, reason, format string, args ...any) *requestError {
	e := invalidRequest(code, reason, format, args...)
	e.overloaded = true
	return e
}

// readBody receives an AdmissionReview of at most this many bytes. The caller has set a read deadline.
func readBody(b *body, w http.ResponseWriter, r *http.Request, most int64) *requestError {
	if r.Method != http.MethodPost {
		return invalidRequest(http.StatusMethodNotAllowed, "method", "send the AdmissionReview with POST, not %s", r.Method)
	}
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" {
		return invalidRequest(http.StatusUnsupportedMediaType, "content_type", "the Content-Type has to be application/json, not %q", r.Header.Get("Content-Type"))
	}
	if err := b.receive(http.MaxBytesReader(w, r.Body, most)); err != nil {
		return unreadableBody(err)
	}
	return nil
}

func unreadableBody(err error) *requestError {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, errNoRoom):
		return overloaded(http.StatusServiceUnavailable, "body", "promgate has no room for the body: %w", err)
	case errors.Is(err, errSilent):
		return overloaded(http.StatusServiceUnavailable, "silent", "promgate gave up on the body: %w", err)
	case errors.As(err, &tooLarge):
		return invalidRequest(http.StatusRequestEntityTooLarge, "too_large", "the body has more than %d bytes", tooLarge.Limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return invalidRequest(http.StatusRequestTimeout, "slow", "the body did not arrive in time")
	}
	return invalidRequest(http.StatusBadRequest, "truncated", "the body could not be read to its end: %w", err)
}

func decodeReview(body []byte) (*admissionv1.AdmissionRequest, *requestError) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, invalidRequest(http.StatusBadRequest, "empty", "the body is empty: send an AdmissionReview of admission.k8s.io/v1")
	}
	review, err := unmarshalReview(body)
	if err != nil {
		return nil, invalidRequest(http.StatusBadRequest, "not_json", "the body is not an AdmissionReview: %w", err)
	}
	if review.APIVersion != admissionv1.SchemeGroupVersion.String() || review.Kind != "AdmissionReview" {
		return nil, invalidRequest(http.StatusBadRequest, "unknown_review", "the body has to be an AdmissionReview of %s, not %q of %q",
			admissionv1.SchemeGroupVersion, review.Kind, review.APIVersion)
	}
	if review.Request == nil {
		return nil, invalidRequest(http.StatusBadRequest, "no_request", "the AdmissionReview has no request")
	}
	if review.Request.UID == "" {
		return nil, invalidRequest(http.StatusBadRequest, "no_uid", "the AdmissionReview's request has no uid")
	}
	return review.Request, nil
}

// unmarshalReview decodes a review as encoding/json does, but passes the objects on without reading them. They share the memory of the
// body.
func unmarshalReview(body []byte) (*admissionv1.AdmissionReview, error) {
	if review := splitReview(body); review != nil {
		return review, nil
	}
	review := &admissionv1.AdmissionReview{}
	if err := json.Unmarshal(body, review); err != nil {
		return nil, err //nolint:wrapcheck // the caller says what was decoded
	}
	return review, nil
}

// splitReview returns nil for a review that has to be decoded as a whole.
func splitReview(body []byte) *admissionv1.AdmissionReview {
	review := &admissionv1.AdmissionReview{Request: &admissionv1.AdmissionRequest{}}
	parts, rest, ok := jsonparts.Split(body, "request")
	if !ok || parts[0] == nil || json.Unmarshal(rest, review) != nil {
		return nil
	}
	objects, request, ok := jsonparts.Split(parts[0], "object", "oldObject")
	if !ok || json.Unmarshal(request, review.Request) != nil {
		return nil
	}
	for i, into := range []*runtime.RawExtension{&review.Request.Object, &review.Request.OldObject} {
		if !bytes.Equal(objects[i], []byte("null")) {
			into.Raw = objects[i]
		}
	}
	return review
}

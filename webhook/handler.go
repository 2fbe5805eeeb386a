package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
)

const (
	// defaultTimeout is the deadline of a review without a timeout parameter: the timeoutSeconds of
	// promgate's webhook configurations.
	defaultTimeout = 5 * time.Second

	// maxTimeout is the longest timeout that the API server allows for a webhook.
	maxTimeout = 30 * time.Second
)

// handler serves one webhook: it reads the review, lets the webhook answer within the timeout, and
// writes the answer.
type handler struct {
	name    string // validate or mutate
	metrics *Metrics
	logger  *slog.Logger
	most    int64 // of a review, in bytes
	answer  func(context.Context, *admissionv1.AdmissionRequest) (answer, error)

	// writeTimeout is how long the client may take to read an answer.
	writeTimeout time.Duration
}

// answer is a response, and the word for its result in the metrics.
type answer struct {
	response *admissionv1.AdmissionResponse
	result   string
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	timeout := reviewTimeout(r)

	// A client that sends or reads a byte per second must not hold a connection for long. Only a
	// writer without a connection, as in a test, cannot set deadlines.
	connection := http.NewResponseController(w)
	if err := connection.SetReadDeadline(started.Add(timeout)); err != nil {
		h.logger.Debug("could not set a read deadline", "error", err)
	}
	request, invalid := readReview(w, r, h.most)
	limitWriting := func() {
		if err := connection.SetWriteDeadline(time.Now().Add(h.writeTimeout)); err != nil {
			h.logger.Debug("could not set a write deadline", "error", err)
		}
	}
	if invalid != nil {
		limitWriting()
		h.metrics.badRequest(h.name, invalid.reason)
		h.logger.Warn("rejecting a request that is not a valid review", "webhook", h.name, "reason", invalid.reason, "code", invalid.code)
		w.Header().Set("Connection", "close")
		writeError(w, invalid.Error(), invalid.code)
		return
	}

	// The request's own context would end when the client disconnects; only the deadline ends a
	// review early.
	ctx, cancel := context.WithDeadline(context.WithoutCancel(r.Context()), started.Add(timeout))
	defer cancel()

	a, err := h.recovered(ctx, request)
	h.metrics.observe(h.name, request, a.result, time.Since(started))
	limitWriting()
	if err != nil {
		// This is not a denial: the failurePolicy decides what happens to an object that promgate
		// could not check.
		h.logger.Error("could not check an object", "webhook", h.name, "kind", request.Kind.Kind,
			"namespace", request.Namespace, "name", request.Name, "error", err)
		writeError(w, "promgate could not check the object: "+err.Error(), http.StatusInternalServerError)
		return
	}
	a.response.UID = request.UID
	h.write(w, a.response)
}

// recovered calls the webhook and turns a panic into an error.
func (h *handler) recovered(ctx context.Context, request *admissionv1.AdmissionRequest) (a answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			h.metrics.panics.Inc()
			h.logger.Error("recovered from a panic", "webhook", h.name, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			a, err = answer{result: resultError}, fmt.Errorf("panic: %v", p)
		}
	}()
	a, err = h.answer(ctx, request)
	if err == nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		a.result = resultError
	}
	return a, err
}

func (h *handler) write(w http.ResponseWriter, response *admissionv1.AdmissionResponse) {
	maskAnswer(response)
	review := admissionv1.AdmissionReview{Response: response}
	review.APIVersion = admissionv1.SchemeGroupVersion.String()
	review.Kind = "AdmissionReview"
	body, err := json.Marshal(review)
	if err != nil {
		h.logger.Error("encoding an answer", "webhook", h.name, "error", err)
		writeError(w, "promgate could not encode its answer", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if _, err := w.Write(body); err != nil {
		h.logger.Debug("writing an answer", "webhook", h.name, "error", err)
	}
}

// reviewTimeout returns how long the API server waits, from the parameter timeout, less a tenth for
// the way back.
func reviewTimeout(r *http.Request) time.Duration {
	timeout, err := time.ParseDuration(r.URL.Query().Get("timeout"))
	if err != nil || timeout <= 0 {
		timeout = defaultTimeout
	}
	return min(timeout, maxTimeout) * 9 / 10
}

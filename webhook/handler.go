package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"golang.org/x/time/rate"
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
	memory  *memory
	queue   *queue
	cost    func(chunks [][]byte) int64 // the memory for a review, in bytes
	answer  func(context.Context, *admissionv1.AdmissionRequest) (answer, error)

	// expected says how long a review takes by the size of its body.
	expected estimates

	// closing is for the connections of refused reviews: the API server may reach another replica over a new one. A new connection for each
	// refusal would take the cores from the reviews.
	closing rate.Sometimes

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
	limitWriting := func() {
		if err := connection.SetWriteDeadline(time.Now().Add(h.writeTimeout)); err != nil {
			h.logger.Debug("could not set a write deadline", "error", err)
		}
	}
	// The request's own context would end when the client disconnects; only the deadline ends a
	// review early.
	ctx, cancel := context.WithDeadline(context.WithoutCancel(r.Context()), started.Add(timeout))
	defer cancel()

	request, t, release, invalid := h.receive(ctx, w, r, func() { _ = connection.SetReadDeadline(longAgo) })
	if invalid != nil {
		limitWriting()
		h.reject(w, invalid)
		return
	}
	a, err := h.recovered(context.WithValue(ctx, turnKey{}, t), request)
	release() // a client that is slow to read the answer does not hold it
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

// closingInterval is how often the connection of a review that was refused for lack of time is closed, at most.
const closingInterval = 100 * time.Millisecond

// longAgo is a deadline that ends a read at once.
var longAgo = time.Unix(1, 0)

// receive reads a review, as far as there is memory for it, and waits for its turn, and for the memory to answer it. The caller calls
// release when it is answered. stop ends the wait for the client.
func (h *handler) receive(ctx context.Context, w http.ResponseWriter, r *http.Request, stop func()) (request *admissionv1.AdmissionRequest, t *turn, release func(), invalid *requestError) {
	// Half of the time is left for the review, or for the API server to call another replica.
	end, _ := ctx.Deadline()
	begin := end.Add(-reviewTimeout(r) / 2)
	if size := r.ContentLength; size > 0 && !h.queue.wouldLetIn(size, h.expected.of(size), begin, end) {
		return nil, nil, nil, overloaded(http.StatusServiceUnavailable, busy, "%w", errBusy) // to read the body would be for nothing
	}
	b := h.memory.open(stop)
	defer b.close()
	if invalid := readBody(b, w, r, h.most); invalid != nil {
		return nil, nil, nil, invalid
	}
	need, size := h.cost(b.chunks), sizeOf(b.chunks)
	if need > h.memory.most {
		return nil, nil, nil, overloaded(http.StatusRequestEntityTooLarge, "object", "to check the object can take %d MiB of memory, and promgate has %d MiB for it: raise its memory limit, or split the object",
			need>>20, h.memory.most>>20)
	}
	waiting, cancel := context.WithDeadline(ctx, begin)
	defer cancel()
	t, err := h.queue.enter(waiting, size, h.expected.of(size), begin, end)
	if err != nil {
		return nil, nil, nil, overloaded(http.StatusServiceUnavailable, busy, "%w", err)
	}
	leave := func() { h.expected.measured(size, h.queue.leave(t)) }
	free, err := h.memory.review(waiting, need)
	if err != nil {
		leave()
		return nil, nil, nil, overloaded(http.StatusServiceUnavailable, "review", "promgate is busy with other large objects")
	}
	release = func() {
		free()
		leave()
	}
	if request, invalid = decodeReview(bytes.Join(b.chunks, nil)); invalid != nil {
		release()
		return nil, nil, nil, invalid
	}
	return request, t, release, nil
}

// busy is the reason of a request that would not be done in time.
const busy = "busy"

// reject answers a request that was not read, or is not a review.
func (h *handler) reject(w http.ResponseWriter, invalid *requestError) {
	switch {
	case invalid.reason == busy:
		h.metrics.busy.WithLabelValues(h.name).Inc()
	case invalid.overloaded:
		h.metrics.refused(h.name, invalid.reason)
	default:
		h.metrics.badRequest(h.name, invalid.reason)
	}
	h.logger.Warn("rejecting a request", "webhook", h.name, "reason", invalid.reason, "code", invalid.code)
	if invalid.reason != busy {
		w.Header().Set("Connection", "close")
	} else {
		h.closing.Do(func() { w.Header().Set("Connection", "close") })
	}
	if invalid.code == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	writeError(w, invalid.Error(), invalid.code)
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

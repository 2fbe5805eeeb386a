package webhook

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// wantRefusals compares the metric of the requests that were refused for lack of memory.
func (r *running) wantRefusals(t *testing.T, want string) {
	t.Helper()
	const head = `# HELP promgate_memory_refusals_total Requests that were refused to stay within the memory limit, by webhook and reason.
# TYPE promgate_memory_refusals_total counter
`
	if err := testutil.GatherAndCompare(r.registry, strings.NewReader(head+want), "promgate_memory_refusals_total"); err != nil {
		t.Error(err)
	}
}

// postReview sends a review, and returns the answer without its body.
func (r *running) postReview(t *testing.T, path, groups string) *http.Response {
	t.Helper()
	response, err := r.client.Post(r.url+path, "application/json", reviewBody(t, ruleRequest(groups)))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response
}

// wantRetry requires the answer that makes the API server call again, maybe another replica.
func wantRetry(t *testing.T, response *http.Response) {
	t.Helper()
	if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") != "1" || !response.Close {
		t.Errorf("got %d, Retry-After %q, Connection: close is %v", response.StatusCode, response.Header.Get("Retry-After"), response.Close)
	}
}

// TestSlowSenders: clients that claim large bodies and do not send them hold no more than they sent. If that is all the room there
// is, they lose it to the next review when they have been silent for a while.
func TestSlowSenders(t *testing.T) {
	m, now := clocked(8 * firstChunk)
	r := serve(t, func(o *Options) { o.memory = m })
	var answers []*bufio.Reader
	for range 8 {
		conn := r.dial(t)
		fmt.Fprintf(conn, "POST /validate?timeout=30s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20000000\r\nExpect: 100-continue\r\n\r\n")
		answer := bufio.NewReader(conn)
		// The server says that when it begins to read, and then the body has room.
		if line, err := answer.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
			t.Fatalf("%q, %v", line, err)
		}
		if _, err := answer.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, answer)
	}
	wantHeld(t, m, 8*firstChunk)
	wantRetry(t, r.postReview(t, "/validate", `[]`))

	m.mu.Lock()
	*now = now.Add(silence)
	m.mu.Unlock()
	if response := r.postReview(t, "/validate", `[]`); response.StatusCode != http.StatusOK {
		t.Errorf("slow senders keep a review out: %d", response.StatusCode)
	}
	response, err := http.ReadResponse(answers[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	wantRetry(t, response)
	r.wantRefusals(t, `promgate_memory_refusals_total{reason="body",webhook="validate"} 1
promgate_memory_refusals_total{reason="silent",webhook="validate"} 1
`)
}

// TestReviewsBounded: a review for which there is no memory while others run is refused in time for another try, and
// answered when they have ended.
func TestReviewsBounded(t *testing.T) {
	const atOnce = 3
	body, err := io.ReadAll(reviewBody(t, ruleRequest(`[]`)))
	if err != nil {
		t.Fatal(err)
	}
	m, _ := clocked(1 << 20)
	m.setRoom(1<<20, 8*atOnce*validateMemory([][]byte{body})) // an eighth is for small reviews
	entered, leave := make(chan struct{}, atOnce+1), make(chan struct{})
	r := serve(t, func(o *Options) {
		withAnswer(func(context.Context) error { entered <- struct{}{}; <-leave; return nil })(o)
		o.memory, o.Cores = m, atOnce+1
	})
	codes := make(chan int)
	for range atOnce {
		go func() {
			response, err := r.client.Post(r.url+"/validate?timeout=30s", "application/json", bytes.NewReader(body))
			if err != nil {
				codes <- 0
				return
			}
			response.Body.Close()
			codes <- response.StatusCode
		}()
		<-entered
	}
	wantRetry(t, r.postReview(t, "/validate?timeout=4s", `[]`))
	close(leave)
	for range atOnce {
		if code := <-codes; code != http.StatusOK {
			t.Errorf("a review that fits: %d", code)
		}
	}
	if response := r.postReview(t, "/validate", `[]`); response.StatusCode != http.StatusOK {
		t.Errorf("the next review: %d", response.StatusCode)
	}
	r.wantRefusals(t, `promgate_memory_refusals_total{reason="review",webhook="validate"} 1
`)
	wantReviews(t, m, 0)
}

// TestTooComplex: an object whose review needs more memory than there is for all reviews is not checked. The failurePolicy decides.
func TestTooComplex(t *testing.T) {
	m, _ := clocked(1 << 20)
	m.setRoom(1<<20, 8<<20)
	r := serve(t, func(o *Options) { o.memory = m })
	groups := `[` + listOf(5000, `{"name":"g%d","rules":[]}`) + `]`
	response := r.postReview(t, "/validate", groups)
	if response.StatusCode != http.StatusRequestEntityTooLarge || response.Header.Get("Retry-After") != "" {
		t.Errorf("got %d, Retry-After %q", response.StatusCode, response.Header.Get("Retry-After"))
	}
	if response := r.postReview(t, "/mutate", groups); response.StatusCode != http.StatusOK {
		t.Errorf("to read the labels needs little memory: %d", response.StatusCode)
	}
	r.wantRefusals(t, `promgate_memory_refusals_total{reason="object",webhook="validate"} 1
`)
}

// TestGivesMemoryBack: whatever the end of a request is, it holds nothing afterwards.
func TestGivesMemoryBack(t *testing.T) {
	endings := map[string]func(context.Context) error{
		"Answer": func(context.Context) error { return nil },
		"Error":  func(context.Context) error { return errors.New("oh no") },
		"Panic":  func(context.Context) error { panic("oh no") },
	}
	for name, end := range endings {
		t.Run(name, func(t *testing.T) {
			m, _ := clocked(1 << 20)
			r := serve(t, func(o *Options) { withAnswer(end)(o); o.memory = m })
			r.postReview(t, "/validate", `[]`)
			for _, body := range []string{"", "[]", `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}`} {
				r.post(t, "/validate", "application/json", strings.NewReader(body))
			}
			r.post(t, "/validate", "application/json", io.MultiReader(strings.NewReader("["), strings.NewReader(strings.Repeat(" ", 200_000))))
			r.stop()
			if err := <-r.stopped; err != nil {
				t.Fatal(err)
			}
			r.stopped <- nil // for the cleanup
			wantHeld(t, m, 0)
			wantReviews(t, m, 0)
		})
	}
}

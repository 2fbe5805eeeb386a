package webhook

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestAllocations: what a review allocates stays within a bound, which is a third above what was measured. Allocations stand for time.
func TestAllocations(t *testing.T) {
	v := newGate(t, unlimited).validator
	h := &handler{
		name: "validate", metrics: v.metrics, logger: v.logger, most: maxBodySize, memory: newMemory(unlimited), queue: newQueue(1), cost: validateMemory, answer: v.answer,
	}
	groups := largeGroups(t)
	var bodies [][]byte
	for n := range 30 {
		text, err := io.ReadAll(reviewBody(t, ruleRequest(strings.ReplaceAll(groups, ") \\u003e ", fmt.Sprintf(") \\u003e %d", n+1)))))
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, text)
	}
	ask := func(body []byte) {
		request := httptest.NewRequest(http.MethodPost, "/?timeout=5s", bytes.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, request)
		if answer.Code != http.StatusOK {
			t.Fatal(answer.Code, answer.Body)
		}
	}
	next := 0
	for name, c := range map[string]struct {
		most float64
		run  func()
	}{
		"134 new rules":         {most: 20_000, run: func() { ask(bodies[next]); next++ }},
		"the same object again": {most: 180, run: func() { ask(bodies[0]) }},
	} {
		if got := testing.AllocsPerRun(10, c.run); got > c.most {
			t.Errorf("%s: %.0f allocations, at most %.0f expected", name, got, c.most)
		}
	}
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A sample is one measurement of a server.
type sample struct {
	perSecond float64       // answers
	cpu       time.Duration // of the server, for each answer
}

// An answer is what a server said, and how long that took.
type answer struct {
	status  int
	allowed bool
	took    time.Duration
	sent    time.Duration // of took, until all of the review was written
	failed  error         // no answer
}

// ask sends one review. The time counts from started, when it was to be sent.
func ask(ctx context.Context, client *http.Client, url string, review []byte, started time.Time) answer {
	var sent atomic.Int64
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { sent.Store(int64(time.Since(started))) }})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"?timeout=10s", bytes.NewReader(review))
	if err != nil {
		return answer{failed: err}
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return answer{failed: err, took: time.Since(started)}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	took := time.Since(started)
	if err != nil {
		return answer{failed: err, took: took}
	}
	var answered struct {
		Response struct {
			Allowed bool `json:"allowed"`
		} `json:"response"`
	}
	_ = json.Unmarshal(text, &answered) // what is none is not allowed
	return answer{status: response.StatusCode, allowed: answered.Response.Allowed, took: took, sent: time.Duration(sent.Load())}
}

// check says why an answer is none that counts.
func (a answer) check() error {
	switch {
	case a.failed != nil:
		return a.failed
	case a.status != http.StatusOK || !a.allowed:
		return fmt.Errorf("a review was answered with status %d, allowed: %t", a.status, a.allowed)
	}
	return nil
}

// closedLoop lets some clients send one review after the other, for a while.
func closedLoop(ctx context.Context, s *server, b *body, clients int, during time.Duration) (sample, error) {
	before, err := cpuOf(s.pid)
	if err != nil {
		return sample{}, err
	}
	started := time.Now()
	var answers atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			client := s.client(0)
			defer client.CloseIdleConnections()
			for time.Since(started) < during && ctx.Err() == nil {
				if err := ask(ctx, client, s.url, b.next(), time.Now()).check(); err != nil {
					failed.Store(&err)
					return
				}
				answers.Add(1)
			}
		})
	}
	all.Wait()
	took := time.Since(started)
	after, err := cpuOf(s.pid)
	if err != nil {
		return sample{}, err
	}
	if err := failed.Load(); err != nil {
		return sample{}, fmt.Errorf("%s: %w", s.name, *err)
	}
	n := answers.Load()
	if n == 0 {
		return sample{}, fmt.Errorf("%s: there was no answer in %s", s.name, during)
	}
	return sample{perSecond: float64(n) / took.Seconds(), cpu: (after - before) / time.Duration(n)}, nil
}

// senders are the clients that send reviews at a set rate.
const senders = 16

// openLoop sends reviews at a set rate, whether there are answers or not, each sender over at most so many connections. A latency counts from
// when the review was to be sent.
func openLoop(ctx context.Context, s *server, connections int, next func(i int) []byte, perSecond float64, during time.Duration) []answer {
	clients := make([]*http.Client, senders)
	for i := range clients {
		clients[i] = s.client(connections)
		defer clients[i].CloseIdleConnections()
	}
	n := int(perSecond * during.Seconds())
	answers := make([]answer, n)
	started := time.Now()
	var all sync.WaitGroup
	defer all.Wait()
	for i := range n {
		due := started.Add(time.Duration(float64(i) / perSecond * float64(time.Second)))
		if wait := time.Until(due); wait > 0 {
			select {
			case <-ctx.Done():
				return answers[:i]
			case <-time.After(wait):
			}
		}
		review := next(i)
		all.Go(func() { answers[i] = ask(ctx, clients[i%senders], s.url, review, due) })
	}
	return answers
}

// cpuOf returns the processor time of a process (proc(5), stat).
func cpuOf(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("reading the processor time: %w", err)
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("reading the processor time: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * (time.Second / 100), nil
}

// memoryOf returns the most memory that a process has held, and what it holds now, in bytes; anonymous is the part that is in no file.
func memoryOf(pid int) (peak, now, anonymous int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, 0, fmt.Errorf("reading the memory: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmHWM":
			peak = n << 10
		case "VmRSS":
			now = n << 10
		case "RssAnon":
			anonymous = n << 10
		}
	}
	return peak, now, anonymous, nil
}

// quantile returns the latency that a part of the answers did not exceed.
func quantile(latencies []time.Duration, q float64) time.Duration {
	if len(latencies) == 0 {
		return 0
	}
	slices.Sort(latencies)
	return latencies[min(len(latencies)-1, int(q*float64(len(latencies))))]
}

func medianOf(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

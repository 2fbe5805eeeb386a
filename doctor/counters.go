package doctor

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// The metrics of the API server that count calls of webhooks that failed.
const (
	FailOpenMetric  = "apiserver_admission_webhook_fail_open_count"
	RejectionMetric = "apiserver_admission_webhook_rejection_count"
)

// A Counter is a sample of one of these metrics.
type Counter struct {
	Metric string
	Labels map[string]string
	Value  float64
}

var (
	sampleLine = regexp.MustCompile(`^(\w+)\{(.*)\} ([0-9.e+]+)`)
	labelPair  = regexp.MustCompile(`(\w+)="((?:[^"\\]|\\.)*)"`)
)

// CounterIn reads a line of the API server's metrics. It returns false for every other metric.
func CounterIn(line string) (Counter, bool) {
	if !strings.HasPrefix(line, FailOpenMetric) && !strings.HasPrefix(line, RejectionMetric) {
		return Counter{}, false
	}
	m := sampleLine.FindStringSubmatch(line)
	if m == nil {
		return Counter{}, false
	}
	c := Counter{Metric: m[1], Labels: map[string]string{}, Value: number(m[3])}
	for _, pair := range labelPair.FindAllStringSubmatch(m[2], -1) {
		c.Labels[pair[1]] = pair[2]
	}
	return c, true
}

// number returns the value of a sample, or 0 if it is none.
func number(text string) float64 {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return value
}

// sum adds the counters of promgate's webhooks up.
func (e *examiner) sum(counters []Counter, counts func(Counter) bool) int {
	n := 0.0
	for _, c := range counters {
		if e.isNamed(c.Labels["name"]) && counts(c) {
			n += c.Value
		}
	}
	return int(n)
}

func failedOpen(c Counter) bool { return c.Metric == FailOpenMetric }

// failedCall is a request that was refused because the webhook could not be called.
func failedCall(c Counter) bool {
	return c.Metric == RejectionMetric && (c.Labels["error_type"] == "calling_webhook_error" || c.Labels["error_type"] == "apiserver_internal_error")
}

// examineCounters is about the calls that failed before.
func (e *examiner) examineCounters() {
	if e.Counters == nil && e.Unread["metrics"] == "" {
		return
	}
	if e.unreadable("counters", "metrics", "How often the API server could not call promgate") {
		return
	}
	open, refused := e.sum(e.Counters, failedOpen), e.sum(e.Counters, failedCall)
	if before := e.sum(e.CountersBefore, failedOpen); e.CountersBefore != nil && open > before {
		e.problem("counters", fmt.Sprintf("While promgate doctor looked, the API server could not call promgate %s, and let objects pass unchecked: %s since it started.", times(open-before), times(open)), e.cause)
		return
	}
	if open+refused == 0 {
		e.ok("counters", "The API server that answered has never failed to call promgate since it started.")
		return
	}
	e.unknown("counters", fmt.Sprintf("Since it started, the API server that answered could not call promgate %s: it let objects pass unchecked %s, and refused %s. Whether that was lately is not known, and other API servers count for themselves.",
		times(open+refused), times(open), times(refused)), "Watch the rate of "+FailOpenMetric+"; see docs/operate.md.")
}

func times(n int) string { return plural(n, "time", "times") }

package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"time"
)

// A report collects what was measured.
type report struct {
	settings settings
	versions []string
	lines    []string // of the table
	overload []string
}

// measureCase measures the servers with one kind of review, by turns.
func (r *report) measureCase(ctx context.Context, c benchCase, all []*server) error {
	samples := map[*server][]sample{}
	for round := range r.settings.rounds + 1 {
		for _, s := range all {
			fmt.Fprintf(os.Stderr, "%s: %s, round %d of %d\n", c.name, s.name, round, r.settings.rounds)
			one, err := closedLoop(ctx, s, c.body, r.settings.clients, r.settings.during)
			if err != nil {
				return err
			}
			if round > 0 { // the first one warms up
				samples[s] = append(samples[s], one)
			}
		}
	}
	slowest := 0.0
	for _, s := range all {
		if of := median(samples[s], ratePerSecond); slowest == 0 || of < slowest {
			slowest = of
		}
	}
	ours := samples[all[0]]
	for _, s := range all {
		of := samples[s]
		latencies, err := r.latencies(ctx, s, c.body, slowest/3)
		if err != nil {
			return err
		}
		line := fmt.Sprintf("| %s | %s | %.0f | %.2f ms | %s | %s |", c.name, s.name, median(of, ratePerSecond), median(of, cpuMillis), shown(quantile(latencies, 0.5)), shown(quantile(latencies, 0.99)))
		if s == all[0] {
			line += " | |"
		} else {
			line += fmt.Sprintf(" %.2f | %.2f |", ratios(ours, of, ratePerSecond), ratios(ours, of, cpuMillis))
		}
		r.lines = append(r.lines, line)
	}
	return nil
}

// latencies measures at a third of the rate that the slowest server answers, the same for all.
func (r *report) latencies(ctx context.Context, s *server, b *body, perSecond float64) ([]time.Duration, error) {
	var took []time.Duration
	for _, a := range openLoop(ctx, s, 2, func(int) []byte { return b.next() }, perSecond, r.settings.during) {
		if err := a.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		took = append(took, a.took)
	}
	return took, nil
}

func ratePerSecond(s sample) float64 { return s.perSecond }
func cpuMillis(s sample) float64     { return float64(s.cpu) / float64(time.Millisecond) }

func median(of []sample, value func(sample) float64) float64 {
	var values []float64
	for _, s := range of {
		values = append(values, value(s))
	}
	return medianOf(values)
}

// ratios returns the median of the ratios of one round each.
func ratios(ours, theirs []sample, value func(sample) float64) float64 {
	var values []float64
	for i := range ours {
		values = append(values, value(ours[i])/value(theirs[i]))
	}
	return medianOf(values)
}

func shown(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

// measureOverload sends four times as many reviews as can be answered: large rules, and one small one to ten of them.
func (r *report) measureOverload(ctx context.Context, s *server) error {
	large, small := newBody(rules(134), true), newBody(rules(1), true)
	next := func(i int) []byte {
		if i%10 == 9 {
			return small.next()
		}
		return large.next()
	}
	best, err := closedLoop(ctx, s, large, r.settings.clients, 2*r.settings.during)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "four times the load: %.0f reviews a second for %s\n", 4*best.perSecond, r.settings.overload)
	started := time.Now()
	answers := openLoop(ctx, s, 0, next, 4*best.perSecond, r.settings.overload)
	took := time.Since(started)
	var answered, refused []time.Duration
	counts, late, smallAnswered, smalls := map[string]int{}, 0, 0, 0
	for i, a := range answers {
		switch {
		case a.failed != nil:
			counts["no answer"]++
		case a.status == http.StatusOK && a.allowed:
			answered = append(answered, a.took)
			if a.took > 10*time.Second {
				late++
			}
		case a.status == http.StatusServiceUnavailable:
			refused = append(refused, a.took)
		default:
			counts[fmt.Sprint("status ", a.status)]++
		}
		if i%10 == 9 {
			smalls++
			if a.status == http.StatusOK {
				smallAnswered++
			}
		}
	}
	var sent, afterwards []time.Duration
	for _, a := range answers {
		sent = append(sent, a.sent)
		if a.status == http.StatusServiceUnavailable {
			afterwards = append(afterwards, a.took-a.sent)
		}
	}
	peak, now, anonymous, err := memoryOf(s.pid)
	if err != nil {
		return err
	}
	r.overload = []string{
		fmt.Sprintf("| reviews a second that it answers in a closed loop, large ones | %.0f |", best.perSecond),
		fmt.Sprintf("| reviews a second that were sent, for %s | %.0f |", r.settings.overload, 4*best.perSecond),
		fmt.Sprintf("| answered a second, and as a part of the best | %.0f, %.2f |", float64(len(answered))/took.Seconds(), float64(len(answered))/took.Seconds()/best.perSecond),
		fmt.Sprintf("| latency of what was answered, median and 99%% | %s, %s |", shown(quantile(answered, 0.5)), shown(quantile(answered, 0.99))),
		fmt.Sprintf("| answered after the deadline of 10 s | %d |", late),
		fmt.Sprintf("| refused with 503, and how soon, median and 99%% | %d, %s, %s |", len(refused), shown(quantile(refused, 0.5)), shown(quantile(refused, 0.99))),
		fmt.Sprintf("| of that, from when the client had written the review, median and 99%% | %s, %s |", shown(quantile(afterwards, 0.5)), shown(quantile(afterwards, 0.99))),
		fmt.Sprintf("| how late the client had written a review, median and 99%% | %s, %s |", shown(quantile(sent, 0.5)), shown(quantile(sent, 0.99))),
		fmt.Sprintf("| small reviews that were answered | %d of %d |", smallAnswered, smalls),
		fmt.Sprintf("| neither answered nor refused | %d %v |", len(answers)-len(answered)-len(refused), counts),
		fmt.Sprintf("| the most memory of the process, what it holds afterwards, and of that anonymous | %d, %d, %d MiB |", peak>>20, now>>20, anonymous>>20),
	}
	return nil
}

// markdown returns the tables.
func (r *report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Benchmarks

Written by `+"`make bench`"+`; do not edit. %s, %s, %d processors, %s; %s.

promgate's validating webhook beside the operator's admission webhook, and beside a floor: a server that decodes the review and the
object, and parses the expressions, and does nothing else. All over TLS and HTTP/2, by turns; the client has one processor. Answers a second are those of
%d clients that send the next review when they have an answer; processor time is that of the server for each answer. Latencies are those at
half the rate that the slowest of them reaches, from the time at which a review was to be sent. Medians of %d rounds of %s.

| review | server | answers a second | processor time | latency, median | latency, 99%% | answers: promgate has so many times as many | processor: promgate needs so many times as much |
|---|---|---|---|---|---|---|---|
`, time.Now().Format(time.DateOnly), cpuModel(), runtime.NumCPU(), runtime.Version(), strings.Join(r.versions, ", "), r.settings.clients, r.settings.rounds, r.settings.during)
	for _, line := range r.lines {
		fmt.Fprintln(&b, line)
	}
	if len(r.overload) > 0 {
		b.WriteString("\n## Four times the load that it can serve\n\nRules, nine objects of 134 to one of one, each new, at a set rate, with a memory limit of 460 MiB (GOMEMLIMIT), as installed. The client shares the\nprocessors with promgate, and does not write so many bodies in time. Latencies count from when a review was to be sent.\n\n| | |\n|---|---|\n")
		for _, line := range r.overload {
			fmt.Fprintln(&b, line)
		}
	}
	return b.String()
}

func cpuModel() string {
	text, _ := os.ReadFile("/proc/cpuinfo") // without it the model is not said
	for line := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

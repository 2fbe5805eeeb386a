package parity

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	programs "github.com/promgate/promgate/test/rig"
)

// minimalTime is how long the search for the fewest objects may take, for one cause.
const minimalTime = 20 * time.Second

// moment is how long a Prometheus is watched after it accepted a configuration.
const moment = 300 * time.Millisecond

// tracesUnsent is about the previous configuration: its traces could not be sent, and Prometheus
// drops them at the second attempt.
const tracesUnsent = "failed to shut down the tracer provider"

// TestSafety checks that promtool accepts every configuration that the judge accepts, and that a
// Prometheus reloads it and starts with it.
//
//	SAFETY_SEED      another number gives other objects
//	SAFETY_REQUESTS  sets of objects, each for promtool
//	SAFETY_RELOADS   how many of them a Prometheus reloads
//	SAFETY_STARTS    how many of them a Prometheus starts with
func TestSafety(t *testing.T) {
	s := newSafety(t)
	seed, requests := number(t, "SAFETY_SEED", 1), number(t, "SAFETY_REQUESTS", 300)
	reloads, starts := number(t, "SAFETY_RELOADS", 60), number(t, "SAFETY_STARTS", 6)

	coverage := NewCoverage()
	g := NewGenerator(uint64(seed), rig.schemas, coverage, rig.fixtures)
	var judged, checked, selected, leftOut, reloaded, started int
	for i := range requests {
		r, err := tame(g.Request())
		if err != nil {
			t.Fatal(err)
		}
		w, err := write(r, s.checkDir())
		if errors.Is(err, errJudged) {
			judged++
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := coverage.Count(r, w.Answer, w.Answer); err != nil {
			t.Fatal(err)
		}
		checked++
		selected += w.Selected
		leftOut += len(w.Answer.Rejected)
		s.keep("promtool", r, s.checkFile(w), s.check)
		if reloaded < reloads*(i+1)/requests {
			reloaded++
			s.keep("reload", r, s.reload(r), s.reload)
		}
		if started < starts*(i+1)/requests {
			started++
			s.keep("start", r, s.start(r), s.start)
		}
	}
	s.readLogs()
	t.Logf("seed %d: of %d sets promgate refused %d, promtool checked %d, Prometheus reloaded %d (%s) and started with %d (%s)",
		seed, requests, judged, checked, reloaded, s.reloadTime.Round(time.Second), started, s.startTime.Round(time.Second))
	t.Logf("of %d objects that were selected, %d were left out", selected, leftOut)
	for _, words := range slices.Sorted(maps.Keys(s.logged)) {
		t.Logf("%d times in a log: %s", s.logged[words], words)
	}
	if judged*100 > requests*mostRejected {
		t.Errorf("promgate refused %d of %d", judged, requests)
	}
	s.report()
}

// safety is one run: the programs, and their complaints.
type safety struct {
	t                     *testing.T
	dir                   string
	promtool, prometheus  string
	running               map[bool]*programs.Prometheus // by whether it is an agent
	complaints            map[string]*complaint
	logged                map[string]int
	logs                  []string
	runs                  int
	reloadTime, startTime time.Duration
}

// newSafety builds the programs.
func newSafety(t *testing.T) *safety {
	t.Helper()
	root, err := programs.FindRoot()
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range awsEnv {
		t.Setenv(name, value)
	}
	builder := programs.Builder{Root: root, Log: os.Stderr, AllDiscovery: true}
	s := &safety{t: t, dir: t.TempDir(), running: map[bool]*programs.Prometheus{}, complaints: map[string]*complaint{}, logged: map[string]int{}}
	if s.promtool, err = builder.Promtool(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.prometheus, err = builder.Prometheus(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// complaint is the first of several complaints with the same cause.
type complaint struct {
	count           int
	by, said, cause string
	request         *Request
	ask             func(*Request) error
}

func (s *safety) checkDir() string { return filepath.Join(s.dir, "check") }

// keep records a complaint of one of the programs about a request, and how to run the program
// again.
func (s *safety) keep(by string, r *Request, err error, ask func(*Request) error) {
	if err == nil {
		return
	}
	if !errors.Is(err, programs.ErrRefused) {
		s.t.Errorf("%s: no verdict: %v", by, err)
		return
	}
	cause := by + ": " + causeOf(err.Error(), s.dir)
	if s.complaints[cause] == nil {
		s.complaints[cause] = &complaint{by: by, said: err.Error(), cause: cause, request: r, ask: ask}
	}
	s.complaints[cause].count++
}

func (s *safety) check(r *Request) error {
	w, err := write(r, s.checkDir())
	if err != nil {
		return err
	}
	return s.checkFile(w)
}

func (s *safety) checkFile(w *written) error {
	err := programs.CheckConfig(s.t.Context(), s.promtool, w.File, w.flags()...)
	// promtool relabels static targets, and fails if a target loses its address. Prometheus only
	// leaves that target out, and logs it.
	if err != nil && strings.Contains(err.Error(), ": no address") {
		return nil
	}
	return err
}

// flags returns the flags that a Prometheus of this kind needs.
func (w *written) flags() []string {
	if w.Agent {
		return []string{"--agent"}
	}
	return nil
}

// reload makes the running Prometheus load the configuration.
func (s *safety) reload(r *Request) error {
	return s.reloadWith(r, func(dir string) error {
		_, err := write(r, dir)
		return err
	})
}

// reloadWith makes the running Prometheus load the configuration that a function writes.
func (s *safety) reloadWith(r *Request, write func(dir string) error) error {
	w, err := describe(r)
	if err != nil {
		return err
	}
	p := s.running[w.Agent]
	if p == nil {
		if p, err = s.begin(w); err != nil {
			return err
		}
		s.running[w.Agent] = p
	}
	if err := write(filepath.Dir(p.ConfigFile)); err != nil {
		return err
	}
	begin := time.Now()
	err = p.Reload(s.t.Context())
	if err != nil && strings.Contains(err.Error(), tracesUnsent) {
		err = p.Reload(s.t.Context())
	}
	s.reloadTime += time.Since(begin)
	if words := ended(p.Process(), p.LogFile); words != "" {
		delete(s.running, w.Agent)
		return fmt.Errorf("%w: %s", programs.ErrRefused, words)
	}
	return err
}

// ended gives a Prometheus a moment to start its discoveries, and returns how it ended, or "": a
// discovery may crash after the answer to a reload.
func ended(p *programs.Process, log string) string {
	select {
	case <-p.Done():
		return "Prometheus ended: " + panicIn(log)
	case <-time.After(moment):
		return ""
	}
}

// begin starts a Prometheus with an empty configuration.
func (s *safety) begin(w *written) (*programs.Prometheus, error) {
	dir := s.next()
	file := filepath.Join(dir, "prometheus.yaml")
	if err := os.WriteFile(file, []byte("global: {}\n"), 0o600); err != nil {
		return nil, err
	}
	// It looks for targets more often than every five seconds, because otherwise it would never
	// reach them.
	p, err := programs.StartPrometheus(s.t.Context(), s.prometheus, file, dir, append(w.flags(),
		"--scrape.discovery-reload-interval=200ms",
		"--enable-feature=promql-experimental-functions,promql-duration-expr")...)
	if err != nil {
		return nil, err
	}
	s.logs = append(s.logs, p.LogFile)
	s.t.Cleanup(p.Stop)
	return p, nil
}

// start starts another Prometheus with the configuration, and ends it.
func (s *safety) start(r *Request) error {
	dir := s.next()
	w, err := write(r, dir)
	if err != nil {
		return err
	}
	flags := append(w.flags(), "--scrape.discovery-reload-interval=200ms")
	if len(w.Features) > 0 {
		flags = append(flags, "--enable-feature="+strings.Join(w.Features, ","))
	}
	begin := time.Now()
	p, err := programs.StartPrometheus(s.t.Context(), s.prometheus, w.File, dir, flags...)
	s.startTime += time.Since(begin)
	if words := panicIn(filepath.Join(dir, "prometheus.log")); err != nil && words != "" {
		return fmt.Errorf("%w: Prometheus ended: %s", programs.ErrRefused, words)
	}
	if err != nil {
		return err
	}
	defer p.Stop()
	s.logs = append(s.logs, p.LogFile)
	if words := ended(p.Process(), p.LogFile); words != "" {
		return fmt.Errorf("%w: %s", programs.ErrRefused, words)
	}
	return nil
}

// next creates a directory for one Prometheus.
func (s *safety) next() string {
	s.runs++
	dir := filepath.Join(s.dir, fmt.Sprintf("run-%d", s.runs))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		s.t.Fatal(err)
	}
	return dir
}

// partial are messages of a Prometheus that accepts a configuration but cannot use a part of it: a
// discovery without the cloud's environment, or an invalid target.
var partial = []string{"Cannot create service discovery", "Creating target failed", "error creating new scrape pool"}

// readLogs counts these messages.
func (s *safety) readLogs() {
	for _, file := range s.logs {
		log, err := os.ReadFile(file)
		if err != nil {
			s.t.Fatal(err)
		}
		for line := range strings.Lines(string(log)) {
			var entry struct {
				Message string `json:"msg"`
				Type    string `json:"type"`
				Err     string `json:"err"`
			}
			if json.Unmarshal([]byte(line), &entry) == nil && slices.Contains(partial, entry.Message) {
				s.logged[causeOf(strings.TrimSpace(entry.Message+" "+entry.Type)+": "+entry.Err, s.dir)]++
			}
		}
	}
}

// report logs the complaints, the most frequent first, with the objects.
func (s *safety) report() {
	all := slices.SortedFunc(maps.Values(s.complaints), func(a, b *complaint) int {
		return cmp.Or(b.count-a.count, cmp.Compare(a.cause, b.cause))
	})
	for _, c := range all {
		small := s.fewest(c)
		text := fmt.Sprintf("%d times refused by %s\n%s\nfor example\n%s", c.count, c.by, c.said, dump(s.t, small))
		if w, err := write(small, s.checkDir()); err == nil {
			text += "which give\n" + w.Answer.Config
		}
		s.t.Error(text)
	}
}

// fewest removes from a request everything that the complaint does not need.
func (s *safety) fewest(c *complaint) *Request {
	until := time.Now().Add(minimalTime)
	refused := func(r *Request) bool {
		if time.Now().After(until) {
			return false
		}
		err := c.ask(r)
		return errors.Is(err, programs.ErrRefused) && c.by+": "+causeOf(err.Error(), s.dir) == c.cause
	}
	small := *c.request
	for i := len(small.Objects) - 1; i >= 0; i-- {
		try := small
		try.Objects = slices.Delete(slices.Clone(small.Objects), i, i+1)
		if refused(&try) {
			small = try
		}
	}
	for i := range small.Objects {
		var object map[string]any
		if err := json.Unmarshal(small.Objects[i], &object); err != nil {
			s.t.Fatal(err)
		}
		prune(object["spec"], func() bool {
			data, err := json.Marshal(object)
			if err != nil {
				s.t.Fatal(err)
			}
			try := small
			try.Objects = slices.Clone(small.Objects)
			try.Objects[i] = data
			if !refused(&try) {
				return false
			}
			small = try
			return true
		})
	}
	return &small
}

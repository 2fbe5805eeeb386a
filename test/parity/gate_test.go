package parity

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/internal/fieldpath"
	findingtext "github.com/promgate/promgate/internal/report"
)

// neverWorks are the checks that deny objects that Prometheus would accept, each with its reason:
// docs/adr/0002 lists them.
var neverWorks = map[string]string{
	"duplicate-job":     "Prometheus accepts it, and scrapes one target twice under one job",
	"object-shape":      "the operator cannot read the object",
	"endpoint-repeated": "Prometheus accepts it, and scrapes one target twice under one job",
	"tls-mixed-pair":    "the operator does not write the file: the loader does not read it, but a reload does",
	"selector":          "the operator leaves the object out forever",
}

// TestGate checks that Prometheus accepts the objects that the gate admits, as the operator writes
// them, and refuses the objects that the gate refuses.
//
//	GATE_SEED      another number gives other objects
//	GATE_REQUESTS  sets of objects
//	GATE_RELOADS   how many of them a Prometheus reloads, as the operator writes them
func TestGate(t *testing.T) {
	seed, requests := number(t, "GATE_SEED", 1), number(t, "GATE_REQUESTS", 150)
	// The gate does not read the content of Secrets.
	fixtures := make([]json.RawMessage, len(rig.fixtures))
	for i, data := range rig.fixtures {
		fixtures[i] = bytes.ReplaceAll(data, []byte(`"empty":""`), []byte(`"empty":"not"`))
	}
	g := NewGenerator(uint64(seed), rig.schemas, NewCoverage(), fixtures)
	g.Careless = 10
	reloads := number(t, "GATE_RELOADS", 30)
	run := &gateRun{t: t, programs: newSafety(t), checks: map[string]int{}, unnamed: map[string]int{}, failures: map[string]int{}}
	for i := range requests {
		run.reloading = run.reloaded < reloads*(i+1)/requests
		r, err := tame(g.Request())
		if err != nil {
			t.Fatal(err)
		}
		run.request(r)
	}
	t.Logf("seed %d: of %d objects the gate admitted %d and refused %d, of which the operator leaves out %d; a Prometheus reloaded %d sets", seed, run.admitted+run.refused, run.admitted, run.refused, run.leftOut, run.reloaded)
	t.Logf("refused by check: %v", run.checks)
	for _, words := range slices.Sorted(maps.Keys(run.unnamed)) {
		t.Logf("%d times reported by no check: %s", run.unnamed[words], words)
	}
	for _, cause := range slices.Sorted(maps.Keys(run.failures)) {
		t.Errorf("%d times %s", run.failures[cause], cause)
	}
	if run.admitted < requests || run.refused < requests {
		t.Errorf("too few of one kind to prove anything")
	}
}

type gateRun struct {
	t                          *testing.T
	programs                   *safety
	reloading                  bool
	admitted, refused, leftOut int
	reloaded                   int
	checks, unnamed            map[string]int
	failures                   map[string]int
}

// fail counts a failure, and shows the first one of its kind.
func (run *gateRun) fail(cause string, v gateVerdict, said string) {
	if run.failures[cause]++; run.failures[cause] > 1 {
		return
	}
	object, err := yaml.JSONToYAML(v.data)
	if err != nil {
		run.t.Fatal(err)
	}
	run.t.Logf("%s: %s\n%s\n%s", cause, v.object, said, object)
}

func (run *gateRun) request(r *Request) {
	t := run.t
	gate, err := newGate(r)
	if err != nil {
		return // the operator cannot use the Prometheus either
	}
	verdicts, err := gate.judge(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	bare := run.ask(r.without(verdicts, func(gateVerdict) bool { return true }))
	if bare == nil || !bare.loads(nil) {
		return // Prometheus refuses the Prometheus object itself
	}
	admitted := run.ask(r.without(verdicts, func(v gateVerdict) bool { return len(v.denied) > 0 }))
	run.reload(bare, admitted)
	for _, v := range verdicts {
		if len(v.denied) == 0 {
			run.admitted++
			if admitted != nil && admitted.refused(v.object) {
				run.fail("admitted, but Prometheus refuses it", v, admitted.why(v.object))
			}
			continue
		}
		run.refused++
		for _, f := range v.denied {
			run.checks[f.Check]++
			if f.Check == "configuration" {
				run.unnamed[digits.ReplaceAllString(quoted.ReplaceAllString(f.Problem, "…"), "N")]++
			}
		}
		run.held(r, verdicts, v)
	}
}

// reload reloads a Prometheus with the operator's output for the admitted objects, if Prometheus
// accepts the output for the Prometheus object alone.
func (run *gateRun) reload(bare, admitted *Case) {
	if !run.reloading || admitted == nil {
		return
	}
	give := func(c *Case) error {
		return run.programs.reloadWith(c.Request, func(dir string) error { return c.write(dir) })
	}
	if give(bare) != nil {
		return
	}
	run.reloaded++
	if err := give(admitted); err != nil {
		run.failures["admitted, but a running Prometheus refuses it"]++
		run.t.Logf("a running Prometheus refuses: %v\n%s", err, dump(run.t, admitted.Request))
	}
}

// held looks for a false refusal: an object that the operator includes, and that Prometheus
// accepts.
func (run *gateRun) held(r *Request, verdicts []gateVerdict, v gateVerdict) {
	alone := run.ask(r.without(verdicts, func(other gateVerdict) bool { return other.object != v.object }))
	if alone == nil {
		return
	}
	if _, out := alone.Operator.Rejected[v.object]; out {
		run.leftOut++
		return
	}
	if alone.refused(v.object) {
		return
	}
	if azureEnvironment(alone.Operator.Config, jobOf(v.object)) {
		return // the list of differences explains what the operator drops there
	}
	for _, f := range v.denied {
		if strings.Contains(f.Problem, "small letters only") {
			continue // refused writes lower case letters: see openstack-availability in the list of differences
		}
		if f.Check == "reference-name" && f.Path.Within(fieldpath.New("spec", "azureSDConfigs")) {
			continue // the operator writes empty values: see azure-references in the list of differences
		}
		if neverWorks[f.Check] == "" && !runningRefuses.MatchString(f.Problem) {
			run.fail("refused, but Prometheus accepts it: "+f.Check, v, findingtext.Line(f, findingtext.Limits{}))
		}
	}
}

func (run *gateRun) ask(r *Request) *Case {
	a, err := rig.reference.Ask(r)
	if err != nil {
		run.t.Fatal(err)
	}
	if a.Error != "" {
		return nil
	}
	c := &Case{Request: r, Operator: a, Promgate: &Answer{}}
	if c.Prometheus, err = prometheusOf(r); err != nil {
		run.t.Fatal(err)
	}
	return c
}

// why returns an object's jobs in the operator's configuration.
func (c *Case) why(object string) string {
	var lines []string
	for job := range strings.SplitSeq(c.Operator.Config, "\n- job_name: ") {
		if name, _, _ := strings.Cut(job, "\n"); ofObject(name, object) {
			lines = append(lines, job)
		}
	}
	return strings.Join(lines, "\n")
}

package render

import (
	"reflect"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// entry is the rendering of one monitor for one Prometheus.
type entry struct {
	ref      selection.Ref
	jobs     []job
	files    map[string][]byte
	ignored  []promconfig.Ignored
	findings []validation.Finding // why the monitor is left out as a whole
	secrets  judge.Credentials

	// repeats are the jobs that scrape the same targets as an earlier job of the same monitor. lost
	// are all jobs that are left out while the rest of the monitor is included.
	repeats, lost map[int]validation.Finding

	// version changes with the text. begins means that a piece begins with the entry, which depends
	// on its name alone.
	version uint64
	begins  bool
}

// job is the rendering of one endpoint.
type job struct {
	name string
	text []byte
}

// ruleEntry is the rendering of one PrometheusRule.
type ruleEntry struct {
	file     promconfig.RuleFile
	findings []validation.Finding
}

func newEntry(ref selection.Ref, part promconfig.Part, j *judge.Judge) *entry {
	e := &entry{ref: ref, files: part.Files, ignored: part.Ignored, findings: j.Part(part), begins: hashRef(ref)%perPiece == 0}
	if len(e.findings) > 0 {
		return e
	}
	for _, rendered := range part.Jobs {
		text, err := rendered.YAML()
		if err != nil {
			e.findings = []validation.Finding{{Check: judge.Check, Severity: validation.Deny, Path: rendered.Field, Problem: err.Error()}}
			return e
		}
		e.jobs = append(e.jobs, job{name: rendered.Name, text: text})
	}
	e.secrets = j.Credentials(part)
	return e
}

// explain returns the findings for an object that the judge refuses, in the words of the checks.
func (e *Engine) explain(i *instance, object selection.Object, verdict []validation.Finding) []validation.Finding {
	if len(verdict) == 0 {
		return nil
	}
	s := i.Snapshot()
	s.ParseTime = e.options.Budget().Time
	return e.reviewer.Explain(object, s, verdict)
}

// repeated returns the jobs of a monitor that scrape the same targets under the same job name as an
// earlier job of the same monitor.
func (e *Engine) repeated(i *instance, part promconfig.Part, object selection.Object) map[int]validation.Finding {
	if len(part.Jobs) < 2 {
		return nil
	}
	var lost map[int]validation.Finding
	for _, pair := range jobs.MonitorOf(object).Repeated() {
		first, second := pair[0], pair[1]
		if _, out := lost[first]; out || second >= len(part.Jobs) || !sameTargets(part.Jobs[first], part.Jobs[second]) {
			continue
		}
		if lost == nil {
			lost = map[int]validation.Finding{}
		}
		lost[second] = e.reviewer.Repeated(object, i.judge.Snapshot(), part.Jobs[first].Field, part.Jobs[second].Field)
	}
	return lost
}

// sameTargets reports whether two endpoints are equal in all fields that choose targets or their
// labels.
func sameTargets(a, b promconfig.Job) bool {
	return reflect.DeepEqual(targetFields(a.Fields), targetFields(b.Fields))
}

func targetFields(fields yaml.MapSlice) yaml.MapSlice {
	var out yaml.MapSlice
	for _, item := range fields {
		if key, ok := item.Key.(string); ok && (key == "relabel_configs" || strings.HasSuffix(key, "_sd_configs") || key == "static_configs") {
			out = append(out, item)
		}
	}
	return out
}

// jobOf returns the index of an endpoint's job.
func (e *entry) jobOf(endpoint int) int {
	if e.ref.Kind == monitoringv1.ServiceMonitorsKind || e.ref.Kind == monitoringv1.PodMonitorsKind {
		return endpoint
	}
	return 0
}

// valid reports whether the entry is part of the configuration.
func (e *entry) valid() bool { return len(e.findings) == 0 }

func (e *entry) appendTo(text []byte) []byte {
	for n, job := range e.jobs {
		if _, out := e.lost[n]; !out {
			text = append(text, job.text...)
		}
	}
	return text
}

// compareEntries orders the entries of a kind as the operator does.
func compareEntries(a, b *entry) int {
	return strings.Compare(a.ref.Namespace+"/"+a.ref.Name, b.ref.Namespace+"/"+b.ref.Name)
}

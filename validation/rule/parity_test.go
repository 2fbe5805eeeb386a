package rule

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"golang.org/x/tools/txtar"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/validation"
)

// beyondTheLoader lists the checks that deny what Prometheus' rule loader accepts, each for its own
// reason. The list is complete: the loader refuses everything else that is denied.
// TestExprTypeNeverEvaluates shows the reason for expr-type; the operator refuses a file that is
// too large before Prometheus reads it.
var beyondTheLoader = map[string]bool{
	exprType.ID:     true,
	exprCost.ID:     true,
	ruleFileSize.ID: true,
}

// TestParityCorpus compares the checks with the corpus: the loader accepts the objects of
// good.txtar and refuses those of bad.txtar, and the checks agree.
func TestParityCorpus(t *testing.T) {
	for name, c := range map[string]struct {
		refused bool
		atLeast int
		reason  string
	}{
		"Good": {refused: false, atLeast: 60, reason: "a false refusal keeps a user from working"},
		"Bad":  {refused: true, atLeast: 40, reason: "the rules of such an object are not loaded"},
	} {
		t.Run(name, func(t *testing.T) {
			objects := corpus(t, strings.ToLower(name))
			if len(objects) < c.atLeast {
				t.Errorf("the corpus has %d objects, less than %d: is the archive whole?", len(objects), c.atLeast)
			}
			for _, o := range objects {
				t.Run(o.name, func(t *testing.T) {
					if got := loader(t, o.raw); c.refused != (len(got) > 0) {
						t.Fatalf("the loader says %v, refused has to be %v: %s", got, c.refused, c.reason)
					}
					compare(t, o.raw)
				})
			}
		})
	}
}

// TestParityRandom compares checks and loader on objects that are composed of edge values. The
// seeds are fixed, so that a failure is reproducible.
func TestParityRandom(t *testing.T) {
	taken, refused := 0, 0
	for seed := range uint64(3000) {
		raw := newGenerator(seed).object()
		if len(loader(t, raw)) > 0 {
			refused++
		} else {
			taken++
		}
		compare(t, raw)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if taken < 600 || refused < 600 {
		t.Errorf("%d objects were accepted and %d refused: too few of one kind to prove anything", taken, refused)
	}
}

// FuzzParity looks for a rule that either only the checks or only the loader refuses. A text of "-"
// omits its field.
func FuzzParity(f *testing.F) {
	for _, seed := range [][7]string{
		{"up == 0", "5m", "severity", "critical", "{{ $labels.job }} is down", "-", "TargetDown"},
		{"sum by (job) (up)", "-", "team", "infra", "-", "job:up:sum", "-"},
		{"sum(up", "293y", "__name__", "{{ $value", "{{ define \"a\" }}{{ end }}", "a{b}", "{{"},
		{"{\"http.requests\"} @ end() offset -1y", "0", "", "\u2028", "{{- /* x */ -}}", "größe", ""},
		{"up[5m:1m]", "1y2w3d4h5m6s7ms", "<<", "~", "{{ range query `up` }}{{ . }}{{ else }}{{ break }}{{ end }}", "null", "=\n"},
		{"0x1F", "", "a.b", "\x00\x7f\u0085", "{{ with $x := 1 }}{{ $x }}{{ end }}", "true", "- [a]: #b"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4], seed[5], seed[6])
	}
	f.Fuzz(func(t *testing.T, expr, duration, labelName, labelValue, annotation, record, alert string) {
		for _, text := range []string{expr, duration, labelName, labelValue, annotation, record, alert} {
			if !utf8.ValidString(text) || len(text) > 4096 {
				t.Skip("JSON is UTF-8, and long expressions are slow")
			}
		}
		r := monitoringv1.Rule{Expr: intstr.FromString(expr)}
		if duration != "-" {
			r.For = (*monitoringv1.Duration)(&duration)
		}
		if labelName != "-" {
			r.Labels = map[string]string{labelName: labelValue}
		}
		if annotation != "-" {
			r.Annotations = map[string]string{"summary": annotation}
		}
		if record != "-" {
			r.Record = record
		}
		if alert != "-" {
			r.Alert = alert
		}
		compare(t, toJSON(t, r))
	})
}

// compare fails if only the checks or only the loader refuses an object, and shows both results.
func compare(t *testing.T, raw []byte) {
	t.Helper()
	var denied []string
	for _, f := range runAll(t, raw) {
		if f.Severity == validation.Deny && !beyondTheLoader[f.Check] {
			denied = append(denied, report.Text(f, report.Limits{}))
		}
	}
	refused := loader(t, raw)
	if (len(refused) > 0) == (len(denied) > 0) {
		return
	}
	t.Errorf("checks and loader differ on\n%s\nthe loader:\n%s\nthe checks:\n%s",
		raw, lines(refused, "accepts it"), lines(denied, "accept it"))
}

func lines(texts []string, none string) string {
	if len(texts) == 0 {
		return "  " + none
	}
	return "  " + strings.Join(texts, "\n  ")
}

// loader returns the errors of operator and Prometheus for the object. The rule file is written as
// the operator v0.93 writes it, which copies an empty duration into the file, and read by
// model/rulefmt. A file is valid if it is valid with or without the option for names without
// quotes, because some Prometheus can read it then.
func loader(t *testing.T, raw []byte) []string {
	t.Helper()
	var object monitoringv1.PrometheusRule
	if err := json.Unmarshal(raw, &object); err != nil {
		t.Fatalf("reading the object: %v", err)
	}
	for i := range object.Spec.Groups {
		object.Spec.Groups[i].PartialResponseStrategy = ""
	}
	content, err := yaml.Marshal(object.Spec)
	if err != nil {
		return []string{"the operator cannot write the rule file: " + err.Error()}
	}

	permissive := validation.Permissive()
	quoted := permissive.PromQL
	quoted.EnableUnquotedUTF8Names = false
	var said []string
	for _, options := range []parser.Options{quoted, permissive.PromQL} {
		_, refused := rulefmt.Parse(content, false, model.UTF8Validation, parser.NewParser(options), slog.New(slog.DiscardHandler))
		if len(refused) == 0 {
			return nil
		}
		said = nil
		for _, err := range refused {
			said = append(said, err.Error())
		}
	}
	return said
}

// runAll runs all checks of the kind with their declared severities.
func runAll(t *testing.T, raw []byte) []validation.Finding {
	t.Helper()
	found, err := Kind().Run(context.Background(), raw, validation.Permissive(), func(c validation.Info) validation.Severity { return c.Severity })
	if err != nil {
		t.Fatalf("checking %s: %v", raw, err)
	}
	return found
}

func toJSON(t *testing.T, rules ...monitoringv1.Rule) []byte {
	t.Helper()
	object := monitoringv1.PrometheusRule{Spec: monitoringv1.PrometheusRuleSpec{
		Groups: []monitoringv1.RuleGroup{{Name: "demo", Rules: rules}},
	}}
	raw, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// object is one object of the corpus.
type object struct {
	name string
	raw  []byte
}

// corpus reads testdata/parity/NAME.txtar. Each file in it is the YAML of the list of groups. A
// file that begins with "- record", "- alert" or "- expr" contains the rules of one group.
func corpus(t *testing.T, name string) []object {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "parity", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	var objects []object
	for _, f := range txtar.Parse(content).Files {
		spec := f.Data
		if !bytes.HasPrefix(spec, []byte("groups:")) {
			spec = append([]byte("groups:\n- name: demo\n  rules:\n"), indent(spec)...)
		}
		whole := append([]byte("kind: PrometheusRule\nspec:\n"), indent(spec)...)
		raw, err := yaml.YAMLToJSON(whole)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		objects = append(objects, object{f.Name, raw})
	}
	return objects
}

func indent(text []byte) []byte {
	return append([]byte("  "), bytes.ReplaceAll(bytes.TrimRight(text, "\n"), []byte("\n"), []byte("\n  "))...)
}

// TestFindingsAreStable runs all checks twice on random objects: they must not panic, and both runs
// have to return the same findings in the same order. A mistake that the stored object has too is
// never denied.
func TestFindingsAreStable(t *testing.T) {
	for seed := range uint64(1000) {
		raw := newGenerator(seed).object()
		found := runAll(t, raw)
		if diff := cmp.Diff(found, runAll(t, raw)); diff != "" {
			t.Fatalf("seed %d: two runs on %s differ (-first +second):\n%s", seed, raw, diff)
		}
		for _, f := range validation.Ratchet(found, runAll(t, raw)) {
			if f.Severity == validation.Deny {
				t.Fatalf("seed %d: the object is denied what it had before: %s", seed, report.Text(f, report.Limits{}))
			}
		}
		for _, f := range found {
			if f.Path.IsZero() || f.Problem == "" || f.Key == "" || f.Check == "" || strings.ContainsAny(report.Line(f, report.Limits{}), "\r\n\x1b") {
				t.Fatalf("seed %d: cannot be shown: %#v", seed, f)
			}
		}
	}
}

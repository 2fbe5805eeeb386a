package lint_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/lint"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
	"github.com/promgate/promgate/validation/file"
)

// badRuleFiles are rule files that Prometheus refuses, with the exact place of each mistake in «».
var badRuleFiles = map[string]string{
	"GroupText":        "groups:\n- name: a\n  rules: []\n- «b»\n",
	"LimitText":        "groups:\n- name: a\n  limit: «many»\n  rules: []\n",
	"LimitInFlow":      "groups: [{name: b, limit: 1, rules: []}, {name: a, limit: «'1'», rules: []}]\n",
	"LimitTagged":      "groups:\n- {name: a, limit: !!str «1», rules: []}\n",
	"LimitAnchor":      "groups:\n- name: a\n  limit: &l «x»\n  rules: []\n",
	"RulesMap":         "groups:\n- name: a\n  rules: «{alert: A}»\n",
	"RuleText":         "groups:\n- name: a\n  rules:\n  - {record: a, expr: b}\n  - «up»\n",
	"LabelsList":       "groups:\n- name: a\n  rules:\n  - record: a\n    expr: b\n    labels: «[c]»\n",
	"LabelMap":         "groups:\n- name: a\n  rules:\n  - record: a\n    expr: b\n    labels:\n      c: d\n      e: «{f: g}»\n",
	"AnnotationList":   "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up == 0\n    annotations: {b: c, d: «[e]»}\n",
	"GroupLabelMap":    "groups:\n- name: a\n  labels: {b: c, d: «{}»}\n  rules: []\n",
	"NameMap":          "groups:\n- name: «{a: b}»\n  rules: []\n",
	"ExprList":         "groups:\n- name: a\n  rules:\n  - record: a\n    expr: «[up]»\n",
	"Two":              "groups:\n- name: a\n  limit: «x»\n  rules: []\n- name: b\n  limit: «y»\n  rules: []\n",
	"UnknownGroup":     "groups:\n- name: a\n  «intervall»: 1m\n  rules: []\n",
	"UnknownRule":      "groups:\n- name: a\n  rules:\n  - record: a\n    expr: b\n    «\"label\"»: {}\n",
	"UnknownTop":       "groups:\n- name: a\n  rules: []\n«other»: 1\n",
	"Thanos":           "groups:\n- name: a\n  «partial_response_strategy»: warn\n  rules: []\n",
	"Repeated":         "groups:\n- name: a\n  rules:\n  - record: a\n    expr: b\n    «expr»: c\n",
	"RepeatedOn":       "groups:\n- name: a\n  rules:\n  - record: a\n    expr: b\n    labels: {on: a, «'on'»: b}\n",
	"RepeatedMerge":    "groups:\n- name: a\n  rules:\n  - {record: a, expr: b, labels: &l {c: d}}\n  - {record: a, expr: b, «labels»: {<<: *l, <<: *l}}\n",
	"JSONEscape":       "{\"groups\": [{\"name\": \"a«»\\/b\", \"rules\": []}]}\n",
	"JSONSurrogates":   "{\"groups\": [{\"name\": \"a«»\\ud83d\\ude00\", \"rules\": []}]}\n",
	"RepeatedTop":      "groups: []\n«groups»:\n- name: a\n  rules: []\n",
	"Interval":         "groups:\n- name: a\n  interval: «5»\n  rules: []\n",
	"IntervalMap":      "groups:\n- name: a\n  interval: «{a: b}»\n  rules: []\n",
	"QueryOffset":      "groups:\n- name: a\n  query_offset: «1x»\n  rules: []\n",
	"For":              "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up == 0\n    for: «\"x\"»\n",
	"KeepFiringFor":    "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up == 0\n    keep_firing_for: «-1m»\n",
	"NoGroupName":      "groups:\n- name: a\n  rules: []\n- name: «''»\n  rules: []\n",
	"MissingGroupName": "groups:\n- name: a\n  rules: []\n- «rules: []»\n",
	"RepeatedGroup":    "groups:\n- name: a\n  rules: []\n- rules: []\n  name: «a»\n",
	"Both":             "groups:\n- name: a\n  rules:\n  - record: «a»\n    alert: A\n    expr: b\n",
	"Neither":          "groups:\n- name: a\n  rules:\n  - «expr: b»\n",
	"NoExpr":           "groups:\n- name: a\n  rules:\n  - «record: a»\n  - record: c\n    expr: b\n",
	"EmptyExpr":        "groups:\n- name: a\n  rules:\n  - record: a\n    expr: «''»\n",
	"Expr":             "groups:\n- name: a\n  rules:\n  - record: a\n    expr: sum(up«»\n",
	"ExprFolded":       "groups:\n- name: a\n  rules:\n  - record: a\n    expr: >-\n      sum(up)\n      by «)»\n",
	"Function":         "groups:\n- name: a\n  rules:\n  - record: a\n    expr: up + «holt_winters»(up[5m], 0.1, 0.1)\n",
	"RecordFor":        "groups:\n- name: a\n  rules:\n  - record: a\n    expr: b\n    «for»: 1m\n",
	"RecordKeep":       "groups:\n- name: a\n  rules:\n  - record: a\n    expr: b\n    «keep_firing_for»: 1m\n",
	"RecordAnnotation": "groups:\n- name: a\n  rules:\n  - record: a\n    expr: b\n    «annotations»: {a: b}\n",
	"RecordName":       "groups:\n- name: a\n  rules:\n  - record: «a{b=\"c\"}»\n    expr: b\n",
	"LabelName":        "groups:\n- name: a\n  rules:\n  - record: a\n    expr: b\n    labels: {c: d, «__name__»: e}\n",
	"EmptyLabelName":   "groups:\n- name: a\n  rules:\n  - record: a\n    expr: b\n    labels: {c: d, «''»: e}\n",
	"GroupLabelName":   "groups:\n- name: a\n  labels: {c: d, «__name__»: e}\n  rules: []\n",
	"AnnotationName":   "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up == 0\n    annotations: {c: d, «\"\"»: e}\n",
	"LabelTemplate":    "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up == 0\n    labels: {c: d, e: '{{ «$f» }}'}\n",
	"Annotation":       "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up == 0\n    annotations:\n      summary: |\n        a\n        {{ «nofunction» }}\n",
}

// oddRuleFiles are rule files that kubectl's reader takes for something else than Prometheus' does, or not at
// all.
var oddRuleFiles = map[string]string{
	"Infinite":     aRule + "    labels: {a: .inf, b: .nan}\n",
	"Binary":       aRule + "    labels: {a: !!binary aGk=}\n",
	"NotBinary":    aRule + "    labels: {a: !!binary x}\n",
	"Tag":          aRule + "    labels: {a: !custom x}\n",
	"TagFloat":     aRule + "    labels: {a: !!float x}\n",
	"Date":         aRule + "    labels: {a: 2020-01-01, 2020-01-01: b}\n",
	"Numbers":      aRule + "    labels: {a: 0o17, b: 017, c: 0x1f, d: 1_000, e: 1:30, f: 123456789012345678901234567890}\n",
	"Booleans":     aRule + "    labels: {on: yes, off: no, y: n}\n",
	"Keys":         aRule + "    labels: {1: b, 1.5: b, .inf: b}\n",
	"NullKey":      aRule + "    labels: {~: b}\n",
	"EmptyKey":     aRule + "    labels: {? : b}\n",
	"ListKey":      aRule + "    labels: {[a]: b}\n",
	"Merge":        aRule + "    labels: &l {a: b}\n  - {record: a, expr: b, labels: {a: x, <<: *l}}\n",
	"MergeText":    aRule + "    labels: {<<: a}\n",
	"Directive":    "%YAML 1.1\n---\n" + aRule,
	"Directive12":  "%YAML 1.2\n---\n" + aRule,
	"Separator":    "--- # a\n" + aRule,
	"OnSeparator":  "--- {groups: [{name: a, rules: []}]}\n",
	"End":          aRule + "...\n",
	"AfterEnd":     aRule + "...\na: b\n",
	"SecondBroken": aRule + "---\na: [\n",
	"SecondOther":  aRule + "---\na: b\n",
	"OtherAnchor":  aRule + "    labels: &l {a: b}\n---\n{groups: [{name: a, rules: [{record: a, expr: b, labels: *l}]}]}\n",
	"Comments":     "# a\n---\n# b\n" + aRule,
	"UTF-16":       "\xff\xfe" + strings.Join(strings.Split(aRule, ""), "\x00") + "\x00",
	"Mark":         "\xef\xbb\xbf" + aRule,
	"CRLF":         strings.ReplaceAll(aRule, "\n", "\r\n"),
	"CR":           strings.ReplaceAll(aRule, "\n", "\r"),
	"Null":         aRule + "    labels: {a: 'x\x00'}\n",
	"NullEscape":   aRule + "    labels: {a: \"x\\0\"}\n",
	"Latin1":       aRule + "    labels: {a: 'x\xe9'}\n",
	"Tab":          "groups:\n\t- name: a\n",
	"TabInside":    strings.Replace(aRule, "record: ", "record:\t", 1),
	"LongKey":      aRule + "    labels: {" + strings.Repeat("k", 1100) + ": b}\n",
	"JSON":         `{"groups":[{"name":"a","rules":[{"record":"a","expr":"b","labels":{"x":1}}]}]}`,
	"JSONTab":      "{\n\t\"groups\": [{\"name\": \"a\", \"rules\": []}]}",
	"Limits":       "groups:\n- {name: a, limit: 1.5, rules: []}\n- {name: b, limit: 0o17, rules: []}\n- {name: c, limit: 1e3, rules: []}\n- {name: d, limit: , rules: []}\n",
	"LimitTime":    "groups:\n- {name: a, limit: 1:30, rules: []}\n",
	"LimitLarge":   "groups:\n- {name: a, limit: 99999999999999999999, rules: []}\n",
	"LimitYes":     "groups:\n- {name: a, limit: yes, rules: []}\n",
	"NullGroup":    "groups:\n-\n- name: a\n  rules: []\n",
	"NullRule":     "groups:\n- name: a\n  rules:\n  -\n",
}

const aRule = "groups:\n- name: a\n  rules:\n  - record: a\n    expr: b\n"

// TestOddRuleFiles: a rule file is denied if, and only if, Prometheus' rule loader refuses it.
func TestOddRuleFiles(t *testing.T) {
	refused := 0
	for name, text := range oddRuleFiles {
		_, errs := loadRules(text)
		r := run(t, load.File{Name: "a.yaml", Text: []byte(text), Named: true})
		if (len(errs) > 0) != (r.Summary.Deny > 0) {
			t.Errorf("%s: the loader: %v\nlint: %+v", name, errs, r.Findings)
		}
		if len(errs) > 0 {
			refused++
		}
	}
	if refused < 10 || refused > len(oddRuleFiles)-10 {
		t.Errorf("%d are refused: the test is one-sided", refused)
	}
}

// loadRules reads a rule file as Prometheus does.
func loadRules(text string) (*rulefmt.RuleGroups, []error) {
	options := validation.Permissive().PromQL
	options.Functions = parser.Functions
	return rulefmt.Parse([]byte(text), false, model.UTF8Validation, parser.NewParser(options), slog.New(slog.DiscardHandler))
}

// TestRuleFilePlaces: what Prometheus' rule loader refuses has its exact place, whether a check says why or
// the loader itself.
func TestRuleFilePlaces(t *testing.T) {
	warnings := map[string]validation.Severity{}
	for id := range file.InfosByID(builtin.Kinds()) {
		warnings[id] = validation.Warn
	}
	warnings[file.RuleFile] = validation.Deny
	for name, marked := range badRuleFiles {
		text := strings.NewReplacer("«", "", "»", "").Replace(marked)
		if _, errs := loadRules(text); len(errs) == 0 {
			t.Errorf("%s: the loader accepts the file", name)
		}
		for said, severities := range map[string]map[string]validation.Severity{"Check": nil, "Loader": warnings} {
			t.Run(name+"/"+said, func(t *testing.T) {
				if diff := cmp.Diff(marked, markDenials(t, text, severities)); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		}
	}
}

// markDenials marks the places of all denials in a rule file.
func markDenials(t *testing.T, text string, severities map[string]validation.Severity) string {
	t.Helper()
	r, err := lint.Run(t.Context(), []load.File{{Name: "a.yaml", Text: []byte(text), Named: true}}, lint.Options{
		Kinds: builtin.Kinds(), Schemas: schemas, Settings: review.Settings{Severity: validation.Policy{Severities: severities}.Severity},
	})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(text, "\n")
	offset := func(p format.Position) int {
		line := lines[p.Line-1]
		return len(strings.Join(lines[:p.Line-1], "")) + len(string([]rune(line)[:p.Column-1]))
	}
	marks := map[int]string{}
	for _, f := range r.Findings {
		t.Logf("%s %s: %s", f.Finding.Severity, f.Finding.Check, f.Finding.Problem)
		if f.Finding.Severity == validation.Deny {
			marks[offset(f.Start)] += "«"
			marks[offset(f.End)] += "»"
		}
		if f.Finding.Check == file.RuleFile && strings.Contains(f.Finding.Problem, "line ") {
			t.Errorf("the message has a line: %s", f.Finding.Problem)
		}
	}
	var marked strings.Builder
	for i := range len(text) + 1 {
		marked.WriteString(marks[i])
		if i < len(text) {
			marked.WriteByte(text[i])
		}
	}
	return marked.String()
}

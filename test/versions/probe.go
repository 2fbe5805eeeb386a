package versions

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/promgate/promgate/dialect"
)

// A Probe is a construct and texts that a release accepts if, and only if, it accepts the construct.
type Probe struct {
	Kind dialect.Kind
	Name string

	// Exprs are expressions, and Rules the text of a rule file. Each has one of the two.
	Exprs []string
	Rules string
}

// syntaxProbes returns the probes of what is written down nowhere as a list.
func syntaxProbes() []Probe {
	return []Probe{
		{Kind: dialect.Operator, Name: "</", Exprs: []string{"a </ 1", "a </ b"}},
		{Kind: dialect.Operator, Name: ">/", Exprs: []string{"a >/ 1", "a >/ b"}},
		{Kind: dialect.Operator, Name: "atan2", Exprs: []string{"a atan2 b"}},
		{Kind: dialect.Modifier, Name: "fill", Exprs: []string{
			"a + fill(0) b", "a + on(x) fill(0) b", "a + fill_left(0) b", "a + fill_right(0) fill_left(-1) b", "a + on(x) group_left fill(0) b",
		}},
		{Kind: dialect.Modifier, Name: "anchored", Exprs: []string{"increase(up[5m] anchored)", "up anchored", `up{a="b"} anchored`, "increase(up[5m] anchored offset 5m)"}},
		{Kind: dialect.Modifier, Name: "smoothed", Exprs: []string{"rate(up[5m] smoothed)", "up smoothed", "rate(up[5m] SMOOTHED)"}},
		{Kind: dialect.Modifier, Name: "@", Exprs: []string{"up @ 1", "up @ -1.5", "up @ start()", "up @ end()", "up @ START()"}},
		{Kind: dialect.Modifier, Name: "offset -5m", Exprs: []string{"up offset -5m", "up[5m] offset -5m"}},

		{Kind: dialect.Number, Name: dialect.Underscores, Exprs: []string{"1_000", "up * 0x_1F", "1e1_0", "up @ 1_000"}},
		{Kind: dialect.Number, Name: dialect.DurationNum, Exprs: []string{"5m", "1h30m", "up * 5m", "-5m", "up @ 5m", "predict_linear(up[5m], 5m)"}},

		{Kind: dialect.Duration, Name: dialect.NumberDur, Exprs: []string{"up[300]", "up[1e3]", "up[0x10]", "up[1.5]", "up offset 300", "up offset -300", "up[5m:30]", "up[300:]"}},
		{Kind: dialect.Duration, Name: dialect.SignedDur, Exprs: []string{"up[+5m]", "up offset +5m"}},
		{Kind: dialect.Duration, Name: dialect.Arithmetic, Exprs: []string{"up[5m*2]", "up[5m+1m]", "up[5m^2]", "up[10m/2]", "up[5m:1m*2]", "up[5m*2:]"}},
		{Kind: dialect.Duration, Name: dialect.Parentheses, Exprs: []string{"up[(5m)]", "up offset (5m)", "up[5m:(1m)]"}},
		{Kind: dialect.Duration, Name: dialect.PlusParens, Exprs: []string{"up[+(5m)]", "up[5m:+(1m)]"}},
		{Kind: dialect.Duration, Name: dialect.MinusParens, Exprs: []string{"up[-(5m)]", "up[5m:-(1m)]"}},
		{Kind: dialect.Duration, Name: dialect.OffsetParens, Exprs: []string{"up offset -(5m)", "up offset +(5m)"}},
		{Kind: dialect.Duration, Name: dialect.SignedSum, Exprs: []string{"up offset -(5m*2)", "up offset +(5m+1m)"}},
		{Kind: dialect.Duration, Name: "step", Exprs: []string{"up[step()]", "up offset step()", "up offset -step()", "up offset -(step())", "up[5m:step()]"}},
		{Kind: dialect.Duration, Name: dialect.StepAsRange, Exprs: []string{"up[step():]", "up[step():1m]", "up[-step():1m]", "up[range():1m]"}},
		{Kind: dialect.Duration, Name: dialect.LateRange, Exprs: []string{"up[5m:range()]", "up[5m:-range()]"}},
		{Kind: dialect.Duration, Name: "range", Exprs: []string{"up[range()]", "up offset range()", "up offset -range()", "up offset +(-range())"}},
		{Kind: dialect.Duration, Name: "min_of", Exprs: []string{"up[min_of(5m,10m)]", "up offset min_of(5m,10m)", "up offset -min_of(5m,10m)"}},
		{Kind: dialect.Duration, Name: "max_of", Exprs: []string{"up[max_of(5m,10m)]", "up offset max_of(5m,10m)", "up offset -max_of(5m,10m)"}},
		{Kind: dialect.Duration, Name: "min", Exprs: []string{"up[min(5m,10m)]", "up offset min(5m,10m)"}},
		{Kind: dialect.Duration, Name: "max", Exprs: []string{"up[max(5m,10m)]", "up offset max(5m,10m)"}},

		{Kind: dialect.Name, Name: dialect.QuotedMetric, Exprs: []string{`{"up"}`, `{'up'}`, `{"a.b"}`, `{"a.b",x="y"}`, `{x="y","a.b"}`}},
		{Kind: dialect.Name, Name: dialect.QuotedMatcher, Exprs: []string{`up{"a"="c"}`, `up{"a.b"="c"}`, `up{x="y","a b"=~"c"}`}},
		{Kind: dialect.Name, Name: dialect.QuotedLabel, Exprs: []string{`sum by ("a") (up)`, `a + on ("x") b`, `a + on (x) group_left ('y') b`}},
		{Kind: dialect.Name, Name: dialect.QuotedUTF8Label, Exprs: []string{`sum by ("a.b") (up)`, `a + ignoring ("a.b") b`, `a + on (x) group_left ("a b") b`}},
		{Kind: dialect.Name, Name: dialect.ColonLabel, Exprs: []string{"sum by (a:b) (up)", "a + on (a:b) b"}},
		{Kind: dialect.Name, Name: dialect.UnquotedUTF8, Exprs: []string{"a.b", "sum by (a.b) (up)", `up{größe="x"}`, "größe"}},

		{Kind: dialect.Regexp, Name: dialect.NamedGroup, Exprs: []string{`up{a=~"x(?<n>y)"}`}},
	}
}

// Probes returns the probes for some releases: those of the syntax, and one for each function,
// keyword, template function and field of a rule file that any of the releases has.
func Probes(engines []*Engine) ([]Probe, error) {
	probes := syntaxProbes()
	functions := map[string]Function{}
	var keywords, templates, groupFields, ruleFields []string
	for _, e := range engines {
		theirs, err := e.Functions()
		if err != nil {
			return nil, err
		}
		maps.Copy(functions, theirs)
		keywords, templates = append(keywords, e.Keywords...), append(templates, e.Templates...)
		groupFields, ruleFields = append(groupFields, e.GroupFields...), append(ruleFields, e.RuleFields...)
	}
	for _, name := range slices.Sorted(maps.Keys(functions)) {
		probes = append(probes, Probe{Kind: dialect.Function, Name: name, Exprs: []string{callOf(functions[name])}})
	}
	for _, word := range unique(keywords) {
		probes = append(probes, keywordProbes(word)...)
	}
	for _, name := range unique(templates) {
		probes = append(probes, Probe{Kind: dialect.TemplateFunction, Name: name, Rules: fmt.Sprintf(alertWith, "{{ "+name+" }}")})
	}
	for _, field := range unique(groupFields) {
		text, err := fieldText(groupWith, field)
		if err != nil {
			return nil, err
		}
		probes = append(probes, Probe{Kind: dialect.GroupField, Name: field, Rules: text})
	}
	for _, field := range unique(ruleFields) {
		text, err := fieldText(ruleWith, field)
		if err != nil {
			return nil, err
		}
		probes = append(probes, Probe{Kind: dialect.RuleField, Name: field, Rules: text})
	}
	return probes, nil
}

// keywordProbes returns the probes for a word of PromQL as an aggregation, and as a name.
func keywordProbes(word string) []Probe {
	probes := []Probe{
		{Kind: dialect.MetricKeyword, Name: word, Exprs: []string{word, word + `{a="b"}`, "rate(" + word + "[5m])"}},
		{Kind: dialect.LabelKeyword, Name: word, Exprs: []string{"sum by (" + word + ") (up)", "a + on (x, " + word + ") b", "a + on(x) group_left (" + word + ") b"}},
	}
	if aggregation, ok := aggregationOf(word); ok {
		probes = append(probes, Probe{Kind: dialect.Aggregation, Name: word, Exprs: []string{aggregation}})
	}
	return probes
}

const (
	alertWith = "groups:\n- name: a\n  rules:\n  - alert: b\n    expr: up\n    annotations:\n      c: \"%s\"\n"
	groupWith = "groups:\n- name: a\n  rules: []\n"
	ruleWith  = "groups:\n- name: a\n  rules:\n  - alert: b\n    expr: up\n"
)

// fieldValues are values of the fields of rule files.
var fieldValues = map[string]string{
	"interval": "1m", "query_offset": "1m", "limit": "1", "labels": "{a: b}",
	"for": "1m", "keep_firing_for": "1m", "annotations": "{a: b}",
}

// fieldText adds a field to a rule file. The fields without which there is no rule file are in the
// file already.
func fieldText(file, field string) (string, error) {
	if value, ok := fieldValues[field]; ok {
		indent := file[strings.LastIndex(strings.TrimRight(file, "\n"), "\n")+1:]
		indent = indent[:len(indent)-len(strings.TrimLeft(indent, " "))]
		return file + indent + field + ": " + value + "\n", nil
	}
	if field == "record" {
		return strings.Replace(file, "alert:", "record:", 1), nil
	}
	if strings.Contains(file, " "+field+":") {
		return file, nil
	}
	return "", fmt.Errorf("the field %s is new: add a value to fieldValues", field)
}

// callOf returns a call of a function with arguments of the types that it takes.
func callOf(f Function) string {
	examples := map[string]string{"vector": "up", "matrix": "up[5m]", "scalar": "1", "string": `"a"`}
	args := make([]string, len(f.Args))
	for i, kind := range f.Args {
		args[i] = examples[kind]
	}
	if f.Name == "info" {
		args = args[:1] // the second one is a selector without a name
	}
	return f.Name + "(" + strings.Join(args, ", ") + ")"
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

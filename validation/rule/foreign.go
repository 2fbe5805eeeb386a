package rule

import (
	"regexp"
	"strings"
	"sync"
)

// foreignText is a part of an expression that is written for another tool than Prometheus.
// It only gives better words for what Prometheus' parser refuses.
type foreignText struct {
	start, end   int
	problem, fix string
}

// findForeign looks for the text of another tool outside of strings and comments: there,
// none of it is ever valid PromQL.
func findForeign(expr string) (foreignText, bool) {
	for _, find := range []func(string) (foreignText, bool){findTemplate, findVariable, findMetricsQL} {
		if f, ok := find(expr); ok {
			return f, true
		}
	}
	return foreignText{}, false
}

// templateAction is {{ ... }}, or with Helm's escape for Prometheus' own templates around it.
var templateAction = regexp.MustCompile("(?s)\\{\\{-?\\s*`[^`]*`\\s*-?\\}\\}|\\{\\{.*?\\}\\}")

// findTemplate finds a template that breaks the expression: one outside of strings, or one
// whose own quotes end the string that it is in. In strings and comments all is text.
func findTemplate(expr string) (foreignText, bool) {
	spans := templateAction.FindAllStringIndex(expr, -1)
	if len(spans) == 0 {
		return foreignText{}, false
	}
	texts := textsOf(expr)
	for _, span := range spans {
		for len(texts) > 0 && texts[0].end <= span[0] {
			texts = texts[1:]
		}
		if len(texts) > 0 && texts[0].start < span[0] && texts[0].end >= span[1] {
			continue
		}
		return ofTemplate(expr, span[0], span[1]), true
	}
	return foreignText{}, false
}

var (
	helmTemplate = regexp.MustCompile("[.](Values|Release|Chart|Capabilities|Files|Template)\\b|\\b(include|template|tpl)\\b|^\\{\\{-?\\s*`")
	ownTemplate  = regexp.MustCompile(`\$(labels|value|externalLabels|externalURL)\b`)
)

func ofTemplate(expr string, start, end int) foreignText {
	f := foreignText{start: start, end: end}
	switch text := expr[start:end]; {
	case helmTemplate.MatchString(text):
		f.problem = "the expression holds a Helm template that is not rendered: " + text
		f.fix = "apply what helm template prints, not the chart's source"
	case ownTemplate.MatchString(text):
		f.problem = "the expression holds a template: " + text
		f.fix = "templates belong into labels and annotations; write the value itself"
	default:
		f.problem = "the expression holds a template that is not rendered: " + text
		f.fix = "render it first: helm template for a Helm chart"
	}
	return f
}

// variable is how Grafana writes one: $name, ${name}, ${name:format}, [[name]].
var variable = regexp.MustCompile(`^(?:\$[A-Za-z_]\w*|\$\{[A-Za-z_][\w.]*(?::[^}\s]*)?\}|\[\[[A-Za-z_]\w*(?::\w+)?\]\])`)

func findVariable(expr string) (foreignText, bool) {
	for _, t := range tokensOf(expr) {
		if t.text != "$" && t.text != "[" {
			continue
		}
		name := variable.FindString(expr[t.start:])
		if name == "" {
			continue
		}
		f := foreignText{start: t.start, end: t.start + len(name)}
		f.problem = name + " is a variable of a Grafana dashboard, which Prometheus does not know"
		f.fix = "write its value"
		if strings.Contains(name, "interval") || strings.Contains(name, "__range") {
			f.fix = "write a duration such as 5m"
		}
		return f, true
	}
	return foreignText{}, false
}

// optOut is what to do about a rule that is not for Prometheus.
const optOut = `if VictoriaMetrics evaluates the rule, label the object promgate.dev/ignore: "true"`

// findMetricsQL finds the keywords and operators that MetricsQL has and PromQL has not.
// Each is a metric's name to PromQL, but not where these are.
func findMetricsQL(expr string) (foreignText, bool) {
	tokens := tokensOf(expr)
	at := func(i int) token {
		if i < 0 || i >= len(tokens) {
			return token{}
		}
		return tokens[i]
	}
	for i, t := range tokens {
		before, after := at(i-1), at(i+1)
		var found bool
		switch strings.ToLower(t.text) {
		case "keep_metric_names":
			found = before.text == ")"
		case "with":
			found = after.text == "(" && at(i+2).isWord() && (at(i+3).text == "=" || at(i+3).text == "(")
		case "default", "if", "ifnot":
			found = !t.inBraces && before.endsOperand() && after.beginsOperand()
		case "limit":
			found = before.text == ")" && after.isNumber()
		case "or":
			found = t.inBraces && before.isString() && after.isWord()
		default:
			found = stepDuration.MatchString(t.text) && before.text == "[" && (after.text == "]" || after.text == ":")
		}
		if found {
			return foreignText{start: t.start, end: t.end, problem: t.text + metricsQL, fix: optOut}, true
		}
	}
	return foreignText{}, false
}

const metricsQL = " is MetricsQL, which VictoriaMetrics reads and Prometheus does not"

// stepDuration is a duration in steps of the query.
var stepDuration = regexp.MustCompile(`^\d+(\.\d+)?i$`)

// unknownFunction is how the parser refuses a function that it does not have.
var unknownFunction = regexp.MustCompile(`^unknown function with name "(\w+)"$`)

// isMetricsQLCall reports whether the parser refuses a function for the only reason that
// it is MetricsQL's.
func isMetricsQLCall(problem string) (name string, ok bool) {
	m := unknownFunction.FindStringSubmatch(problem)
	if m == nil || !metricsQLFunction().MatchString(m[1]) {
		return "", false
	}
	return m[1], true
}

// metricsQLFunction is the functions and aggregations that MetricsQL has and PromQL
// (Prometheus 3.16) has not, as far as nobody would mistype a function of PromQL so.
var metricsQLFunction = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:union|alias|` +
		`label_(?:set|del|keep|copy|move|map|value|match|mismatch|transform|uppercase|lowercase|graphite_group)|` +
		`(?:default_)?rollup|rollup_(?:rate|increase|delta|deriv|candlestick|scrape_interval)|` +
		`(?:increase|delta|changes)_prometheus|increase_pure|integrate|ideriv|rate_over_sum|scrape_interval|lifetime|lag|` +
		`(?:aggr|ascent|descent|increases|decreases|distinct|duration|geomean|histogram|median|mode|quantiles|range|stale_samples|sum2|` +
		`tfirst|tlast|tmin|tmax|zscore|outlier_iqr|(?:count|sum|share)_(?:eq|gt|le|ne))_over_time|` +
		`range_(?:avg|first|last|linear_regression|mad|max|median|min|normalize|quantile|stddev|stdvar|sum|trim_\w+|zscore)|` +
		`running_(?:avg|max|min|sum)|remove_resets|interpolate|keep_(?:last|next)_value|limit_offset|drop_(?:common_labels|empty_series)|` +
		`(?:topk|bottomk)_(?:avg|last|max|median|min)|outliers_(?:iqr|mad)|outliersk|quantiles|geomean|buckets_limit|prometheus_buckets|` +
		`smooth_exponential|bitmap_(?:and|or|xor)|timestamp_with_name|histogram_share)$`)
})

package rule

import (
	"encoding/json"
	"math/rand/v2"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// generator makes objects of edge values. Most values are valid, so that a whole object can be
// valid.
type generator struct {
	*rand.Rand
}

func newGenerator(seed uint64) generator {
	return generator{rand.New(rand.NewPCG(seed, 42))}
}

var (
	exprPieces = []string{
		"up == 0", "1", "0x1F", "vector(1)", `sum by (job) (rate(http_requests_total{code=~"5.."}[5m]))`,
		`up{job="a",instance!~".*"} offset 5m`, `{"http.requests", "service.name"="a"}`, `{__name__=~"a|b"}`, "http.requests",
		"größe == 1", "sum by (a:b) (up)", `up{job="\u00e9"}`, "up @ 1609746000", "up @ end() offset -5m", "max_over_time(up[1h:5m])",
		"a and on () b unless ignoring (c) d", "a / on (job) group_left (team) b", "a * on (x) fill (0) b", "limitk(5, up)",
		`label_replace(up, "a", "$1", "b", "(.*)")`, `count_values("v", up)`, "topk by (a) (3, up)", "-up ^ 2", "up > bool 1 or vector(0)",
		"histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m])))", "absent(up{job='a'})", "Inf", "NaN", "1e-3", "1h30m", "up[1h]", `"text"`,
		"sum(", "up)", "foo bar", "up = 0", "rate(up)", "", " ", "# comment", "up # comment", "up{", `up{a="b`, "by", "sum by (", "{}", `{a=""}`,
		"sum(up,)", "rates(up[5m])", "up[0s]", "up[5m", "up offset", "1 == 1", "1 and up", "“up”", "up\n== 0\n", "holt_winters(up[5m],0.1,0.1)",
	}
	textPieces = []string{
		"", "critical", `{{ define "a" }}{{ query "sum(" }}{{ end }}{{ define "b" }}{{ query "sum)" }}{{ end }}{{ define "c" }}{{ query "a b" }}{{ end }}`, "{{ $labels.job }}", "{{ $value | humanize }}", "a {{- /* c */ -}} b", `{{ define "t" }}x{{ end }}{{ template "t" }}`,
		`{{ range query "up" }}{{ .Value }}{{ else }}none{{ end }}`, "{{ with $x := $labels.a }}{{ $x }}{{ end }}", "{{ if eq $value 1.0 }}a{{ else if true }}b{{ end }}",
		"{{ `{{` }}", `{{ "}}" }}`, "{{ $externalLabels.a }}{{ $externalURL }}", "{{ .Labels.a }}{{ .Missing }}", "{{ index $labels \"a-b\" }}", "{{ break }}",
		"{{", "}}", "{{ }}", "{{ end }}", "{{ $label }}", "{{ foo }}", "{{ if }}x{{ end }}", "{{ if true }}", "{{/* */}}", "{{ /* */ }}", "{{ $labels.a-b }}",
		"{{ \"a }}", "{{ 1a }}", "{{ '}' }}", `{{ block "b" . }}{{ end }}`, `{{ define "" }}x{{ end }}`, "{{ $x := 1 }}{{ $x = 2 }}", "{{ ($labels).a }}",
		"{{ template \"missing\" }}", "{{\n$value\n}}", "{{ nil }}", "{{ true }}", "{{ query \"up\" | first | value | printf \"%.2f\" }}", "{{ query \"sum(\" }}",
		`{{ define "__alert_A" }}x{{ end }}y`,
		"- a\n- b", "a: b # c", "\t", " ", "null", "~", "1e3", "0777", "2001-01-01", "yes", "=", "<<", "!!str a", "&a *a", "'\"", "%", "\u2028", "\u0085", "\ufeff", "\x00", "\x1b[31m", "💾", "\\u0041",
	}
	namePieces     = []string{"a", "severity", "job", "a_b", "__address__", "a.b", "a-b", "größe", "1a", " ", "<<", "null", "true", "1", "~", "=", "a: b", "\n", "💾", "\u0085", "\u2028", strings.Repeat("a", 1100), "", "__name__"}
	recordPieces   = []string{"job:up:sum", "up", "a.b", "größe", "1a", " ", "a b", "null", "1", "-", ":", "<<", "a{b}", "{", "}", "sum(up)"}
	alertPieces    = []string{"A", "Target down", "größe", "{{ $value }}", "{{", "null", "1", "%d", "\n", "__alert_A", `"`, ":1:"}
	durationPieces = []string{"5m", "0", "0s", "1h30m", "1ms", "292y", "1y2w3d4h5m6s7ms", "007m", "293y", "5", "5 m", "", "-5m", "1.5h", "5m1h", "m", "99999999999999999999s", "106751d", "106752d", "∞"}
	mutations      = []string{"(", ")", "{", "}", "[", "]", "\"", "'", "`", "=", "~", "!", ",", ".", ":", "0", "5m", " ", "\n", "#", "@", "-", "by", "{{", "}}", "|", "\\", "é", "$"}
)

func (g generator) pick(pieces []string) string { return pieces[g.IntN(len(pieces))] }

// early returns one of the first pieces, which are valid, most of the time.
func (g generator) early(pieces []string) string {
	if g.IntN(8) > 0 {
		return pieces[g.IntN(max(len(pieces)/3, 1))]
	}
	return g.pick(pieces)
}

// mutate removes a piece of a text or inserts one, now and then.
func (g generator) mutate(text string) string {
	if g.IntN(10) > 0 {
		return text
	}
	runes := []rune(text)
	at := g.IntN(len(runes) + 1)
	upTo := min(at+g.IntN(3), len(runes))
	return string(runes[:at]) + g.pick(mutations) + string(runes[upTo:])
}

func (g generator) duration() *monitoringv1.Duration {
	if g.IntN(2) > 0 {
		return nil
	}
	d := monitoringv1.Duration(g.early(durationPieces))
	return &d
}

func (g generator) texted() map[string]string {
	texts := map[string]string{}
	for range g.IntN(4) {
		texts[g.early(namePieces)] = g.mutate(g.early(textPieces))
	}
	return texts
}

func (g generator) rule() monitoringv1.Rule {
	r := monitoringv1.Rule{Expr: intstr.FromString(g.mutate(g.early(exprPieces))), Labels: g.texted()}
	switch g.IntN(20) {
	case 0:
		r.Expr = intstr.FromInt32(g.Int32())
	case 1:
		r.Expr = intstr.FromString("(" + strings.Join([]string{g.pick(exprPieces), g.pick(exprPieces)}, ") or (") + ")")
	}
	kind := g.IntN(20)
	if kind > 0 && kind < 12 || kind == 19 {
		r.Alert = g.early(alertPieces)
		r.For, r.Annotations = g.duration(), g.texted()
		r.KeepFiringFor = (*monitoringv1.NonEmptyDuration)(g.duration())
	}
	if kind >= 12 {
		r.Record = g.early(recordPieces)
		if g.IntN(10) == 0 {
			r.For, r.Annotations = g.duration(), g.texted()
		}
	}
	return r
}

// object makes an object, as JSON.
func (g generator) object() []byte {
	var o monitoringv1.PrometheusRule
	for range g.IntN(3) {
		group := monitoringv1.RuleGroup{Name: g.mutate(g.early([]string{"a", "b", "c", "d", "{{", "größe", "null", "\n", ""}))}
		if g.IntN(4) == 0 {
			group.Labels, group.Interval, group.QueryOffset = g.texted(), g.duration(), g.duration()
			group.PartialResponseStrategy = "abort"
			limit := g.IntN(3) - 1
			group.Limit = &limit
		}
		for range g.IntN(3) {
			group.Rules = append(group.Rules, g.rule())
		}
		o.Spec.Groups = append(o.Spec.Groups, group)
	}
	raw, err := json.Marshal(o)
	if err != nil {
		panic(err) // strings and numbers can be encoded
	}
	return raw
}

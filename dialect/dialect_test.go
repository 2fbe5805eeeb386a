package dialect

import (
	"slices"
	"testing"

	"github.com/blang/semver/v4"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/promql/parser"
)

func TestUses(t *testing.T) {
	for text, want := range map[string][]string{
		"sum by (job) (rate(x[5m] offset -5m)) > 0.5": nil,
		"first_over_time(x[5m]) + first_over_time":    {"first_over_time"},
		`limitk by ("a", 'a.b', b) (5, {"x", "y"="z"})`: {
			"limitk", "a quoted label in a list", "a quoted label in a list",
			"a label in a list with other characters than letters, digits and _", "a quoted metric name", "a quoted label in a matcher",
		},
		"x[300] > 1_0 * 5m":                       {"a number as a duration", "a number with underscores", "a duration as a number"},
		"x[5m * 2] offset (1h)":                   {"arithmetic on durations", "a number as a duration", "a duration in parentheses"},
		"x[5m] offset -(1h) * 2":                  {"a sign before a duration in parentheses after offset"},
		"x offset -(1h + 5) * 2":                  {"a sign before arithmetic on durations", "a duration in parentheses", "arithmetic on durations", "a number as a duration"},
		"x offset -(-step()) * 2":                 {"step"},
		"x offset 5m * 2":                         nil,
		"smoothed[5m] SMOOTHED":                   {"smoothed metric name", "smoothed"},
		"offset offset 5m":                        nil,
		"a + on (x) smoothed":                     {"smoothed metric name"},
		"sum by (anchored, fill) (x)":             {"anchored label name"},
		"a + fill(0) fill":                        {"fill"},
		"x[step():5m]":                            {"step", "step() or range() as the range of a subquery"},
		"x[-(5m)] + x[-(-(5m))]":                  {"a negative duration in parentheses", "a duration in parentheses", "a sign before arithmetic on durations", "a duration in parentheses", "a plus before a duration in parentheses", "a duration in parentheses"},
		"a </ 1 or b{x=~'(?<n>y)'} # 5m * 1_0":    {"</", "a group (?<name>...) in a regular expression"},
		`"first_over_time 1_0" and x{fill="1_0"}`: nil,
	} {
		expr, err := parser.NewParser(parser.Options{EnableExperimentalFunctions: true, EnableBinopFillModifiers: true}).ParseExpr(text)
		if err != nil && expr == nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var got []string
		for _, u := range Uses(text, expr) {
			name := u.Name
			if u.Kind == MetricKeyword || u.Kind == LabelKeyword {
				name += " " + string(u.Kind)
			}
			got = append(got, name)
			if u.Start < 0 || u.End > len(text) || u.Start >= u.End {
				t.Errorf("%s: %s is at %d-%d", text, u, u.Start, u.End)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// TestMayUse: an expression with a construct is never taken for one without, and the usual ones are not read twice.
func TestMayUse(t *testing.T) {
	for _, text := range []string{
		"sum by (job, namespace) (rate(http_requests_total{code=~\"5..\", job='api'}[5m])) / on (job) group_left (team) job:total:rate5m > 0.5",
		"max_over_time(x[1h30m:1m] offset -1w) == bool 1e9 # a comment: 5m",
		`label_replace(up, "a", "$1", "b", "(.*)") unless absent(x) or vector(0x1F)`,
	} {
		if MayUse(text) {
			t.Errorf("%s is not usual", text)
		}
	}
	for _, text := range []string{
		"x[300]", "x[5m*2]", "x[step()]", "x offset (5m)", "x offset --5m", "x offset +5m", "x offset 300", "5m", "1_0", "a </ 1", "a >/ 1", `{"x"}`, `{"x"="y"}`, `x{a="b","c"="d"}`,
		`sum by ("a") (x)`, "sum by (a:b) (x)", "sum by (smoothed) (x)", "anchored", "x[5m] Smoothed", "first_over_time(x[5m])", "LIMITK(1, x)", "a + fill(0) b", `x{a=~"(?<n>y)"}`, "x[-5m]", "x[(5m)]", "é",
	} {
		if !MayUse(text) {
			t.Errorf("%s is usual", text)
		}
	}
}

// FuzzMayUse holds [MayUse] against what the syntax tree and the tokens show.
func FuzzMayUse(f *testing.F) {
	f.Add("sum by (job) (rate(x{a=~'b'}[5m:1m] offset -5m)) > 0.5 # 5m")
	f.Add(`limitk by ("a", 'a.b', b) (5, {"x", "y"="z"})`)
	f.Add("x[5m] offset -(1h) * 2 + smoothed[step()] </ 1_0")
	p := parser.NewParser(parser.Options{EnableExperimentalFunctions: true, EnableBinopFillModifiers: true})
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 200 {
			return
		}
		expr, err := p.ParseExpr(text)
		if err != nil || MayUse(text) {
			return
		}
		if used := read(text, expr); len(used) > 0 {
			t.Errorf("%q makes use of %s", text, used[0])
		}
	})
}

func TestTemplateUses(t *testing.T) {
	for text, want := range map[string][]string{
		"{{ toUpper $labels.job }} now": nil,
		"{{ now }}":                     {"now"},
		`{{ if true }}{{ "now" }}{{ else }}{{ (toDuration 1).Hours }}{{ end }}`:                             {"toDuration"},
		`{{ define "a" }}{{ . | urlQueryEscape }}{{ end }}{{ template "a" $value }}`:                        {"urlQueryEscape"},
		"{{ range $x := query \"up\" }}{{ with toTime $x }}{{ .now }}{{ else }}{{ now }}{{ end }}{{ end }}": {"toTime", "now"},
		"{{ now": nil,
	} {
		var got []string
		for _, u := range TemplateUses(text) {
			got = append(got, u.Name)
			if text[u.Start:u.End] != u.Name {
				t.Errorf("%s: %s is at %d-%d", text, u, u.Start, u.End)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestConstruct(t *testing.T) {
	c := &Construct{Kind: Function, Name: "f", Accepted: []Span{
		{Until: Version{2, 40}}, {From: Version{3, 7, 2}, Until: Version{3, 14}, Flag: "a-flag"}, {From: Version{3, 14}},
	}}
	for version, want := range map[string][2]bool{
		"2.30.0": {true, true}, "2.40.0": {false, false}, "3.7.1": {false, false}, "3.7.2": {false, true}, "3.14.0-rc.0": {true, true}, "4.0.0": {true, true},
	} {
		v := VersionOf(semver.MustParse(version))
		if got := [2]bool{c.In(v, nil), c.In(v, []string{"x", "a-flag"})}; got != want {
			t.Errorf("%s without and with the flag: %v, want %v", version, got, want)
		}
	}
	if got, want := c.Needs(), "needs Prometheus before 2.40, or from 3.14 on, or the feature flag a-flag from 3.7.2 on"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTable: each construct is accepted by some release, and the spans are in order.
func TestTable(t *testing.T) {
	for _, c := range Table() {
		if len(c.Accepted) == 0 || !slices.IsSortedFunc(c.Accepted, func(a, b Span) int {
			if a.From.Before(b.From) {
				return -1
			}
			return 1
		}) {
			t.Errorf("%s: %v", &c, c.Accepted)
		}
	}
}

// TestFields: a field is found in its section, and a field of HTTP clients in each section that makes clients.
func TestFields(t *testing.T) {
	for name, tc := range map[string]struct {
		section, field string
		version        Version
		want           bool
	}{
		"TooOld":      {"scrape_configs", "keep_dropped_targets", Version{2, 46}, false},
		"NewEnough":   {"scrape_configs", "keep_dropped_targets", Version{2, 47}, true},
		"TopLevel":    {"", "otlp", Version{2, 53}, false},
		"Client":      {"consul_sd_configs", "no_proxy", Version{2, 42}, false},
		"KnownClient": {"remote_write", "no_proxy", Version{2, 43}, true},
		"Removed":     {"scrape_configs", "scrape_classic_histograms", Version{3, 0}, false},
	} {
		c := FindField(tc.section, tc.field)
		if c == nil || c.Known(tc.version) != tc.want {
			t.Errorf("%s: %v", name, c)
		}
	}
	if c := FindField("scrape_configs", "job_name"); c != nil {
		t.Errorf("all releases know %s", c.Name)
	}
	for _, c := range Configurations() {
		if len(c.Accepted) == 0 {
			t.Errorf("no release accepts %s of %s", c.Name, c.Kind)
		}
	}
}

package relabel

import (
	"math/rand/v2"
	"regexp/syntax"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

var (
	regexPieces = []string{
		"", ".*", ".+", "(.*)", "(.+)", "(.+)?", "|.+", "(|.+)*", "(?:.?)+", ".?", ".", "[^a]*", `[\s\S]*`, "^.*$", ".{0,}", ".{1,}", "(?-s:.*)", "(?i)a", `\b`, `\B`,
		"a", "b|", "a;b", "a)|(b", "a)$|^(.*", "__name__", "__.*", ".*_", "job|__name__", "(a*)*", "[a;]", "(.*){2}", "(.+){2}", ".{2,}", "(.+){1,}", "$", "()",
	}
	values     = []string{"", "a", "b", ";", "a;b", "\n", "up", "__name__", "ab", "é", "ß;"}
	someLabels = []string{"__name__", "a", "b", "job", "__address__"}
)

// TestDropsAll compares the two checks with Prometheus: if they report something, Prometheus keeps
// none of many samples and targets.
func TestDropsAll(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 3))
	actions := []string{"replace", "keep", "drop", "labeldrop", "labelkeep", "dropequal", "keepequal", "labelmap", "hashmod", "lowercase"}
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	spoke := 0
	for range 3000 {
		var list []monitoringv1.RelabelConfig
		for range 1 + r.IntN(3) {
			c := monitoringv1.RelabelConfig{Action: pick(actions)}
			for range r.IntN(3) {
				c.SourceLabels = append(c.SourceLabels, monitoringv1.LabelName(pick(someLabels)))
			}
			switch c.Action {
			case "keepequal", "dropequal":
				c.TargetLabel = pick(someLabels)
			case "labeldrop", "labelkeep":
				c.SourceLabels, c.Regex = nil, pick(regexPieces)
			default:
				c.TargetLabel, c.Regex, c.Modulus = pick(append(someLabels, "$1")), pick(regexPieces), 2
				if c.Action == "replace" {
					replacement := pick([]string{"", "$1", "a", "__name__"})
					c.Replacement = &replacement
				}
			}
			list = append(list, c)
		}
		sample := MetricRelabelDropsAll.Run(Relabelings{List: list, Metric: true}, validation.Snapshot{})
		target := RelabelDropsAll.Run(Relabelings{List: list}, validation.Snapshot{})
		if len(sample) == 0 && len(target) == 0 {
			continue
		}
		spoke++
		for range 20 {
			b := labels.NewBuilder(labels.FromStrings(model.MetricNameLabel, pick(values[1:])))
			for _, name := range someLabels[1 : len(someLabels)-1] { // no sample has __address__
				b.Set(name, pick(values))
			}
			if len(sample) > 0 && relabel.ProcessBuilder(b, asPrometheus(t, list)...) && b.Get(model.MetricNameLabel) != "" {
				t.Fatalf("%+v keeps %s, but: %s", list, b.Labels(), report.Line(sample[0], report.Limits{}))
			}
			b.Reset(labels.FromStrings("a", pick(values), model.AddressLabel, pick(values[1:]), model.ScrapeIntervalLabel, "1m", model.ScrapeTimeoutLabel, "1s"))
			if len(target) > 0 && relabel.ProcessBuilder(b, asPrometheus(t, list)...) &&
				b.Get(model.AddressLabel) != "" && b.Get(model.ScrapeIntervalLabel) != "" && b.Get(model.ScrapeTimeoutLabel) != "" {
				t.Fatalf("%+v keeps %s, but: %s", list, b.Labels(), report.Line(target[0], report.Limits{}))
			}
		}
	}
	if spoke < 500 {
		t.Errorf("only %d lists drop all: the test is empty", spoke)
	}
}

func asPrometheus(t *testing.T, list []monitoringv1.RelabelConfig) []*relabel.Config {
	t.Helper()
	var all []*relabel.Config
	for _, c := range list {
		r := Relabeling{RelabelConfig: c}
		action, _ := r.action()
		config := &relabel.Config{
			Action: action, Regex: relabel.DefaultRelabelConfig.Regex, Separator: r.SeparatorText(), Replacement: r.ReplacementText(),
			TargetLabel: c.TargetLabel, Modulus: uint64(c.Modulus), NameValidationScheme: model.UTF8Validation,
		}
		for _, l := range c.SourceLabels {
			config.SourceLabels = append(config.SourceLabels, model.LabelName(l))
		}
		if c.Regex != "" {
			config.Regex = relabel.MustNewRegexp(c.Regex)
		}
		all = append(all, config)
	}
	return all
}

// TestDropsAllWithoutValue checks that nothing is certain about a regular expression that YAML
// reads as no value.
func TestDropsAllWithoutValue(t *testing.T) {
	for _, text := range append([]string{"remove"}, relabeling.DefaultNoValueTexts()...) {
		list := Relabelings{List: []monitoringv1.RelabelConfig{{Action: "keep", Regex: text}}}
		if found := RelabelDropsAll.Run(list, validation.Snapshot{}); (len(found) > 0) != (text == "remove") {
			t.Errorf("relabel-drops-all reports %v for a list that keeps %q", found, text)
		}
	}
}

// TestRegexPlace checks that the place of a mistake is inside the expression.
func TestRegexPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	pieces := []string{"(", ")", "[", "]", `\`, "*", "+", "?", "{2}", "{1001}", "a", "z-a", "(?", "<n", ">", "P", "!", "^", "[:", ":]", `\Q`, `\E`, "é", "|", "\x00"}
	placed := 0
	for range 20000 {
		pattern := ""
		for range 1 + r.IntN(8) {
			pattern += pieces[r.IntN(len(pieces))]
		}
		found := RelabelRegex.Run(Relabeling{RelabelConfig: monitoringv1.RelabelConfig{Regex: pattern}}, validation.Snapshot{})
		if _, err := syntax.Parse(relabeling.AnchorBefore+pattern+relabeling.AnchorAfter, syntax.Perl); (err != nil) != (len(found) > 0) {
			t.Fatalf("%q: %v, but the findings are %v", pattern, err, found)
		}
		if len(found) == 0 || found[0].Excerpt == nil {
			continue
		}
		placed++
		if e := found[0].Excerpt; e.Start < 0 || e.End <= e.Start || e.End > len(pattern) {
			t.Fatalf("%q: the place is %d to %d", pattern, e.Start, e.End)
		}
	}
	if placed < 5000 {
		t.Errorf("only %d mistakes have a place", placed)
	}
}

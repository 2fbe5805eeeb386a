package alertpath_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/alertpath"
	"github.com/promgate/promgate/promql/resultlabels"
	"github.com/promgate/promgate/relabeling"
)

// rule has labels of all sorts: of the series, of the group, of the rule, a template, and one that is taken away.
var rule = alertpath.Rule{
	Alert: "Down", Expr: `sum by (job, zone, team, gone) (up{zone=~"a|b"}) == 0`,
	Labels:      map[string]string{"severity": "warning", "team": "{{ $labels.job }}", "gone": ""},
	GroupLabels: map[string]string{"severity": "critical", "area": "shop"},
}

// TestLabelsAreRight: the alerts that Prometheus' own rule makes of random series, and sends through random relabelings, have labels as they were
// said to have.
func TestLabelsAreRight(t *testing.T) {
	known, dropped := 0, 0
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 2))
		of, err := alertpath.OfRule(rule, parser.Options{}, resultlabels.Options{})
		if err != nil {
			t.Fatal(err)
		}
		external := map[string]string{"cluster": "eu", "team": "ops", "replica": "$(POD_NAME)"}
		relabelings := randomRelabelings(t, r)
		l, outcome := of.Sent(external, relabelings)
		for range 10 {
			alert, kept := sent(alertOf(series(r)), map[string]string{"cluster": "eu", "team": "ops", "replica": "main-0"}, relabelings)
			if kept && outcome == relabeling.Drops || !kept && outcome == relabeling.Passes {
				t.Fatalf("seed %d: Prometheus sends the alert: %t, and the outcome is %d", seed, kept, outcome)
			}
			if !kept {
				dropped++
				continue
			}
			for _, name := range []string{"alertname", "severity", "team", "gone", "area", "zone", "job", "cluster", "replica", "new", "__name__"} {
				values, isKnown := l.Of(name)
				if isKnown && !slices.Contains(values, alert.Get(name)) {
					t.Fatalf("seed %d: %s is %q, and can be %q alone\n%s", seed, name, alert.Get(name), values, alert)
				}
				if isKnown && len(values) == 1 {
					known++
				}
			}
			if !l.Others() {
				alert.Range(func(have labels.Label) {
					if !slices.Contains(l.Names(), have.Name) {
						t.Fatalf("seed %d: there is a label %s, which is not named", seed, have.Name)
					}
				})
			}
		}
	}
	if known < 10_000 || dropped < 100 {
		t.Errorf("%d labels are known, %d alerts dropped", known, dropped)
	}
}

// series returns the labels of a series that the expression may return.
func series(r *rand.Rand) labels.Labels {
	b := labels.NewBuilder(labels.EmptyLabels())
	for _, name := range []string{"job", "team", "gone"} {
		b.Set(name, []string{"", "x", "y"}[r.IntN(3)])
	}
	b.Set("zone", []string{"a", "b"}[r.IntN(2)])
	return b.Labels()
}

// alertOf is what AlertingRule.Eval makes of a series (rules/alerting.go, a package that is not linked).
func alertOf(of labels.Labels) labels.Labels {
	b := labels.NewBuilder(of)
	b.Del(model.MetricNameLabel)
	for _, all := range []map[string]string{rule.GroupLabels, rule.Labels} {
		for name, value := range all {
			b.Set(name, strings.ReplaceAll(value, "{{ $labels.job }}", of.Get("job")))
		}
	}
	b.Set(model.AlertNameLabel, rule.Alert)
	return b.Labels()
}

// sent is relabelAlerts of the notifier, which is not exported.
func sent(alert labels.Labels, external map[string]string, relabelings []*relabel.Config) (labels.Labels, bool) {
	b := labels.NewBuilder(alert)
	for name, value := range external {
		if alert.Get(name) == "" {
			b.Set(name, value)
		}
	}
	kept := relabel.ProcessBuilder(b, relabelings...)
	return b.Labels(), kept
}

func randomRelabelings(t *testing.T, r *rand.Rand) []*relabel.Config {
	t.Helper()
	all := []string{
		`{action: labeldrop, regex: replica}`,
		`{action: labelkeep, regex: "alertname|severity|job|team"}`,
		`{source_labels: [severity], regex: warning, target_label: severity, replacement: info}`,
		`{source_labels: [severity], regex: critical, action: drop}`,
		`{source_labels: [job], regex: x, action: drop}`,
		`{source_labels: [area], regex: shop, action: keep}`,
		`{source_labels: [job, zone], target_label: new}`,
		`{target_label: new, replacement: constant}`,
		`{source_labels: [area], regex: "", target_label: new, replacement: empty}`,
		`{action: labelmap, regex: "(area|job)", replacement: "mapped_$1"}`,
		`{source_labels: [severity], target_label: severity, action: uppercase}`,
	}
	var list []*relabel.Config
	for range r.IntN(4) {
		var c relabel.Config
		if err := yaml.Unmarshal([]byte(all[r.IntN(len(all))]), &c); err != nil {
			t.Fatal(err)
		}
		c.NameValidationScheme = model.UTF8Validation
		list = append(list, &c)
	}
	return list
}

// TestLabels shows what is known.
func TestLabels(t *testing.T) {
	l, err := alertpath.OfRule(rule, parser.Options{}, resultlabels.Options{})
	if err != nil {
		t.Fatal(err)
	}
	show := func(l alertpath.Labels) []string {
		return []string{l.Certain().String(), strings.Join(l.Open(), " ")}
	}
	if diff := cmp.Diff([]string{`{alertname="Down", area="shop", severity="warning"}`, "job team zone"}, show(l)); diff != "" || l.Others() {
		t.Errorf("others: %t (-want +got):\n%s", l.Others(), diff)
	}
	l, _ = l.Sent(map[string]string{"cluster": "eu", "severity": "page", "replica": "$(POD_NAME)"}, nil)
	if diff := cmp.Diff([]string{`{alertname="Down", area="shop", cluster="eu", severity="warning"}`, "job replica team zone"}, show(l)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

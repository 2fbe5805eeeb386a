package relabel_test

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/scrapeconfig"
	"github.com/promgate/promgate/validation/servicemonitor"
)

var (
	relabelActions = []string{
		"", "replace", "keep", "drop", "hashmod", "labelmap", "labeldrop", "labelkeep", "lowercase", "uppercase", "keepequal", "dropequal",
		"Replace", "HashMod", "KEEP", "LabelMap", "DropEqual", "repalce", " keep", "remove", "Null", "\u212aeep", "\u0085",
	}
	relabelRegexes = []string{
		"", "(.*)", ".*", "(.+);(.+)", "foo|bar", "a)|(b", "(?i)a", "(?P<n>a)", "^a$", "a{20}", `a\\`, `\.`, `\Qa(\E`, "[[:alpha:]]", "[]a]",
		"1", "0x1", "a: b", "- a", "!!str a", "%", "'", `"`, "\n", "\u0085", "\u2028", "\ufeff", "\x00", "\x7f", "💾", "é", "$(POD_NAME)",
		"(", ")", "a)b((c", "*", "a**", "[", "[b-a]", "[^", "a{1001}", "(a{500}){3}", `\`, `a\\\`, `\1`, `\y`, "(?!a)", "(?<n", "(?P<n>a)(?P<n>b)", `[\`, "(?i", "(null)", "Null",
	}
	relabelLabels = []string{
		"a", "__name__", "a_b", "__address__", "a.b", "größe", "1a", "", " ", "$1", "${1}", "a_$1_b", "a_${1}${2}", "a.$1", "a.${1}", "${1", "$", "$$", "${a.b}",
		"${größe}", "1$1", "$1a.", "null", "~", "a: b", "\u0085", "a\n", "💾", "\x00", "<<",
	}
	relabelTexts = []string{"$1", ";", "", "a", "a.b", "${1}", "$1.x", "1", "null", "~", "\n", "\u0085", "\ufeff", ",", "$", "größe", "<<"}
	moduli       = []int64{0, 0, 0, 1, 8, -1, math.MaxInt64, math.MinInt64}
)

// relabelGenerator makes relabelings of edge values.
type relabelGenerator struct{ *rand.Rand }

func (g relabelGenerator) relabeling() monitoringv1.RelabelConfig {
	c := monitoringv1.RelabelConfig{Action: pick(g, relabelActions[:12])}
	if g.IntN(3) == 0 { // few fields, so that one of them decides
		c.TargetLabel = "a"
		switch g.IntN(3) {
		case 0:
			c.Regex = pick(g, relabelRegexes[:3])
		case 1:
			c.Replacement = g.text()
		default:
			c.Separator = g.text()
		}
		return c
	}
	if g.IntN(6) == 0 {
		c.Action = pick(g, relabelActions)
	}
	if g.IntN(2) == 0 {
		c.Regex = pick(g, relabelRegexes)
	}
	if g.IntN(4) > 0 {
		c.TargetLabel = pick(g, relabelLabels)
	}
	for range g.IntN(3) {
		c.SourceLabels = append(c.SourceLabels, monitoringv1.LabelName(pick(g, relabelLabels[:4+g.IntN(len(relabelLabels)-4)])))
	}
	c.Separator, c.Replacement = g.text(), g.text()
	if g.IntN(3) == 0 {
		c.Modulus = pick(g, moduli)
	}
	return c
}

func (g relabelGenerator) text() *string {
	if g.IntN(3) > 0 {
		return nil
	}
	text := pick(g, relabelTexts)
	return &text
}

func pick[T any](g relabelGenerator, pieces []T) T { return pieces[g.IntN(len(pieces))] }

// monitor puts a relabeling into an object of one of two kinds.
func (g relabelGenerator) monitor(c monitoringv1.RelabelConfig) (validation.Kind, any) {
	list := []monitoringv1.RelabelConfig{c}
	switch g.IntN(3) {
	case 0:
		m := &monitoringv1.ServiceMonitor{}
		m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: "web", RelabelConfigs: list}}
		return servicemonitor.Kind(), m
	case 1:
		m := &monitoringv1.ServiceMonitor{}
		m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: "web", MetricRelabelConfigs: list}}
		return servicemonitor.Kind(), m
	}
	m := &monitoringv1alpha1.ScrapeConfig{}
	m.Spec.RelabelConfigs = list
	if scheme := pick(g, []monitoringv1.NameValidationSchemeOptions{"", "Legacy", "UTF8"}); scheme != "" {
		m.Spec.NameValidationScheme = &scheme
		m.Spec.NameEscapingScheme = new(monitoringv1.UnderscoresNameEscapingScheme) // until 3.6 the scheme needs it
	}
	return scrapeconfig.Kind(), m
}

// snapshotOf returns the snapshot of a Prometheus, or of none.
func snapshotOf(t *testing.T, version string, names monitoringv1.NameValidationSchemeOptions) validation.Snapshot {
	t.Helper()
	if version == "" {
		j, err := judge.Permissive()
		if err != nil {
			t.Fatal(err)
		}
		return j.Snapshot()
	}
	p := &monitoringv1.Prometheus{}
	p.Name, p.Spec.Version, p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = "main", version, "30s", "30s"
	if names != "" {
		p.Spec.NameValidationScheme = &names
	}
	g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	if err != nil {
		t.Fatal(err)
	}
	return judge.New(g, g.Global()).Snapshot()
}

var relabelChecks = map[string]bool{"relabel-regex": true, "relabel-action": true, "relabel-fields": true, "relabel-label": true}

// relabelSamples is the number of samples for each Prometheus. A refused one takes two
// milliseconds, because the judge searches for the field.
const relabelSamples = 200

// TestRelabelAgainstJudge compares the checks with Prometheus' loader in both directions: they
// report something exactly if it refuses the relabeling.
func TestRelabelAgainstJudge(t *testing.T) {
	for i, at := range []struct {
		version string
		names   monitoringv1.NameValidationSchemeOptions
	}{{"", ""}, {"v2.30.0", ""}, {"v2.37.0", ""}, {"v2.45.0", ""}, {"v2.55.0", ""}, {"v3.1.0", ""}, {"v3.5.0", ""}, {"v3.5.0", "Legacy"}, {"v3.7.0", "Legacy"}, {"v3.8.0", "Legacy"}} {
		t.Run(at.version+string(at.names), func(t *testing.T) {
			s := snapshotOf(t, at.version, at.names)
			g := relabelGenerator{rand.New(rand.NewPCG(uint64(i), 7))}
			refused := 0
			for range relabelSamples {
				c := g.relabeling()
				kind, object := g.monitor(c)
				verdict := s.Judge.Object(object)
				if len(verdict.Refused) > 0 {
					refused++
				}
				found := relabelFindings(t, kind, object, s)
				if (len(found) > 0) != (len(verdict.Refused) > 0) && !deniedOnPurpose(c, s, verdict, found) {
					text, _ := json.Marshal(object)
					t.Errorf("%s\njudge: %v\nchecks: %v", text, verdict.Refused, found)
				}
			}
			if refused < relabelSamples/10 || refused > relabelSamples*9/10 {
				t.Errorf("%d of %d relabelings are refused: the values are all valid, or all invalid", refused, relabelSamples)
			}
		})
	}
}

func relabelFindings(t *testing.T, kind validation.Kind, object any, s validation.Snapshot) []validation.Finding {
	t.Helper()
	raw, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	found, err := kind.Run(context.Background(), raw, s, func(c validation.Info) validation.Severity {
		if relabelChecks[c.ID] {
			return c.Severity
		}
		return validation.Off
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// deniedOnPurpose reports whether the checks deny a relabeling that the linked loader accepts: its
// rules about actions and source labels have changed since Prometheus 2.
func deniedOnPurpose(c monitoringv1.RelabelConfig, s validation.Snapshot, verdict validation.Verdict, found []validation.Finding) bool {
	for _, f := range found {
		action := f.Check == "relabel-action" && leavesOut(verdict, f.Path)
		source := f.Check == "relabel-label" && f.Path.LastField() == "sourceLabels" && oldName(c, s)
		if !action && !source {
			return false
		}
	}
	return len(found) > 0
}

// leavesOut reports whether the operator leaves the object out because of the value at a path.
func leavesOut(verdict validation.Verdict, path fieldpath.Path) bool {
	return slices.ContainsFunc(verdict.LeftOut, func(f validation.Finding) bool { return f.Path.Equal(path) })
}

// oldName reports whether the Prometheus cannot read a source label.
func oldName(c monitoringv1.RelabelConfig, s validation.Snapshot) bool {
	for _, l := range c.SourceLabels {
		if !model.LegacyValidation.IsValidLabelName(string(l)) {
			return s.Prometheus.LegacyLabels
		}
	}
	return false
}

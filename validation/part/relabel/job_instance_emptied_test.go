package relabel

import (
	"math/rand/v2"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/validation"
)

// TestJobInstanceEmptied runs random relabelings over random targets. Where the check speaks, a
// target that is left has no job, or no instance before Prometheus sets its default.
func TestJobInstanceEmptied(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 1))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	names := []string{"job", "instance", "a", "__address__"}
	spoke := map[string]int{}
	for range 4000 {
		var list []monitoringv1.RelabelConfig
		for range 1 + r.IntN(4) {
			c := monitoringv1.RelabelConfig{Action: pick([]string{"replace", "replace", "labeldrop", "labelkeep", "labelmap", "keep", "lowercase"})}
			for range r.IntN(3) {
				c.SourceLabels = append(c.SourceLabels, monitoringv1.LabelName(pick(names)))
			}
			switch c.Action {
			case "labeldrop", "labelkeep":
				c.SourceLabels, c.Regex = nil, pick([]string{"job", "instance", "job|a", "inst.*", "a", "__.*", "__.*|job", "__.*|instance"})
			case "labelmap":
				c.SourceLabels, c.Regex = nil, pick([]string{"(a)", "a|(job)", "(.*)"})
				replacement := pick([]string{"job", "instance", "$1", "b"})
				c.Replacement = &replacement
			case "replace":
				c.TargetLabel, c.Regex = pick(names[:3]), pick([]string{"", "a", "(.+)", "(.*)", "|a"})
				replacement := pick([]string{"", "", "$1", "a"})
				c.Replacement = &replacement
			default:
				c.TargetLabel = pick(names[:3])
			}
			list = append(list, c)
		}
		found := JobInstanceEmptied.Run(Relabelings{List: list}, validation.Snapshot{})
		for _, f := range found {
			label := model.JobLabel
			if strings.Contains(f.Problem, "instance") {
				label = model.InstanceLabel
			}
			for range 20 {
				b := labels.NewBuilder(labels.FromStrings("job", pick([]string{"a", "b"}), "instance", pick([]string{"", "a"}), "a", pick([]string{"", "a", "b"}), "__address__", "c"))
				if relabel.ProcessBuilder(b, asPrometheus(t, list)...) && b.Get(label) != "" {
					t.Fatalf("%+v leaves %s, but: %s", list, b.Labels(), f.Problem)
				}
			}
			spoke[label]++
		}
	}
	if spoke[model.JobLabel] < 200 || spoke[model.InstanceLabel] < 200 {
		t.Errorf("the test is empty: %v", spoke)
	}
}

package relabeling_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
)

// TestKnown runs random lists of relabelings with Prometheus' own code: what is said to be certain
// holds for every set of labels that agrees with what is known at the start.
func TestKnown(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	names := []string{"never", "fixed", "either", "free", "other", "nx", "set"}
	values := []string{"", "a", "b", "c", "a;b", ";"}
	start := map[string][]string{"fixed": {"a"}, "either": {"a", "b"}}
	said := map[relabeling.Outcome]int{}
	knownValues := 0
	for range 8000 {
		list := randomRelabelings(r, names)
		k := relabeling.Known{Absent: func(name string) bool { return name == "never" || name == "nx" }, Values: start}
		var samples []*labels.Builder
		for range 12 {
			b := labels.NewBuilder(labels.EmptyLabels())
			b.Set("fixed", "a").Set("either", pick([]string{"a", "b"}))
			for _, name := range []string{"free", "other", "set"} {
				b.Set(name, pick(values))
			}
			samples = append(samples, b)
		}
		for i := range list {
			configs, err := relabeling.Configs(list[i : i+1])
			if err != nil {
				t.Fatal(err)
			}
			outcome := k.Apply(&list[i])
			said[outcome]++
			samples = slices.DeleteFunc(samples, func(b *labels.Builder) bool {
				before := b.Labels()
				keep := relabel.ProcessBuilder(b, configs...)
				if keep && outcome == relabeling.Drops || !keep && outcome == relabeling.Passes {
					t.Fatalf("%+v: outcome %d is wrong for %s", list[:i+1], outcome, before)
				}
				return !keep
			})
			for _, name := range names {
				of, known := k.Of(name)
				if !known {
					if k.AbsentHere(name) {
						t.Fatalf("%+v: %s is absent and not known", list[:i+1], name)
					}
					continue
				}
				knownValues++
				for _, b := range samples {
					if !slices.Contains(of, b.Get(name)) {
						t.Fatalf("%+v: %s is %q, which is not one of %q", list[:i+1], name, b.Get(name), of)
					}
				}
			}
			for _, b := range samples {
				if b.Get("never") != "" && k.NeverSet("never") {
					t.Fatalf("%+v: never was set to %q", list[:i+1], b.Get("never"))
				}
			}
		}
	}
	if said[relabeling.Drops] < 500 || said[relabeling.Passes] < 500 || said[relabeling.Uncertain] < 500 || knownValues < 5000 {
		t.Errorf("the test is empty: %v, %d", said, knownValues)
	}
}

func randomRelabelings(r *rand.Rand, names []string) []monitoringv1.RelabelConfig {
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	actions := []string{"replace", "replace", "keep", "keep", "drop", "keepequal", "dropequal", "labelmap", "labeldrop", "labelkeep", "hashmod", "lowercase", "uppercase"}
	regexes := []string{"", "a", "b", "a|b", "(a|b)", "(.+)", "(.*)", ".*;b", "a;b", "n(.*)", "(fixed|never)", "|a"}
	var list []monitoringv1.RelabelConfig
	for range 1 + r.IntN(4) {
		c := monitoringv1.RelabelConfig{Action: pick(actions)}
		for range r.IntN(3) {
			c.SourceLabels = append(c.SourceLabels, monitoringv1.LabelName(pick(names)))
		}
		switch c.Action {
		case "keepequal", "dropequal", "lowercase", "uppercase":
			c.TargetLabel = pick(names)
		case "labeldrop", "labelkeep":
			c.SourceLabels, c.Regex = nil, pick(regexes)
		default:
			c.TargetLabel, c.Regex = pick(append([]string{"n$1", "$1"}, names...)), pick(regexes)
			if c.Action == "hashmod" {
				c.TargetLabel, c.Modulus = pick(names), 2
			}
			replacement := pick([]string{"", "$1", "a", "b", "n$1", "never", "fixed"})
			if c.Action == "labelmap" && replacement == "" || c.Action == "hashmod" {
				replacement = "$1"
			}
			c.Replacement = &replacement
		}
		list = append(list, c)
	}
	return list
}

// TestKnownLongList: behind more relabelings than anybody writes nothing is certain.
func TestKnownLongList(t *testing.T) {
	k := relabeling.Known{Absent: func(string) bool { return true }}
	for range 201 {
		k.Apply(&monitoringv1.RelabelConfig{Action: "drop", SourceLabels: []monitoringv1.LabelName{"a"}, Regex: "b"})
	}
	if k.AbsentHere("a") || k.NeverSet("a") {
		t.Error("a label is known behind 201 relabelings")
	}
	if got := k.Apply(&monitoringv1.RelabelConfig{Action: "keep", SourceLabels: []monitoringv1.LabelName{"a"}, Regex: "b"}); got != relabeling.Uncertain {
		t.Errorf("outcome %d", got)
	}
}

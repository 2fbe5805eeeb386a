package relabeling

import (
	"math/rand/v2"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
)

// A chance makes random relabelings and labels.
type chance struct{ *rand.Rand }

func (c chance) of(list ...string) string { return list[c.IntN(len(list))] }

var (
	actions = []string{"", "replace", "Keep", "drop", "keepequal", "dropequal", "hashmod", "labelmap", "labelmap", "labeldrop", "LabelKeep", "lowercase", "uppercase"}
	names   = []string{"job", "a", "b", "owner", "__address__", "__scheme__", "__metrics_path__", "__param_target", "__param_x", "xjob", "joby", "a_job"}
)

func (c chance) relabeling() monitoringv1.RelabelConfig {
	r := monitoringv1.RelabelConfig{Action: c.of(actions...)}
	action, _ := ActionOf(&r)
	plain := action != relabel.LabelDrop && action != relabel.LabelKeep
	equal := action == relabel.KeepEqual || action == relabel.DropEqual
	if !equal && c.IntN(2) == 0 {
		r.Regex = c.of("", "job", "a|b", "(.*)", ".*", "(.+)", "__.*", "a)|(b", "a_)|(job", "(x)?job", "(?i)JOB", "[a-z]{1,3}", "__param_(.*)", "()")
	}
	for plain && c.IntN(2) == 0 {
		r.SourceLabels = append(r.SourceLabels, monitoringv1.LabelName(c.of(names...)))
	}
	if action == relabel.Replace || action == relabel.HashMod || action == relabel.Lowercase || action == relabel.Uppercase || equal {
		r.TargetLabel = c.of(names...)
	}
	if action == relabel.Replace {
		r.TargetLabel = c.of(r.TargetLabel, r.TargetLabel, "$1", "jo$1", "x${1}", "__param_$1", "__$1")
	}
	if action == relabel.HashMod {
		r.Modulus = 7
	}
	if (action == relabel.Replace || action == relabel.LabelMap) && c.IntN(3) > 0 {
		replacement := c.of("job", "fixed", "$1", "x$1", "__param_$1", "jo", "__address__")
		r.Replacement = &replacement
	}
	return r
}

func (c chance) labels() labels.Labels {
	b := labels.NewBuilder(labels.EmptyLabels())
	for _, name := range names {
		if c.IntN(2) == 0 {
			b.Set(name, c.of("job", "a", "b", "ab", "JOB", "x"))
		}
	}
	return b.Labels()
}

// TestEffects compares the possible effects of a relabeling with the effects in Prometheus. An
// answer may be broader than the effect, but not narrower, and for most relabelings it is exact.
func TestEffects(t *testing.T) {
	c := chance{rand.New(rand.NewPCG(7, 1))}
	var writes, exact int
	for range 20_000 {
		r := c.relabeling()
		configs, err := Configs([]monitoringv1.RelabelConfig{r})
		if err != nil {
			t.Fatalf("%+v: %v", r, err)
		}
		before := c.labels()
		b := labels.NewBuilder(before)
		kept := relabel.ProcessBuilder(b, configs...)
		after := b.Labels()
		if !kept && !Filters(&r) {
			t.Fatalf("%+v drops %s", r, before)
		}
		action, _ := ActionOf(&r)
		deletes := action == relabel.LabelDrop || action == relabel.LabelKeep
		for _, name := range names {
			changed := before.Get(name) != after.Get(name)
			may := MayWrite(&r, name)
			if changed && !may {
				t.Fatalf("%+v changes %s: %s becomes %s", r, name, before, after)
			}
			if changed && !deletes && !MaySet(&r, name) {
				t.Fatalf("%+v sets %s: %s becomes %s", r, name, before, after)
			}
			if changed && strings.HasPrefix(name, "__") && !MayMove(&r) && name != "__param_x" {
				t.Fatalf("%+v moves a target by %s", r, name)
			}
			if changed && name == "__param_x" && after.Get(name) != "" && !MayMove(&r) {
				t.Fatalf("%+v sets a parameter", r)
			}
			if deletes && before.Has(name) && may != changed {
				t.Fatalf("%+v: MayWrite(%s) is %t, and %s becomes %s", r, name, may, before, after)
			}
			writes += count(changed)
			exact += count(may == changed)
		}
	}
	if writes < 5_000 || exact < 150_000 {
		t.Errorf("the test is empty: %d labels changed, %d answers were exact", writes, exact)
	}
}

// TestMayRead: a label that a relabeling does not read makes no difference to its effects.
func TestMayRead(t *testing.T) {
	c := chance{rand.New(rand.NewPCG(7, 2))}
	differ := 0
	for range 20_000 {
		r, name := c.relabeling(), c.of(names...)
		configs, err := Configs([]monitoringv1.RelabelConfig{r})
		if err != nil {
			t.Fatal(err)
		}
		process := func(value string) (labels.Labels, bool) {
			b := labels.NewBuilder(labels.FromStrings("a", "ab", "owner", "a")).Set(name, value)
			kept := relabel.ProcessBuilder(b, configs...)
			return b.Del(name).Labels(), kept
		}
		one, oneKept := process("a")
		other, otherKept := process("b")
		if oneKept == otherKept && labels.Equal(one, other) {
			continue
		}
		differ++
		if !MayRead(&r, name) {
			t.Fatalf("%+v reads %s: %s and %s", r, name, one, other)
		}
	}
	if differ < 500 {
		t.Errorf("the test is empty: the value made a difference %d times", differ)
	}
}

// TestUncertain: if Prometheus refuses a relabeling, or it is not compiled here, every effect is
// possible.
func TestUncertain(t *testing.T) {
	cases := map[string]struct {
		relabeling            monitoringv1.RelabelConfig
		writes, reads, filter bool
	}{
		"UnknownAction": {monitoringv1.RelabelConfig{Action: "rename"}, true, true, false},
		"NoExpression":  {monitoringv1.RelabelConfig{Action: "labeldrop", Regex: "("}, true, false, false},
		"Long":          {monitoringv1.RelabelConfig{Action: "labelkeep", Regex: "(job|.{300})"}, true, false, false},
		"Short":         {monitoringv1.RelabelConfig{Action: "labelkeep", Regex: "(job|.{3})"}, false, false, false},
		"BreaksOut":     {monitoringv1.RelabelConfig{Action: "labelmap", Regex: "a_)|(b"}, true, true, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := tc.relabeling
			if r.Action == "labelmap" {
				replacement := "x"
				r.Replacement = &replacement
			}
			if got := [3]bool{MayWrite(&r, "job"), MayRead(&r, "job"), Filters(&r)}; got != [3]bool{tc.writes, tc.reads, tc.filter} {
				t.Errorf("got %v", got)
			}
		})
	}
}

package records

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/selection"
)

// naive holds the texts of all rules, and goes through them for each question.
type naive map[string][]naiveRule

type naiveRule struct {
	record string
	uses   []string
	parses bool
}

func (x naive) recording(name string) []string {
	return x.which(func(r naiveRule) bool { return r.record == name })
}

func (x naive) using(name string) []string {
	return x.which(func(r naiveRule) bool { return slices.Contains(r.uses, name) })
}

func (x naive) which(holds func(naiveRule) bool) []string {
	var names []string
	for name, rules := range x {
		if slices.ContainsFunc(rules, holds) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

var universe = []string{"a", "a:b", "job:a:rate5m", "job:b:rate5m", "up"}

// randomRule returns an object with a few rules, and what the naive index holds of it.
func randomRule(r *rand.Rand, name string) (*monitoringv1.PrometheusRule, []naiveRule) {
	rule := &monitoringv1.PrometheusRule{}
	rule.Namespace, rule.Name = "shop", name
	var rules []naiveRule
	for range r.IntN(3) {
		g := monitoringv1.RuleGroup{Name: "g"}
		for range r.IntN(3) {
			var uses []string
			for range r.IntN(3) {
				uses = append(uses, universe[r.IntN(len(universe))])
			}
			text := "vector(1)"
			for _, name := range uses {
				text += [...]string{" + " + name, fmt.Sprintf(" + {__name__=%q}", name), fmt.Sprintf(` + on () sum(rate(%s{a="b"}[5m]))`, name)}[r.IntN(3)]
			}
			parses := true
			switch r.IntN(8) {
			case 0:
				text, uses, parses = text+" +", nil, false
			case 1:
				text += ` + {__name__=~"up"} + {__name__!="up",a="b"}`
			}
			one := monitoringv1.Rule{Alert: "A", Expr: intstr.FromString(text)}
			if r.IntN(2) == 0 {
				one.Alert, one.Record = "", universe[r.IntN(len(universe))]
			}
			g.Rules = append(g.Rules, one)
			rules = append(rules, naiveRule{one.Record, uses, parses})
		}
		rule.Spec.Groups = append(rule.Spec.Groups, g)
	}
	return rule, rules
}

func names(objects []*Object) []string {
	var names []string
	for _, o := range objects {
		names = append(names, o.Name)
	}
	return names
}

// keysOf returns the names of the recording rules, each with whether its expression can be read.
func keysOf(rules []naiveRule) []string {
	var all []string
	for _, r := range rules {
		if r.record != "" {
			all = append(all, fmt.Sprint(r.record, r.parses))
		}
	}
	return all
}

func knownKeys(o *Object) []string {
	var all []string
	for _, r := range o.Records {
		all = append(all, fmt.Sprint(r.Name, r.Expr != 0))
	}
	return all
}

// TestIndexIsNaive compares the index with the naive one, while objects come, change and go.
func TestIndexIsNaive(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 0))
		x, y := NewIndex(parser.Options{}), naive{}
		for step := range 100 {
			name := string(rune('a' + r.IntN(6)))
			ref := selection.Ref{Kind: "PrometheusRule", Namespace: "shop", Name: name}
			rule, rules := randomRule(r, name)
			switch r.IntN(12) {
			case 0, 1, 2:
				x.Delete(ref)
				delete(y, name)
			case 3, 4, 5, 6:
				x.PutWhole(rule)
				y[name] = rules
			case 7:
				x.DeleteAll()
				clear(y)
			default:
				x.Put(Of(rule, parser.Options{}))
				y[name] = rules
			}
			if r.IntN(3) == 0 {
				continue // what is unread may be replaced before somebody asks
			}
			for _, metric := range universe {
				at := fmt.Sprintf("seed %d, step %d, %s", seed, step, metric)
				if diff := cmp.Diff(y.recording(metric), names(x.Recording(metric))); diff != "" {
					t.Fatalf("%s: Recording (-want +got):\n%s", at, diff)
				}
				if r.IntN(3) == 0 {
					continue // what nobody asks stays unread
				}
				if diff := cmp.Diff(y.using(metric), names(x.Using(metric))); diff != "" {
					t.Fatalf("%s: Using (-want +got):\n%s", at, diff)
				}
			}
			for name, rules := range y {
				if diff := cmp.Diff(keysOf(rules), knownKeys(x.Object(selection.Ref{Kind: "PrometheusRule", Namespace: "shop", Name: name}))); diff != "" {
					t.Fatalf("seed %d, step %d: Object %s (-want +got):\n%s", seed, step, name, diff)
				}
			}
		}
		for name := range y {
			x.Delete(selection.Ref{Kind: "PrometheusRule", Namespace: "shop", Name: name})
		}
		if len(x.objects)+len(x.metrics)+len(x.unread)+len(x.partly) > 0 {
			t.Fatalf("seed %d: without objects the index holds %v %v", seed, x.objects, x.metrics)
		}
	}
}

// TestHostile: expressions that are costly to read or to print contribute nothing, and nothing panics.
func TestHostile(t *testing.T) {
	rule := &monitoringv1.PrometheusRule{Spec: monitoringv1.PrometheusRuleSpec{Groups: []monitoringv1.RuleGroup{{Rules: []monitoringv1.Rule{
		{Record: "a:b", Expr: intstr.FromString(strings.Repeat("(", 200_000) + "a" + strings.Repeat(")", 200_000))},
		{Record: "a:c", Expr: intstr.FromString("c" + strings.Repeat("+c", 3_000))},
		{Record: "a:d", Expr: intstr.FromString("\x00{{[")},
		{Record: "a:e", Expr: intstr.FromInt32(1)},
		{},
	}}}}}
	o := Of(rule, parser.Options{})
	if diff := cmp.Diff([]string{"c"}, o.Uses); diff != "" {
		t.Errorf("uses (-want +got):\n%s", diff)
	}
	var known []string
	for _, r := range o.Records {
		if r.Expr != 0 {
			known = append(known, r.Name)
		}
	}
	if diff := cmp.Diff([]string{"a:e"}, known); diff != "" || len(o.Records) != 4 {
		t.Errorf("%d records, known (-want +got):\n%s", len(o.Records), diff)
	}
}

// TestNamesIn: the names that a spec records are read without its expressions.
func TestNamesIn(t *testing.T) {
	for spec, want := range map[string][]string{
		`{"groups":[{"name":"a","rules":[{"record":"a:b","expr":"(("},{"alert":"A"}]},{"rules":[{"record":"a:c","expr":1},{"record":"a:b"}]}]}`: {"a:b", "a:c"},
		`{"groups":"none"}`: nil,
		`{}`:                nil,
		``:                  nil,
	} {
		if diff := cmp.Diff(want, NamesIn([]byte(spec))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", spec, diff)
		}
	}
}

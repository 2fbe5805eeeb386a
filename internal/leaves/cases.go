package main

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// A testCase is an object with one value in one leaf.
type testCase struct {
	Kind  string `json:"kind"`
	Table string `json:"table"` // differs from the kind where each version has its own
	Leaf  string `json:"leaf"`

	// Owner has to name the value. Empty means that the value is an edge value: it may be admitted,
	// or refused by the CRD or by one of Checks.
	Owner  string   `json:"owner,omitempty"`
	Checks []string `json:"checks,omitempty"`
	Warns  bool     `json:"warns,omitempty"` // the check warns and does not deny

	// Fields are the paths at which the owner may report the mistake: the leaf, and neighbours that
	// are involved. Steps lead to the leaf.
	Fields []string `json:"fields"`
	Steps  place    `json:"steps"`

	Object map[string]any `json:"object"`

	sample bool // belongs to the small selection of edge cases
}

// allCases returns the cases of all kinds. A leaf that occurs in several places is tried with all
// edge values in the first place, and with some of them in the others.
func allCases() ([]testCase, error) {
	var all []testCase
	tried := map[string]bool{}
	for _, k := range ownedKinds {
		t, err := tableOf(k)
		if err != nil {
			return nil, err
		}
		for i, l := range leavesOf(k) {
			if len(t.owners[l.path]) == 0 {
				continue
			}
			named, err := t.named(k, l)
			if err != nil {
				return nil, err
			}
			all = append(all, named...)
			first := !tried[t.from[l.path]]
			tried[t.from[l.path]] = true
			all = append(all, t.edges(k, l, i, first)...)
		}
	}
	return all, nil
}

// named returns the values of a leaf that an owner refuses.
func (t *table) named(k kind, l leaf) ([]testCase, error) {
	var cases []testCase
	for _, c := range t.owners[l.path] {
		if c.owner == free || c.owner == guarded {
			continue
		}
		one := t.testCase(k, l, c.value, c.beside)
		one.Owner = c.owner
		if c.at != "" {
			one.Fields = append(one.Fields, c.at)
		}
		if c.owner == checked {
			info, ok := infoOf(c.check)
			if !ok {
				return nil, fmt.Errorf("%s: %s: there is no check %q", k.name, l.path, c.check)
			}
			one.Checks, one.Warns = []string{c.check}, info.Severity == validation.Warn
		}
		cases = append(cases, one)
	}
	return cases, nil
}

// fewEdges is how many edge values are tried if not all are.
const fewEdges = 2

// someEdges is how many edge values are tried for a leaf of a kind whose objects cost more: each is a Prometheus of its own.
const someEdges = 8

// edges returns how many of a number of edge values are tried where a leaf is seen first.
func (k kind) edges(all int) int {
	switch k.name {
	case monitoringv1.PrometheusesKind, monitoringv1alpha1.PrometheusAgentsKind, monitoringv1.ThanosRulerKind, monitoringv1.AlertmanagersKind:
		return min(someEdges, all)
	}
	return all
}

// edges returns the edge values of a leaf: all of them, or a few that depend on the leaf's index.
func (t *table) edges(k kind, l leaf, position int, all bool) []testCase {
	var checks []string
	var isGuarded bool
	for _, c := range t.owners[l.path] {
		if c.owner == checked {
			checks = append(checks, c.check)
		}
		isGuarded = isGuarded || c.owner == guarded
	}
	values := edgeValues(l.sort)
	if isGuarded {
		values = anyOf(usualNumbers)
	}
	n := fewEdges
	if all {
		n = k.edges(len(values))
	}
	var cases []testCase
	for i := range min(n, len(values)) {
		one := t.testCase(k, l, values[(position*fewEdges+i)%len(values)], nil)
		one.Checks, one.sample = checks, i == 0 || all && i < fewEdges
		cases = append(cases, one)
	}
	return cases
}

func (t *table) testCase(k kind, l leaf, value any, beside map[string]any) testCase {
	object, at := t.object(k, l.path, value, beside)
	fields := []string{at.String()}
	for name := range beside {
		fields = append(fields, at.object().String()+"."+name)
	}
	return testCase{Kind: k.name, Table: k.table, Leaf: l.path, Fields: fields, Steps: at, Object: object}
}

func infoOf(id string) (validation.Info, bool) {
	for _, c := range builtin.Checks() {
		if c.ID == id {
			return c, true
		}
	}
	return validation.Info{}, false
}

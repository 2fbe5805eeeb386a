package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/selection"
)

// TestUpgradeCheckPage runs the example of docs/upgrade-check.md. With UPDATE_SCRIPTS it writes what is printed
// into the page.
func TestUpgradeCheckPage(t *testing.T) {
	page, err := filepath.Abs("../../docs/upgrade-check.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	objects := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(text)
	command := regexp.MustCompile("`promgate (upgrade-check .*)` prints").FindSubmatch(text)
	printed := regexp.MustCompile("(?s)```text\n(.*?)```").FindSubmatchIndex(text)
	if objects == nil || command == nil || printed == nil {
		t.Fatal("the page has no example")
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("shop.yaml", objects[1], 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	root := rootCommand()
	root.SetArgs(strings.Fields(string(command[1])))
	root.SetOut(&out)
	if err := root.Execute(); !errors.Is(err, errFindings) {
		t.Errorf("got %v, want findings", err)
	}
	if os.Getenv("UPDATE_SCRIPTS") != "" {
		updated := string(text[:printed[2]]) + out.String() + string(text[printed[3]:])
		if err := os.WriteFile(page, []byte(updated), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(text[printed[2]:printed[3]]), out.String()); diff != "" {
		t.Errorf("the page (-) does not show what is printed (+):\n%s", diff)
	}
}

// TestUpgradeCheckCluster checks the objects of a cluster.
func TestUpgradeCheckCluster(t *testing.T) {
	all := &metav1.LabelSelector{}
	p := &monitoringv1.Prometheus{ObjectMeta: metav1.ObjectMeta{Namespace: "monitoring", Name: "main"}}
	p.Spec.Version, p.Spec.RuleSelector, p.Spec.RuleNamespaceSelector = "v2.55.1", all, all
	p.Spec.EnableFeatures = []monitoringv1.EnableFeature{"remote-write-receiver"}
	rules := &monitoringv1.PrometheusRule{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "rules"}}
	rules.Spec.Groups = []monitoringv1.RuleGroup{{Name: "a", Rules: []monitoringv1.Rule{
		{Record: "a:b", Expr: intstr.FromString("holt_winters(x[5m], 0.5, 0.5)")}, {Record: "a:c", Expr: intstr.FromString("rate(x[1m:1m])")}, {Record: "a:d", Expr: intstr.FromString("up[")},
	}}}
	policy, err := readPolicy("")
	if err != nil {
		t.Fatal(err)
	}
	f := upgradeFlags{to: "3.16"}
	r, err := f.compare(t.Context(), f.auditDoor(policy, []selection.Object{p, rules}))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range r.Findings {
		got = append(got, l.Name+" "+l.Finding.Check+" "+l.Finding.Path.String())
	}
	slices.Sort(got)
	want := []string{
		"main content-type spec.version", "main feature-removed spec.enableFeatures[0]", "main utf8-scraped spec.version",
		"rules expr-version spec.groups[0].rules[0].expr", "rules range-left-open spec.groups[0].rules[1].expr",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if p.Spec.Version != "v2.55.1" {
		t.Error("the object of the cluster was changed")
	}
}

package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const standIn = "standin"

// TestStandIn checks that the loop writes the configuration of a paused Prometheus, and the real
// operator that of another, and that neither changes the objects of the other.
func TestStandIn(t *testing.T) {
	defer noPrometheus(t)
	loopNamespace(t, standIn)
	certificateSecret(t, standIn, "ca")
	startOperator(t, standIn)
	startLoop(t, "--mode", "stand-in")
	paused := strings.Replace(selectsAll, "{replicas: 1,", "{replicas: 1, paused: true,", 1)
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "a", Namespace: standIn}, paused), "create", "-f", "-")
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "b", Namespace: standIn}, selectsAll), "create", "-f", "-")
	kubectl(t, oneOfEach(standIn), "create", "-f", "-")

	t.Run("SideBySide", sideBySide)
	t.Run("SwitchedOver", switchedOver)
	t.Run("RuleGoesAfterASwitch", ruleGoesAfterASwitch)
	t.Run("ManyRules", manyRules)
	t.Run("Deleted", func(t *testing.T) {
		kubectl(t, "", "delete", "prometheus", "a", "--namespace="+standIn)
		eventually(t, "the garbage collector", func(ctx context.Context) error {
			left, err := versions(ctx, standIn, "prometheus-a")
			if err == nil && len(left) > 0 {
				err = fmt.Errorf("not deleted: %v", left)
			}
			return err
		})
	})
}

// sideBySide checks that both follow changes of the objects, each for its own Prometheus.
func sideBySide(t *testing.T) {
	for _, interval := range []string{"10s", "11s", "12s"} {
		kubectl(t, "", "patch", "podmonitor", "pods", "--namespace="+standIn, "--type=json",
			`--patch=[{"op":"replace","path":"/spec/podMetricsEndpoints/0/interval","value":"`+interval+`"}]`)
		for _, name := range []string{"a", "b"} {
			eventually(t, "the new interval for "+name, configContains(standIn, "prometheus-"+name, "scrape_interval: "+interval,
				"serviceMonitor/standin/web/0", "podMonitor/standin/pods/0", "probe/standin/probe", "scrapeConfig/standin/static"))
		}
	}
	eventually(t, "the condition", provenAs(standIn, "a", "Proven"))
	wantWriters(t, "a", "promgate")
	wantWriters(t, "b", "the operator")
	if conditions, _, err := conditionsOf(t.Context(), standIn, "b"); err != nil || conditions["promgate.dev/Proven"].Reason != "" {
		t.Errorf("promgate set a condition on the operator's Prometheus: %+v, %v", conditions, err)
	}
	// The two configurations differ only in the names of the Prometheus objects.
	ours, theirs := mustConfig(t, "a"), mustConfig(t, "b")
	theirs = strings.NewReplacer("standin/b", "standin/a", "prometheus-b-", "prometheus-a-").Replace(theirs)
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("-operator's +promgate's:\n%s", diff)
	}

	// A change of one Prometheus does not change the other's configuration.
	before := mustVersions(t, standIn, "prometheus-b")
	setSpec(t, "a", `{"evaluationInterval":"21s"}`)
	eventually(t, "the new interval", configContains(standIn, "prometheus-a", "evaluation_interval: 21s"))
	wantStill(t, standIn, "prometheus-b", before)
	before = mustVersions(t, standIn, "prometheus-a")
	setSpec(t, "b", `{"evaluationInterval":"21s"}`)
	eventually(t, "the new interval", configContains(standIn, "prometheus-b", "evaluation_interval: 21s"))
	wantStill(t, standIn, "prometheus-a", before)
}

// wantWriters checks who has written the objects that are generated for a Prometheus.
func wantWriters(t *testing.T, name, who string) {
	t.Helper()
	out := kubectl(t, "", "get", "secrets,configmaps", "--namespace="+standIn, "--show-managed-fields",
		`--output=jsonpath={range .items[*]}{.metadata.name}{" "}{.metadata.managedFields[*].manager}{"\n"}{end}`)
	found := 0
	for line := range strings.Lines(out.Stdout) {
		if !strings.HasPrefix(line, "prometheus-"+name) {
			continue
		}
		fields := strings.Fields(line)
		// The loop does not write what the operator starts Prometheus with: it is in the pod
		// already.
		if fields[0] == "prometheus-"+name+"-web-config" || strings.Contains(fields[0], "-thanos-") {
			continue
		}
		found++
		for _, manager := range fields[1:] {
			if (manager == "promgate") != (who == "promgate") {
				t.Errorf("%s should be written by %s: %s", name, who, line)
			}
		}
	}
	if found < 3 {
		t.Errorf("%d outputs for %s", found, name)
	}
}

// switchedOver switches a Prometheus to the loop and back, and checks that the text stays the same
// as long as the objects do.
func switchedOver(t *testing.T) {
	text := mustConfig(t, "a")
	files, _, err := ruleFiles(t.Context(), "prometheus-a")
	if err != nil {
		t.Fatal(err)
	}
	same := func(t *testing.T, when string) {
		t.Helper()
		if diff := cmp.Diff(text, mustConfig(t, "a")); diff != "" {
			t.Errorf("%s:\n%s", when, diff)
		}
		now, n, err := ruleFiles(t.Context(), "prometheus-a")
		if err != nil || n != 1 {
			t.Fatalf("%s: %d ConfigMaps, %v", when, n, err)
		}
		if diff := cmp.Diff(files, now); diff != "" {
			t.Errorf("%s: rules:\n%s", when, diff)
		}
	}
	for range 2 {
		toOperator(t, "a")
		same(t, "the operator has taken over")
		before := mustVersions(t, standIn, "prometheus-a")
		setSpec(t, "a", `{"paused":true}`)
		eventually(t, "the loop to take over", provenAs(standIn, "a", "Proven"))
		same(t, "the loop has taken over")
		// Objects that are already right are not even written.
		wantStill(t, standIn, "prometheus-a", before)
	}

	// The objects change, under either writer.
	toOperator(t, "a")
	setSpec(t, "a", `{"scrapeInterval":"41s"}`)
	eventually(t, "the operator to write", configContains(standIn, "prometheus-a", "scrape_interval: 41s"))
	setSpec(t, "a", `{"paused":true}`)
	eventually(t, "the loop to take over", provenAs(standIn, "a", "Proven"))
	setSpec(t, "a", `{"scrapeInterval":"42s"}`)
	eventually(t, "the loop to write", configContains(standIn, "prometheus-a", "scrape_interval: 42s"))
}

// toOperator hands a Prometheus over, and returns when the operator has reconciled it.
func toOperator(t *testing.T, name string) {
	t.Helper()
	setSpec(t, name, `{"paused":false}`)
	eventually(t, "the operator to take over", trueNow(standIn, name, "Reconciled"))
}

// ruleGoesAfterASwitch checks that the rule file of a deleted rule is removed, although the
// operator wrote it.
func ruleGoesAfterASwitch(t *testing.T) {
	toOperator(t, "a")
	kubectl(t, prometheusRule(metadata{Name: "passing", Namespace: standIn, Labels: map[string]string{"release": "prometheus"}}, "up == 1"), "create", "-f", "-")
	eventually(t, "the operator to write the rule", ruleFileCount("prometheus-a", 2))
	setSpec(t, "a", `{"paused":true}`)
	eventually(t, "the loop to take over", provenAs(standIn, "a", "Proven"))
	kubectl(t, "", "delete", "prometheusrule", "passing", "--namespace="+standIn)
	eventually(t, "the rule to be removed", ruleFileCount("prometheus-a", 1))
}

func ruleFileCount(prefix string, want int) func(context.Context) error {
	return func(ctx context.Context) error {
		files, _, err := ruleFiles(ctx, prefix)
		if err == nil && len(files) != want {
			err = fmt.Errorf("%d rule files", len(files))
		}
		return err
	}
}

// manyRules checks that rules that do not fit into one ConfigMap are spread over several, as by the
// operator, and that ConfigMaps are deleted when they are no longer needed.
func manyRules(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	for i := range 8 {
		m := metadata{Name: fmt.Sprintf("large-%d", i), Namespace: standIn, Labels: map[string]string{"release": "prometheus"}}
		kubectl(t, monitorYAML("PrometheusRule", m, `{groups: [{name: large, rules: [{alert: A, expr: up == 0, annotations: {text: `+long+`}}]}]}`), "create", "-f", "-")
	}
	configMaps := func(name string, want int) func(context.Context) error {
		return func(ctx context.Context) error {
			files, n, err := ruleFiles(ctx, "prometheus-"+name)
			if err == nil && n != want {
				err = fmt.Errorf("%d files in %d ConfigMaps", len(files), n)
			}
			return err
		}
	}
	for _, name := range []string{"a", "b"} {
		eventually(t, "the ConfigMaps of "+name, configMaps(name, 4))
		eventually(t, "all rules for "+name, ruleFileCount("prometheus-"+name, 9))
	}
	wantSameFiles(t)
	eventually(t, "the configuration to look at them", configContains(standIn, "prometheus-a", "prometheus-a-rulefiles-3/"))

	kubectl(t, "", "delete", "prometheusrule", "large-0", "large-1", "large-2", "large-3", "large-4", "large-5", "large-6", "large-7", "--namespace="+standIn)
	for _, name := range []string{"a", "b"} {
		eventually(t, "the ConfigMap of "+name, configMaps(name, 1))
	}
	eventually(t, "the rest to stay", ruleFileCount("prometheus-a", 1))
	wantSameFiles(t)
}

// wantSameFiles checks that each rule file is in the same ConfigMap for both.
func wantSameFiles(t *testing.T) {
	t.Helper()
	places := func(name string) map[string]string {
		found, err := generatedIn(t.Context(), "configmap", standIn, "prometheus-"+name+"-rulefiles-")
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		for configMap, g := range found {
			for file := range g.Data {
				all[file] = strings.TrimPrefix(configMap, "prometheus-"+name)
			}
		}
		return all
	}
	if diff := cmp.Diff(places("b"), places("a")); diff != "" {
		t.Errorf("-operator's +promgate's:\n%s", diff)
	}
}

func setSpec(t *testing.T, name, spec string) {
	t.Helper()
	kubectl(t, "", "patch", "prometheus", name, "--namespace="+standIn, "--type=merge", `--patch={"spec":`+spec+`}`)
}

func mustConfig(t *testing.T, name string) string {
	t.Helper()
	config, err := secretConfig(t.Context(), standIn, "prometheus-"+name)
	if err != nil {
		t.Fatal(err)
	}
	return string(config)
}

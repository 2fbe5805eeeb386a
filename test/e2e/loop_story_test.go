package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/promgate/promgate/test/rig"
)

// The objects of TestLoop. The Prometheus object has no settings for the rig's targets.
const (
	storyNamespace = "loop"
	loopPrometheus = `{
		scrapeInterval: 1s,
		ruleNamespaceSelector: {}, ruleSelector: {matchLabels: {release: loop}},
		serviceMonitorNamespaceSelector: {}, serviceMonitorSelector: {matchLabels: {release: loop}}
	}`
	applicationMonitor = `{
		selector: {matchLabels: {app: spring-actuator-demo}}, namespaceSelector: {any: true},
		endpoints: [{port: web, path: /actuator/prometheus}]
	}`
	targetDown = `{groups: [{name: targets, rules: [{alert: MyTargetDown, expr: up == 0}]}]}`
)

// loop is the state of TestLoop.
type loop struct {
	*rig.Monitoring

	application, node string // a target, as a job and a URL
}

// TestLoop is the whole story with a real Prometheus: every applied object takes effect or is
// named, and Prometheus never refuses a reload.
func TestLoop(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, storyNamespace, nil)
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "main", Namespace: storyNamespace}, loopPrometheus), "create", "-f", "-")
	m, err := rig.StartMonitoring(t.Context(), builder(), cluster.Promgate.Path(), t.TempDir(), cluster.Kubectl, storyNamespace, "main")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Stop)
	t.Cleanup(func() { deleteNamespace(t, rig.TargetNamespace) })
	t.Cleanup(func() {
		if err := rig.RevokeAccess(context.WithoutCancel(t.Context()), cluster.Kubectl, storyNamespace); err != nil {
			t.Error(err)
		}
	})
	l := &loop{
		Monitoring:  m,
		application: "spring-actuator-demo " + m.Application.URL + "/actuator/prometheus",
		node:        "node-exporter " + m.Node.URL + "/metrics",
	}
	// Each step begins in the state that the previous step left.
	l.admitted(t)
	l.past(t)
	l.whileAway(t)
	l.neverRefused(t)
}

func loopObject(kind, name, spec string) string {
	return monitorYAML(kind, metadata{Name: name, Namespace: storyNamespace, Labels: map[string]string{"release": "loop"}}, spec)
}

// admitted writes objects through the webhooks.
func (l *loop) admitted(t *testing.T) {
	t.Helper()
	eventually(t, "promgate to derive the label", func(ctx context.Context) error {
		out, err := cluster.Kubectl.RunWithInput(ctx, monitorYAML("ServiceMonitor", metadata{Name: "application", Namespace: storyNamespace}, applicationMonitor),
			"create", "--dry-run=server", "--output=jsonpath={.metadata.labels.release}", "-f", "-")
		if err == nil && out.Stdout != "loop" {
			err = errors.New("promgate does not know the Prometheus yet")
		}
		return err
	})
	// Without the label release.
	kubectl(t, monitorYAML("ServiceMonitor", metadata{Name: "application", Namespace: storyNamespace}, applicationMonitor), "apply", "-f", "-")
	l.targets(t, "the application to be scraped", map[string]string{l.application: "up"})

	kubectl(t, loopObject("PrometheusRule", "down", targetDown), "apply", "-f", "-")
	l.rules(t, "the alert to be evaluated", "MyTargetDown")
	kubectl(t, "", "delete", "prometheusrule", "down", "--namespace", storyNamespace)
	l.rules(t, "the alert to be gone")

	kubectl(t, loopObject("ServiceMonitor", "node", `{selector: {matchLabels: {app: node-exporter}}, namespaceSelector: {any: true}, endpoints: [{port: metrics}]}`), "apply", "-f", "-")
	l.targets(t, "the node to be scraped", map[string]string{l.application: "up", l.node: "up"})
	kubectl(t, "", "delete", "servicemonitor", "node", "--namespace", storyNamespace)
	l.targets(t, "the node to be gone", map[string]string{l.application: "up"})

	loads := l.loads(t)
	refused(t, loopObject("PrometheusRule", "broken", `{groups: [{name: a, rules: [{alert: A, expr: "sum("}]}]}`), "apply", "-f", "-")
	refused(t, loopObject("ServiceMonitor", "broken", brokenMonitor), "apply", "-f", "-")
	refused(t, loopObject("ServiceMonitor", "twin", applicationMonitor), "apply", "-f", "-")
	if now := l.loads(t); now != loads {
		t.Errorf("Prometheus has reloaded %d times because of refused objects", now-loads)
	}
}

const brokenMonitor = `{selector: {matchLabels: {app: x}}, endpoints: [{port: web, relabelings: [{regex: "(", targetLabel: a}]}]}`

// past writes objects that bypass the webhooks: the loop leaves them out, and reports them.
func (l *loop) past(t *testing.T) {
	t.Helper()
	withoutWebhooks(t, func() {
		kubectl(t, loopObject("PrometheusRule", "broken", `{groups: [{name: a, rules: [{alert: A, expr: "sum("}]}]}`), "apply", "-f", "-")
		kubectl(t, loopObject("ServiceMonitor", "broken", brokenMonitor), "apply", "-f", "-")
		kubectl(t, loopObject("ServiceMonitor", "twin", applicationMonitor), "apply", "-f", "-")
	})
	for _, name := range []string{"prometheusrule/broken", "servicemonitor/broken", "servicemonitor/twin"} {
		eventually(t, "an Event on "+name, eventOn(name, "LeftOut"))
	}
	l.targets(t, "nothing to change", map[string]string{l.application: "up"})
	// Valid objects beside them are still included.
	kubectl(t, loopObject("PrometheusRule", "down", targetDown), "apply", "-f", "-")
	l.rules(t, "the alert to be evaluated", "MyTargetDown")
	condition := kubectl(t, "", "get", "prometheus", "main", "--namespace", storyNamespace, `--output=jsonpath={.status.conditions[?(@.type=="promgate.dev/Proven")].message}`).Stdout
	wantContains(t, condition, "PrometheusRule loop/broken", "ServiceMonitor loop/broken", "ServiceMonitor loop/twin")
	// The monitor that was left out is included when its rival is deleted.
	kubectl(t, "", "delete", "servicemonitor", "application", "--namespace", storyNamespace)
	eventually(t, "an Event on the twin", eventOn("servicemonitor/twin", "TakenIn"))
	l.targets(t, "the twin to be scraped", map[string]string{l.application: "up"})
}

// whileAway writes objects while promgate does not run at all.
func (l *loop) whileAway(t *testing.T) {
	t.Helper()
	l.Loop.Stop()
	withoutWebhooks(t, func() {
		kubectl(t, loopObject("PrometheusRule", "down", `{groups: [{name: targets, rules: [{alert: MyTargetDown, expr: "up ==="}]}]}`), "apply", "-f", "-")
		kubectl(t, loopObject("ServiceMonitor", "away", brokenMonitor), "apply", "-f", "-")
		kubectl(t, loopObject("ServiceMonitor", "node", `{selector: {matchLabels: {app: node-exporter}}, namespaceSelector: {any: true}, endpoints: [{port: metrics}]}`), "apply", "-f", "-")
	})
	if err := l.StartLoop(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "an Event on the broken monitor", eventOn("servicemonitor/away", "LeftOut"))
	eventually(t, "an Event on the rule that was valid", eventOn("prometheusrule/down", "LeftOut"))
	l.targets(t, "the node to be scraped", map[string]string{l.application: "up", l.node: "up"})
	l.rules(t, "the broken alert to be gone")
}

// neverRefused checks that every reload succeeded.
func (l *loop) neverRefused(t *testing.T) {
	t.Helper()
	log, err := os.ReadFile(l.Prometheus.LogFile)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(log)) {
		// Discovery may be a moment behind a reload that removed a job.
		behind := strings.Contains(line, "error reloading target set")
		if strings.Contains(line, `"level":"ERROR"`) && !behind {
			t.Errorf("Prometheus: %s", line)
		}
	}
	if l.loads(t) < 5 {
		t.Error("Prometheus has loaded too few configurations")
	}
}

func (l *loop) targets(t *testing.T, what string, want map[string]string) {
	t.Helper()
	eventually(t, what, inHealth(l.Prometheus, want))
}

func (l *loop) rules(t *testing.T, what string, want ...string) {
	t.Helper()
	eventually(t, what, func(ctx context.Context) error {
		rules, err := l.Prometheus.Rules(ctx)
		if err != nil {
			return err
		}
		var names []string
		for _, r := range rules {
			names = append(names, r.Name)
		}
		if !slices.Equal(names, want) {
			return fmt.Errorf("the rules are %v", names)
		}
		return nil
	})
}

func (l *loop) loads(t *testing.T) int {
	t.Helper()
	n, err := l.Prometheus.Loads()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// withoutWebhooks runs a function while promgate's webhooks are not registered.
func withoutWebhooks(t *testing.T, do func()) {
	t.Helper()
	if err := cluster.UnregisterWebhooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	do()
	if err := cluster.RegisterWebhooks(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// eventOn returns a condition that holds if there is an Event on an object of TestLoop.
func eventOn(object, reason string) func(context.Context) error {
	kind, name, _ := strings.Cut(object, "/")
	return func(ctx context.Context) error {
		out, err := cluster.Kubectl.Run(ctx, "get", "events", "--namespace", storyNamespace, "--output=jsonpath={range .items[*]}{.involvedObject.kind}/{.involvedObject.name} {.reason}{'\\n'}{end}")
		if err == nil && !strings.Contains(strings.ToLower(out.Stdout), strings.ToLower(kind+"/"+name+" "+reason)) {
			err = fmt.Errorf("the Events are:\n%s", out.Stdout)
		}
		return err
	}
}

package e2e

import (
	"strconv"
	"strings"
	"testing"
)

// TestLabelsAmbiguous checks that an object that two Prometheus objects could select stays
// unchanged, and that a warning names both, because only the author of the object can choose.
func TestLabelsAmbiguous(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, "ambiguous", nil)
	for _, name := range []string{"x", "z"} {
		kubectl(t, monitorYAML("Prometheus", metadata{Name: name, Namespace: "ambiguous"}, strings.ReplaceAll(asking, "release: x", "release: "+name)), "create", "-f", "-")
	}
	const both = "no Prometheus selects it: ambiguous/x needs the label release=x; ambiguous/z needs the label release=z"
	for kind, manifest := range labelledKinds {
		t.Run(kind, func(t *testing.T) {
			o := labelledObject{kind: kind, namespace: "ambiguous", manifest: manifest}
			m := o.named("undecided")
			eventually(t, "no label, because two would do", labelled(manifest(m, "0"), nil))
			out := kubectl(t, manifest(m, "0"), "apply", "-f", "-")
			wantContains(t, out.Stderr, both)
			o.want(t, m, nil)
			out = kubectl(t, manifest(m, "1"), "apply", "-f", "-")
			wantContains(t, out.Stderr, both)
			o.want(t, m, nil)

			// Once a Prometheus is chosen, a write that drops the label does not change the choice.
			kubectl(t, "", "label", kind, m.Name, "release=z", "--namespace=ambiguous")
			out = kubectl(t, manifest(m, "1"), "replace", "-f", "-")
			wantContains(t, out.Stderr, "put back release=z")
			o.want(t, m, map[string]string{"release": "z"})
		})
	}

	// If all Prometheus objects require the same label, the choice is clear.
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "z", Namespace: "ambiguous"}, asking), "replace", "-f", "-")
	for kind, manifest := range labelledKinds {
		eventually(t, "one label for a "+kind+", because two require the same", labelled(manifest(metadata{Name: "decided", Namespace: "ambiguous"}, "0"), releaseX))
	}
}

// TestLabelsOfTheUser checks that a label that an object has is never changed, and that a warning
// names the label if it keeps the object from being selected.
func TestLabelsOfTheUser(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, "other-value", nil)
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "main", Namespace: "other-value"}, asking), "create", "-f", "-")
	for kind, manifest := range labelledKinds {
		t.Run(kind, func(t *testing.T) {
			o := labelledObject{kind: kind, namespace: "other-value", manifest: manifest}
			eventually(t, "promgate to know the Prometheus", labelled(manifest(o.named("new"), "0"), releaseX))
			for _, value := range []string{"blue", ""} {
				m := o.named("mine-" + value + "x")
				m.Labels = map[string]string{"release": value}
				for i, args := range [][]string{{"create", "-f", "-"}, {"apply", "--server-side", "--force-conflicts", "-f", "-"}, {"replace", "-f", "-"}} {
					out := kubectl(t, manifest(m, strconv.Itoa(i)), args...)
					wantContains(t, out.Stderr, "other-value/main needs the label release to be x [not-selected]")
					wantLabels(t, kind, "other-value", m.Name, m.Labels)
				}
			}

			// The user may change the value that promgate added.
			m := o.named("changed")
			kubectl(t, manifest(m, "0"), "apply", "--server-side", "-f", "-")
			m.Labels = map[string]string{"release": "blue"}
			out := kubectl(t, manifest(m, "0"), "apply", "--server-side", "-f", "-")
			wantContains(t, out.Stderr, "needs the label release to be x [not-selected]")
			o.want(t, m, m.Labels, "kubectl")
			// The object was not selected before this update, so the label is not added again.
			m.Labels = nil
			out = kubectl(t, manifest(m, "0"), "apply", "--server-side", "-f", "-")
			wantContains(t, out.Stderr, "needs the label release=x [not-selected]")
			o.want(t, m, nil)
		})
	}
}

// TestLabelsByWhoTakesTheKind checks that only instances that select objects of a kind affect its
// labels: an agent selects no rules, and a ruler only rules.
func TestLabelsByWhoTakesTheKind(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, "takes", nil)
	rule, monitor := labelledKinds["PrometheusRule"], labelledKinds["ServiceMonitor"]
	m := metadata{Name: "new", Namespace: "takes"}

	agent := monitorYAML("PrometheusAgent", metadata{Name: "agent", Namespace: "takes"}, `{serviceMonitorSelector: {matchLabels: {release: of-agent}}}`)
	agent = strings.Replace(agent, "monitoring.coreos.com/v1\n", "monitoring.coreos.com/v1alpha1\n", 1)
	kubectl(t, agent, "create", "-f", "-")
	eventually(t, "the label of the agent", labelled(monitor(m, "0"), map[string]string{"release": "of-agent"}))
	// No instance selects rules, so that they get the labels of the configuration.
	eventually(t, "the labels of the configuration", labelled(rule(m, "0"), ruleLabels))

	kubectl(t, monitorYAML("ThanosRuler", metadata{Name: "ruler", Namespace: "takes"},
		`{queryEndpoints: [query.example], ruleSelector: {matchLabels: {release: of-ruler}}}`), "create", "-f", "-")
	eventually(t, "the label of the ruler", labelled(rule(m, "0"), map[string]string{"release": "of-ruler"}))
	eventually(t, "the label of the agent, still", labelled(monitor(m, "0"), map[string]string{"release": "of-agent"}))

	for kind, want := range map[string]string{"PrometheusRule": "of-ruler", "ServiceMonitor": "of-agent"} {
		t.Run(kind, func(t *testing.T) {
			o := labelledObject{kind: kind, namespace: "takes", manifest: labelledKinds[kind]}
			o.quietly(t, o.manifest(m, "0"), "apply", "--server-side", "-f", "-")
			o.want(t, m, map[string]string{"release": want})
			out := kubectl(t, o.manifest(m, "1"), "replace", "-f", "-")
			wantContains(t, out.Stderr, "put back release="+want)
			o.want(t, m, map[string]string{"release": want})
		})
	}

	// A Prometheus requires other labels of both kinds.
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "main", Namespace: "takes"}, asking), "create", "-f", "-")
	m.Name = "third"
	eventually(t, "no label, because the agent requires another", labelled(monitor(m, "0"), nil))
	eventually(t, "no label, because the ruler requires another", labelled(rule(m, "0"), nil))
	out := kubectl(t, rule(m, "0"), "create", "-f", "-")
	wantContains(t, out.Stderr, "takes/main needs the label release=x; takes/ruler needs the label release=of-ruler")
	out = kubectl(t, monitor(m, "0"), "create", "-f", "-")
	wantContains(t, out.Stderr, "takes/agent needs the label release=of-agent; takes/main needs the label release=x")
}

package e2e

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// asking is a Prometheus that selects both kinds of objects in its own namespace, if they have a
// label.
const asking = `{ruleSelector: {matchLabels: {release: x}}, serviceMonitorSelector: {matchLabels: {release: x}}}`

var releaseX = map[string]string{"release": "x"}

// labelledKinds are objects of the kinds that get labels. Each change is another version of the
// same object.
var labelledKinds = map[string]func(m metadata, change string) string{
	"PrometheusRule": func(m metadata, change string) string { return prometheusRule(m, "up == "+change) },
	"ServiceMonitor": func(m metadata, change string) string {
		return monitorYAML("ServiceMonitor", m, `{selector: {matchLabels: {app: `+m.Name+`}}, endpoints: [{port: web, interval: 1`+change+`s}]}`)
	},
}

// TestLabelsSurvive checks that a label that promgate added has no field manager, however the
// object was created and is written later. Every kind of apply keeps the label, and promgate adds
// it again when a write drops it.
func TestLabelsSurvive(t *testing.T) {
	for kind, manifest := range labelledKinds {
		t.Run(kind, func(t *testing.T) {
			defer noPrometheus(t)
			namespace := "survive-" + strings.ToLower(kind)
			newNamespace(t, namespace, nil)
			kubectl(t, monitorYAML("Prometheus", metadata{Name: "main", Namespace: namespace}, asking), "create", "-f", "-")
			eventually(t, "the label that the Prometheus requires", labelled(manifest(metadata{Name: "new", Namespace: namespace}, "0"), releaseX))
			o := labelledObject{kind: kind, namespace: namespace, manifest: manifest}
			t.Run("ServerSide", o.serverSide)
			t.Run("ClientSide", o.clientSide)
			t.Run("FromClientToServerAndBack", o.moved)
			t.Run("Replace", o.replaced)
			t.Run("LabelCommand", o.unlabelled)
			t.Run("OwnedThenDropped", o.disowned)
			t.Run("Dormant", o.dormant)
		})
	}
}

// labelledObject is an object of one kind, and the operations on it.
type labelledObject struct {
	kind, namespace string
	manifest        func(m metadata, change string) string
}

func (o labelledObject) named(name string) metadata {
	return metadata{Name: name, Namespace: o.namespace}
}

var serverSide = []string{"apply", "--server-side", "-f", "-"}

func (o labelledObject) serverSide(t *testing.T) {
	m := o.named("server")
	o.quietly(t, o.manifest(m, "0"), serverSide...)
	o.want(t, m, releaseX)
	for _, change := range []string{"0", "1"} { // the same again, and a change
		o.quietly(t, o.manifest(m, change), serverSide...)
		o.want(t, m, releaseX)
	}
	o.quietly(t, o.manifest(m, "1"), "diff", "--server-side", "-f", "-") // diff fails if there is a difference
	// No manager owns the label, so that another manager can own it without a conflict.
	mine := m
	mine.Labels = releaseX
	o.quietly(t, o.manifest(mine, "1"), "apply", "--server-side", "--field-manager=other", "-f", "-")
	o.want(t, m, releaseX, "other")
	o.quietly(t, o.manifest(m, "1"), serverSide...)
	o.want(t, m, releaseX, "other")
}

func (o labelledObject) clientSide(t *testing.T) {
	m := o.named("client")
	for _, change := range []string{"0", "0", "1"} {
		o.quietly(t, o.manifest(m, change), "apply", "-f", "-")
		o.want(t, m, releaseX)
		o.quietly(t, o.manifest(m, change), "diff", "-f", "-")
	}
}

func (o labelledObject) moved(t *testing.T) {
	m := o.named("moved")
	o.quietly(t, o.manifest(m, "0"), "apply", "-f", "-")
	for _, change := range []string{"0", "1"} {
		o.quietly(t, o.manifest(m, change), serverSide...)
		o.want(t, m, releaseX)
	}
	for _, change := range []string{"1", "2"} {
		o.quietly(t, o.manifest(m, change), "apply", "-f", "-")
		o.want(t, m, releaseX)
	}
	o.quietly(t, o.manifest(m, "3"), serverSide...)
	o.want(t, m, releaseX)
}

// replaced: a controller that writes the whole object drops the label each time.
func (o labelledObject) replaced(t *testing.T) {
	m := o.named("replaced")
	kubectl(t, o.manifest(m, "0"), "create", "-f", "-")
	o.want(t, m, releaseX)
	for _, change := range []string{"0", "1"} {
		out := kubectl(t, o.manifest(m, change), "replace", "-f", "-")
		wantContains(t, out.Stderr, "Warning: put back release=x", "annotate the object with promgate.dev/default-labels=false")
		o.want(t, m, releaseX)
	}
}

func (o labelledObject) unlabelled(t *testing.T) {
	m := o.named("unlabelled")
	kubectl(t, o.manifest(m, "0"), "create", "-f", "-")
	out := kubectl(t, "", "label", o.kind, m.Name, "release-", "--namespace", o.namespace)
	wantContains(t, out.Stderr, "Warning: put back release=x", "annotate the object with promgate.dev/default-labels=false")
	o.want(t, m, releaseX)

	kubectl(t, "", "annotate", o.kind, m.Name, "promgate.dev/default-labels=false", "--namespace", o.namespace)
	o.want(t, m, releaseX)
	out = kubectl(t, "", "label", o.kind, m.Name, "release-", "--namespace", o.namespace)
	wantContains(t, out.Stderr, "needs the label release=x [not-selected]")
	if strings.Contains(out.Stderr, "put back") {
		t.Errorf("a warning in spite of the opt-out: %s", out.Stderr)
	}
	o.want(t, m, nil)
	// The label stays off, also after the annotation is removed: no Prometheus selected the object
	// before the update.
	kubectl(t, "", "annotate", o.kind, m.Name, "promgate.dev/default-labels-", "--namespace", o.namespace)
	o.want(t, m, nil)
}

// disowned: the label was in the manifest, and is removed from it.
func (o labelledObject) disowned(t *testing.T) {
	for name, apply := range map[string][]string{"owned-server": serverSide, "owned-client": {"apply", "-f", "-"}} {
		m := o.named(name)
		bare := o.manifest(m, "0")
		m.Labels = map[string]string{"release": "x", "team": "shop"}
		owner := map[string]string{"owned-server": "kubectl", "owned-client": "kubectl-client-side-apply"}[name]
		o.quietly(t, o.manifest(m, "0"), apply...)
		o.want(t, m, m.Labels, owner)
		out := kubectl(t, bare, apply...)
		wantContains(t, out.Stderr, "Warning: put back release=x")
		o.want(t, m, releaseX)
	}
}

// dormant: an update of any kind does not add labels to an object that no Prometheus selected.
func (o labelledObject) dormant(t *testing.T) {
	m := o.named("dormant")
	m.Annotations = map[string]string{"promgate.dev/default-labels": "false"}
	kubectl(t, o.manifest(m, "0"), "apply", "-f", "-")
	o.want(t, m, nil)
	m.Annotations = nil
	for _, args := range [][]string{{"apply", "-f", "-"}, {"replace", "-f", "-"}, {"apply", "--server-side", "--force-conflicts", "-f", "-"}} {
		out := kubectl(t, o.manifest(m, "1"), args...)
		if strings.Contains(out.Stderr, "put back") {
			t.Errorf("kubectl %s: %s", args[0], out.Stderr)
		}
		o.want(t, m, nil)
	}
	kubectl(t, "", "label", o.kind, m.Name, "team=shop", "--namespace", o.namespace)
	o.want(t, m, map[string]string{"team": "shop"})
}

// quietly runs a command that must not cause a warning of promgate.
func (o labelledObject) quietly(t *testing.T, input string, args ...string) {
	t.Helper()
	out := kubectl(t, input, args...)
	for _, line := range warnings(out) {
		if strings.Contains(line, "put back") || strings.Contains(line, "[") {
			t.Errorf("kubectl %s: %s", strings.Join(args, " "), line)
		}
	}
}

// want checks the labels, and that the managers own the label release.
func (o labelledObject) want(t *testing.T, m metadata, want map[string]string, managers ...string) {
	t.Helper()
	wantLabels(t, o.kind, o.namespace, m.Name, want)
	if got := owners(t, o.kind, o.namespace, m.Name, "release"); !slices.Equal(got, managers) {
		t.Errorf("%s %s: the label release is owned by %q, not by %q", o.kind, m.Name, got, managers)
	}
}

// owners returns the field managers of a label, sorted.
func owners(t *testing.T, kind, namespace, name, label string) []string {
	t.Helper()
	out := kubectl(t, "", "get", kind, name, "--namespace", namespace, "--output=json", "--show-managed-fields")
	var object struct {
		Metadata struct {
			ManagedFields []struct {
				Manager  string `json:"manager"`
				FieldsV1 struct {
					Metadata struct {
						Labels map[string]any `json:"f:labels"`
					} `json:"f:metadata"`
				} `json:"fieldsV1"`
			} `json:"managedFields"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal([]byte(out.Stdout), &object); err != nil {
		t.Fatal(err)
	}
	if len(object.Metadata.ManagedFields) == 0 {
		t.Fatalf("%s %s has no managed fields", kind, name)
	}
	found := map[string]bool{}
	for _, managed := range object.Metadata.ManagedFields {
		if _, owns := managed.FieldsV1.Metadata.Labels["f:"+label]; owns {
			found[managed.Manager] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

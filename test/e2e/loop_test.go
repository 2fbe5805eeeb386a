package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/test/rig"
)

// startLoop starts promgate reconcile, with the permissions of its manifests. A test may stop the
// loop itself: a second stop does nothing.
func startLoop(t *testing.T, args ...string) *rig.Loop {
	t.Helper()
	l, err := rig.StartLoop(t.Context(), cluster.Promgate.Path(), root, t.TempDir(), cluster.Kubectl, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		l.Stop()
		if t.Failed() {
			t.Logf("promgate reconcile %s:\n%s", strings.Join(args, " "), readFile(t, l.LogFile))
		}
	})
	return l
}

// startOperator starts the real operator, which watches only one namespace.
func startOperator(t *testing.T, namespace string) *rig.Server {
	t.Helper()
	path, err := builder().Operator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	operator, err := rig.StartOperator(t.Context(), path, t.TempDir(), cluster.Kubectl, "--namespaces="+namespace)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(operator.Stop)
	return operator
}

// loopNamespace creates the namespace of a test of the loop. Its objects have to be deleted before
// the next test begins, because nothing may select anything there.
func loopNamespace(t *testing.T, name string) {
	t.Helper()
	newNamespace(t, name, nil)
	t.Cleanup(func() {
		deleteNamespace(t, name)
		_, err := cluster.Kubectl.Run(context.WithoutCancel(t.Context()), "delete", "prometheuses,prometheusagents", "--all", "--namespace="+name)
		if err != nil {
			t.Error(err)
		}
	})
}

// certificateSecret creates a Secret with a real CA.
func certificateSecret(t *testing.T, namespace, name string) {
	t.Helper()
	var ca string
	eventually(t, "the CA of the cluster", func(ctx context.Context) error {
		out, err := cluster.Kubectl.Run(ctx, "get", "configmap", "kube-root-ca.crt", "--namespace="+namespace, `--output=jsonpath={.data.ca\.crt}`)
		ca = out.Stdout
		return err
	})
	kubectl(t, secretYAML(t, namespace, name, map[string]string{"ca.crt": ca}), "apply", "-f", "-")
}

func secretYAML(t *testing.T, namespace, name string, data map[string]string) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": metadata{Namespace: namespace, Name: name}, "stringData": data,
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// generated is a Secret or a ConfigMap that the loop or the operator writes.
type generated struct {
	Metadata struct {
		Name            string            `json:"name"`
		Labels          map[string]string `json:"labels"`
		ResourceVersion string            `json:"resourceVersion"`
		OwnerReferences []owner           `json:"ownerReferences"`
	} `json:"metadata"`
	Data       map[string]string `json:"data"`
	BinaryData map[string]string `json:"binaryData"`
}

type owner struct {
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	UID        string `json:"uid"`
	Controller bool   `json:"controller"`
}

// generatedIn returns all objects of a kind whose names begin with a prefix, by name.
func generatedIn(ctx context.Context, kind, namespace, prefix string) (map[string]generated, error) {
	out, err := cluster.Kubectl.Run(ctx, "get", kind, "--namespace="+namespace, "--output=json")
	if err != nil {
		return nil, err
	}
	var list struct {
		Items []generated `json:"items"`
	}
	if err := json.Unmarshal([]byte(out.Stdout), &list); err != nil {
		return nil, err
	}
	all := map[string]generated{}
	for _, item := range list.Items {
		if strings.HasPrefix(item.Metadata.Name, prefix) {
			all[item.Metadata.Name] = item
		}
	}
	return all, nil
}

// versions returns the resource versions of all objects that are generated under a prefix. They do
// not change unless one of the objects is written.
func versions(ctx context.Context, namespace, prefix string) (map[string]string, error) {
	all := map[string]string{}
	for _, kind := range []string{"secret", "configmap"} {
		found, err := generatedIn(ctx, kind, namespace, prefix)
		if err != nil {
			return nil, err
		}
		for name, g := range found {
			all[kind+" "+name] = g.Metadata.ResourceVersion
		}
	}
	return all, nil
}

func mustVersions(t *testing.T, namespace, prefix string) map[string]string {
	t.Helper()
	all, err := versions(t.Context(), namespace, prefix)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatalf("nothing is generated in %s under %s", namespace, prefix)
	}
	return all
}

// wantStill checks that none of the objects that are generated under a prefix was written since.
func wantStill(t *testing.T, namespace, prefix string, before map[string]string) {
	t.Helper()
	if diff := cmp.Diff(before, mustVersions(t, namespace, prefix)); diff != "" {
		t.Errorf("objects of %s in %s were written (-before +now):\n%s", prefix, namespace, diff)
	}
}

// configContains returns a condition that holds if the configuration in a Secret contains some
// parts, and does not contain the parts that begin with an exclamation mark.
func configContains(namespace, secret string, parts ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		config, err := secretConfig(ctx, namespace, secret)
		if err != nil {
			return err
		}
		for _, part := range parts {
			absent := strings.HasPrefix(part, "!")
			if strings.Contains(string(config), strings.TrimPrefix(part, "!")) == absent {
				return fmt.Errorf("%q is not as expected in:\n%s", part, config)
			}
		}
		return nil
	}
}

// ruleFiles returns the rule files in all ConfigMaps of a Prometheus of TestStandIn, by name.
func ruleFiles(ctx context.Context, prefix string) (files map[string]string, configMaps int, err error) {
	found, err := generatedIn(ctx, "configmap", standIn, prefix+"-rulefiles-")
	files = map[string]string{}
	for _, c := range found {
		maps.Copy(files, c.Data)
	}
	return files, len(found), err
}

// condition is a condition of a Prometheus object.
type condition struct {
	Type               string `json:"type"`
	Status             string `json:"status"`
	Reason             string `json:"reason"`
	Message            string `json:"message"`
	ObservedGeneration int64  `json:"observedGeneration"`
}

// conditionsOf returns the conditions of a Prometheus object by type, and its generation.
func conditionsOf(ctx context.Context, namespace, name string) (map[string]condition, int64, error) {
	out, err := cluster.Kubectl.Run(ctx, "get", "prometheus", name, "--namespace="+namespace, "--output=json")
	if err != nil {
		return nil, 0, err
	}
	var object struct {
		Metadata struct {
			Generation int64 `json:"generation"`
		} `json:"metadata"`
		Status struct {
			Conditions []condition `json:"conditions"`
		} `json:"status"`
	}
	if err := json.Unmarshal([]byte(out.Stdout), &object); err != nil {
		return nil, 0, err
	}
	all := map[string]condition{}
	for _, c := range object.Status.Conditions {
		all[c.Type] = c
	}
	return all, object.Metadata.Generation, nil
}

// provenAs returns a condition that holds if promgate's condition has a reason and the object's
// generation.
func provenAs(namespace, name, reason string) func(context.Context) error {
	return func(ctx context.Context) error {
		all, generation, err := conditionsOf(ctx, namespace, name)
		if err != nil {
			return err
		}
		if c := all["promgate.dev/Proven"]; c.Reason != reason || c.ObservedGeneration != generation {
			return fmt.Errorf("the condition of generation %d is %+v", generation, c)
		}
		return nil
	}
}

// trueNow returns a condition that holds if a condition is true for the object's current
// generation.
func trueNow(namespace, name, condition string) func(context.Context) error {
	return func(ctx context.Context) error {
		all, generation, err := conditionsOf(ctx, namespace, name)
		if err != nil {
			return err
		}
		if c := all[condition]; c.Status != "True" || c.ObservedGeneration != generation {
			return fmt.Errorf("of generation %d: %+v", generation, c)
		}
		return nil
	}
}

// toldOf returns a condition that holds if an object has an Event with a reason and some words.
func toldOf(namespace, kind, name, reason, words string) func(context.Context) error {
	return func(ctx context.Context) error {
		out, err := cluster.Kubectl.Run(ctx, "get", "events.v1.events.k8s.io", "--namespace="+namespace, "--output=json")
		if err != nil {
			return err
		}
		var list struct {
			Items []struct {
				Reason    string `json:"reason"`
				Note      string `json:"note"`
				Regarding struct {
					Kind string `json:"kind"`
					Name string `json:"name"`
				} `json:"regarding"`
			} `json:"items"`
		}
		if err := json.Unmarshal([]byte(out.Stdout), &list); err != nil {
			return err
		}
		for _, e := range list.Items {
			if e.Reason == reason && e.Regarding.Kind == kind && e.Regarding.Name == name && strings.Contains(e.Note, words) {
				return nil
			}
		}
		return fmt.Errorf("no Event %s on %s %s with %q: %+v", reason, kind, name, words, list.Items)
	}
}

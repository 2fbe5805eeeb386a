package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/promgate/promgate/test/rig"
)

// userChart is the chart of somebody who knows nothing of promgate.
var userChart = filepath.Join("testdata", "user-chart")

// chart returns the directory of promgate's chart.
func chart() string { return filepath.Join(root, "manifests", "chart") }

// chartValues: everything is on, and only namespaces with the label helm-test are sent to a release.
const chartValues = `{
	"serve": {"extraArgs": ["--ca-settle=1s"]}, "reconcile": {"enabled": true}, "audit": {"enabled": true},
	"monitoring": {"monitors": {"enabled": true}, "rules": {"enabled": true}, "dashboard": {"enabled": true}},
	"webhooks": {
		"validate": {"namespaceSelector": [{"key": "helm-test", "operator": "Exists"}]},
		"mutate": {"namespaceSelector": [{"key": "helm-test", "operator": "Exists"}]}
	}
}`

func valuesFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(path, []byte(chartValues), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// eachHelm runs a test with each version of Helm against the cluster.
func eachHelm(t *testing.T, test func(t *testing.T, helm func(...string) rig.Output, major int)) {
	t.Helper()
	for _, major := range rig.HelmVersions {
		t.Run(fmt.Sprintf("Helm%d", major), func(t *testing.T) {
			path, err := builder().Helm(t.Context(), major)
			if err != nil {
				t.Fatal(err)
			}
			h := rig.Helm{Path: path, Kubeconfig: cluster.Kubectl.Kubeconfig, Dir: t.TempDir()}
			test(t, func(args ...string) rig.Output {
				t.Helper()
				out, err := h.Run(t.Context(), args...)
				if err != nil {
					t.Fatal(err)
				}
				return out
			}, major)
		})
	}
}

// TestHelm installs two releases with the same name in two namespaces, upgrades, rolls back and uninstalls one of them, while the
// pods of both run. Nothing of that changes caBundle.
func TestHelm(t *testing.T) {
	bare(t)
	eachHelm(t, func(t *testing.T, helm func(...string) rig.Output, major int) {
		a, b := fmt.Sprintf("helm%d-a", major), fmt.Sprintf("helm%d-b", major)
		for _, namespace := range []string{a, b} {
			// The API server warns of pods that are not as restricted as they can be.
			newNamespace(t, namespace, map[string]string{"pod-security.kubernetes.io/warn": "restricted"})
		}
		values := []string{"--values=" + valuesFile(t)}
		for _, namespace := range []string{a, b} {
			args := append([]string{"install", "promgate", chart(), "--namespace=" + namespace}, values...)
			if out := helm(args...); strings.Contains(out.Stderr, "would violate") {
				t.Errorf("pods are not restricted: %s", out.Stderr)
			}
		}
		installed := objectsOf(t, a)
		wantContains(t, installed, "deployment.apps/promgate-audit", "deployment.apps/promgate-reconcile",
			"servicemonitor.monitoring.coreos.com/promgate", "prometheusrule.monitoring.coreos.com/promgate",
			"validatingwebhookconfiguration.admissionregistration.k8s.io/"+a+".promgate", "clusterrole.rbac.authorization.k8s.io/"+a+".promgate-ca")

		if major > 3 {
			out := kubectl(t, "", "get", "service", "promgate", "--namespace", a, "--show-managed-fields", `--output=jsonpath={.metadata.managedFields[*].operation}`)
			wantContains(t, out.Stdout, "Apply") // server-side: what follows is about field managers
		}

		for _, namespace := range []string{a, b} {
			rolledOut(t, namespace, "promgate", "promgate-reconcile", "promgate-audit")
		}
		before := bundles(t, a+".promgate")

		upgrade := func(args ...string) {
			t.Helper()
			helm(append(append([]string{"upgrade", "promgate", chart(), "--namespace=" + a}, values...), args...)...)
		}
		t.Run("again", func(t *testing.T) {
			generation := generations(t, a)
			upgrade()
			if diff := cmp.Diff(generation, generations(t, a)); diff != "" {
				t.Errorf("an upgrade without a change changes objects (-before +after):\n%s", diff)
			}
		})
		t.Run("configuration", func(t *testing.T) {
			generation := generations(t, a)
			upgrade("--set=config.warnOnly=true")
			if diff := cmp.Diff(generation["deployment/promgate"], generations(t, a)["deployment/promgate"]); diff != "" {
				t.Errorf("another configuration restarts the webhooks:\n%s", diff)
			}
			wantContains(t, kubectl(t, "", "get", "configmap", "promgate", "--namespace", a, "--output=yaml").Stdout, "warnOnly: true")
		})
		t.Run("webhooks", func(t *testing.T) {
			upgrade("--set=webhooks.validate.timeoutSeconds=7", "--set=serve.replicas=3")
			if got := timeoutSeconds(t, a+".promgate"); got != 7 {
				t.Errorf("timeoutSeconds is %d", got)
			}
		})
		if diff := cmp.Diff(before, bundles(t, a+".promgate")); diff != "" {
			t.Errorf("upgrades change caBundle:\n%s", diff)
		}
		t.Run("rollback", func(t *testing.T) {
			helm("rollback", "promgate", "1", "--namespace="+a)
			if got := timeoutSeconds(t, a+".promgate"); got != 5 {
				t.Errorf("timeoutSeconds is %d", got)
			}
		})
		if diff := cmp.Diff(before, bundles(t, a+".promgate")); diff != "" {
			t.Errorf("a rollback changes caBundle:\n%s", diff)
		}
		rolledOut(t, a, "promgate")

		t.Run("uninstall", func(t *testing.T) {
			other := objectsOf(t, b)
			helm("uninstall", "promgate", "--namespace="+a)
			eventually(t, "the release to be gone", func(context.Context) error {
				if left := objectsOf(t, a); left != "" {
					return errors.New(left)
				}
				return nil
			})
			if diff := cmp.Diff(other, objectsOf(t, b)); diff != "" {
				t.Errorf("the other release changes:\n%s", diff)
			}
		})
		helm("uninstall", "promgate", "--namespace="+b)
	})
}

// TestHelmFail installs, upgrades and uninstalls a release with failurePolicy Fail of which no pod ever runs: its own monitors can be
// applied, those of others are refused, and nothing refuses them after it is gone.
func TestHelmFail(t *testing.T) {
	eachHelm(t, func(t *testing.T, helm func(...string) rig.Output, major int) {
		own, other := fmt.Sprintf("helm%d-fail", major), fmt.Sprintf("helm%d-others", major)
		for _, namespace := range []string{own, other} {
			newNamespace(t, namespace, map[string]string{"helm-test": ""})
		}
		values := []string{
			"--values=" + valuesFile(t), "--set=webhooks.validate.failurePolicy=Fail", "--set=webhooks.mutate.failurePolicy=Fail",
			// Nobody answers: there is no reason to wait for long.
			"--set=webhooks.validate.timeoutSeconds=1", "--set=webhooks.mutate.timeoutSeconds=1",
		}
		args := func(first ...string) []string {
			return append(append(first, "promgate", chart(), "--namespace="+own), values...)
		}
		helm(args("install")...)
		monitor := serviceMonitor(metadata{Name: "a", Namespace: other})
		create := func(ctx context.Context) error {
			_, err := cluster.Kubectl.RunWithInput(ctx, monitor, "create", "--dry-run=server", "-f", "-")
			return err
		}
		eventually(t, "monitors of others to be refused", func(ctx context.Context) error {
			err := create(ctx)
			if err == nil {
				return errors.New("it is admitted")
			}
			if !strings.Contains(err.Error(), "failed calling webhook") {
				t.Errorf("it is refused for another reason: %v", err)
			}
			return nil
		})
		helm(append(args("upgrade"), "--set=commonLabels.touched=yes")...)
		helm("rollback", "promgate", "1", "--namespace="+own)
		helm("uninstall", "promgate", "--namespace="+own)
		eventually(t, "monitors of others to be admitted", create)
	})
}

// TestHelmUser installs and upgrades the chart of a user whose monitor gets a label from promgate. There is no conflict, also when the
// chart sets this label itself, and nothing changes where the chart does not.
func TestHelmUser(t *testing.T) {
	eachHelm(t, func(t *testing.T, helm func(...string) rig.Output, major int) {
		namespace := fmt.Sprintf("helm%d-user", major)
		newNamespace(t, namespace, nil)
		own := map[string]string{"app.kubernetes.io/name": "shop", "app.kubernetes.io/managed-by": "Helm"}
		completed := maps.Clone(own)
		completed["release"] = "prometheus"
		upgrade := func(args ...string) {
			t.Helper()
			helm(append([]string{"upgrade", "--install", "shop", userChart, "--namespace=" + namespace}, args...)...)
		}
		version := func() string {
			t.Helper()
			return kubectl(t, "", "get", "servicemonitor", "shop", "--namespace", namespace, "--output=jsonpath={.metadata.resourceVersion}").Stdout
		}

		upgrade()
		wantLabels(t, "servicemonitor", namespace, "shop", completed)
		before := version()
		upgrade()
		if after := version(); after != before {
			t.Errorf("an upgrade without a change writes the monitor: %s, %s", before, after)
		}
		upgrade("--set=port=metrics")
		wantLabels(t, "servicemonitor", namespace, "shop", completed)

		upgrade("--set=labels.release=prometheus")
		wantLabels(t, "servicemonitor", namespace, "shop", completed)
		upgrade("--set=labels.release=other")
		other := maps.Clone(own)
		other["release"] = "other"
		wantLabels(t, "servicemonitor", namespace, "shop", other)
		helm("rollback", "shop", "1", "--namespace="+namespace)
		helm("uninstall", "shop", "--namespace="+namespace)
	})
}

// TestGitOps applies the chart as Argo CD and Flux do, with kubectl, client-side and server-side: after promgate has
// written caBundle, there is no difference, and applying again changes nothing.
func TestGitOps(t *testing.T) {
	bare(t)
	path, err := builder().Helm(t.Context(), rig.HelmVersions[0])
	if err != nil {
		t.Fatal(err)
	}
	h := rig.Helm{Path: path, Dir: t.TempDir()}
	for name, flags := range map[string][]string{
		"client-side": nil,
		"server-side": {"--server-side", "--field-manager=argocd-controller"},
	} {
		t.Run(name, func(t *testing.T) {
			namespace := "gitops-" + name
			newNamespace(t, namespace, nil)
			out, err := h.Run(t.Context(), "template", "promgate", chart(), "--namespace="+namespace, "--kube-version=1.37.2", "--values="+valuesFile(t))
			if err != nil {
				t.Fatal(err)
			}
			manifest := out.Stdout
			t.Cleanup(func() {
				_, _ = cluster.Kubectl.RunWithInput(context.WithoutCancel(t.Context()), manifest, "delete", "--ignore-not-found", "-f", "-")
			})
			apply := append([]string{"apply", "--namespace=" + namespace, "-f", "-"}, flags...)
			kubectl(t, manifest, apply...)
			rolledOut(t, namespace, "promgate")
			bundle, generation := bundles(t, namespace+".promgate"), generations(t, namespace)

			noDifference(t, manifest, append([]string{"diff", "--namespace=" + namespace, "-f", "-"}, flags...))
			for range 2 {
				kubectl(t, manifest, apply...)
			}
			if diff := cmp.Diff(generation, generations(t, namespace)); diff != "" {
				t.Errorf("applying again changes objects (-before +after):\n%s", diff)
			}
			if diff := cmp.Diff(bundle, bundles(t, namespace+".promgate")); diff != "" {
				t.Errorf("applying again changes caBundle:\n%s", diff)
			}
		})
	}
}

// TestGitOpsUser is the same for a user's monitor that gets a label.
func TestGitOpsUser(t *testing.T) {
	newNamespace(t, "gitops-user", nil)
	for name, flags := range map[string][]string{
		"client-side": nil,
		"server-side": {"--server-side", "--field-manager=kustomize-controller"},
	} {
		t.Run(name, func(t *testing.T) {
			monitor := serviceMonitor(metadata{Name: name, Namespace: "gitops-user"})
			apply := append([]string{"apply", "-f", "-"}, flags...)
			kubectl(t, monitor, apply...)
			wantLabels(t, "servicemonitor", "gitops-user", name, map[string]string{"release": "prometheus"})
			noDifference(t, monitor, append([]string{"diff", "-f", "-"}, flags...))
			out := kubectl(t, monitor, apply...)
			wantLabels(t, "servicemonitor", "gitops-user", name, map[string]string{"release": "prometheus"})
			if lines := warnings(out); len(lines) > 0 {
				t.Errorf("applying again warns: %q", lines)
			}
		})
	}
}

// noDifference runs kubectl diff, which fails where there is a difference.
func noDifference(t *testing.T, manifest string, args []string) {
	t.Helper()
	if out, err := cluster.Kubectl.RunWithInput(t.Context(), manifest, args...); err != nil {
		t.Errorf("%v\n%s", err, out.Stdout)
	}
}

// releaseKinds are the kinds of all objects of the chart.
const releaseKinds = "deployment,service,serviceaccount,configmap,role,rolebinding,networkpolicy,poddisruptionbudget,servicemonitor,podmonitor,prometheusrule," +
	"clusterrole,clusterrolebinding,validatingwebhookconfiguration,mutatingwebhookconfiguration"

// objectsOf returns the names of all objects of the release promgate in a namespace.
func objectsOf(t *testing.T, namespace string) string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(kubectl(t, "", "get", releaseKinds, "--selector=app.kubernetes.io/instance=promgate", "--namespace", namespace, "--output=name").Stdout) {
		// Objects of the cluster are listed whatever the namespace is.
		name := line[strings.Index(line, "/")+1:]
		if owner, _, ofCluster := strings.Cut(name, ".promgate"); !ofCluster || owner == namespace {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return strings.Join(lines, "\n")
}

// generations returns the generation of each object of a release that has one: it changes with the content.
func generations(t *testing.T, namespace string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, get := range [][]string{
		{"get", "deployment,networkpolicy,poddisruptionbudget,servicemonitor,podmonitor,prometheusrule", "--namespace", namespace},
		{"get", "validatingwebhookconfiguration,mutatingwebhookconfiguration", "--field-selector=metadata.name=" + namespace + ".promgate"},
	} {
		out := kubectl(t, "", append(get, `--output=jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.generation}{"\n"}{end}`)...)
		for line := range strings.Lines(out.Stdout) {
			name, generation, _ := strings.Cut(strings.TrimSpace(line), " ")
			found[strings.ToLower(name)] = generation
		}
	}
	return found
}

// bundles returns caBundle of both webhook configurations, which have to have one.
func bundles(t *testing.T, name string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for kind := range webhookConfiguration {
		hook := firstHook(t, kind, name)
		bundle, _, _ := unstructured.NestedString(hook, "clientConfig", "caBundle")
		if bundle == "" {
			t.Fatalf("the %s webhook configuration %s has no caBundle", kind, name)
		}
		found[kind] = bundle
	}
	return found
}

func timeoutSeconds(t *testing.T, name string) int64 {
	t.Helper()
	seconds, _, _ := unstructured.NestedInt64(firstHook(t, "validating", name), "timeoutSeconds")
	return seconds
}

func firstHook(t *testing.T, kind, name string) map[string]any {
	t.Helper()
	c, err := adminClient(t).Resource(webhookConfiguration[kind]).Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	hooks, _, _ := unstructured.NestedSlice(c.Object, "webhooks")
	return hooks[0].(map[string]any)
}

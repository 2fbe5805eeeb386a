package e2e

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const previewed = "previewed"

// selectsAll is the spec of a Prometheus that selects all objects with the label in its own
// namespace.
const selectsAll = `{replicas: 1, serviceMonitorSelector: {matchLabels: {release: prometheus}}, podMonitorSelector: {matchLabels: {release: prometheus}},
  probeSelector: {matchLabels: {release: prometheus}}, scrapeConfigSelector: {matchLabels: {release: prometheus}}, ruleSelector: {matchLabels: {release: prometheus}}}`

// oneOfEach returns a manifest with an object of each kind that a Prometheus selects. The
// certificate is in the Secret ca.
func oneOfEach(namespace string) string {
	of := func(name string) metadata {
		return metadata{Name: name, Namespace: namespace, Labels: map[string]string{"release": "prometheus"}}
	}
	return strings.Join([]string{
		monitorYAML("ServiceMonitor", of("web"), `{selector: {matchLabels: {app: web}}, endpoints: [{port: web, scheme: https, tlsConfig: {ca: {secret: {name: ca, key: ca.crt}}}}]}`),
		monitorYAML("PodMonitor", of("pods"), `{selector: {matchLabels: {app: pods}}, podMetricsEndpoints: [{port: web, interval: 10s}]}`),
		monitorYAML("Probe", of("probe"), `{prober: {url: "blackbox:9115"}, module: http_2xx, targets: {staticConfig: {static: [a.example]}}}`),
		monitorYAML("ScrapeConfig", of("static"), `{staticConfigs: [{targets: ["b.example:80"], labels: {team: shop}}]}`),
		prometheusRule(of("rules"), "up == 0", "rate(http_requests_total[5m]) > 1"),
	}, "---\n")
}

// TestPreview checks that the loop, beside the real operator, writes what the operator writes,
// under its own names, and that neither changes the objects of the other.
func TestPreview(t *testing.T) {
	defer noPrometheus(t)
	loopNamespace(t, previewed)
	certificateSecret(t, previewed, "ca")
	startOperator(t, previewed)
	startLoop(t, "--mode", "preview")
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "main", Namespace: previewed}, selectsAll), "create", "-f", "-")
	kubectl(t, oneOfEach(previewed), "create", "-f", "-")

	t.Run("SameAsTheOperators", samePreview)
	t.Run("Conditions", previewConditions)
	t.Run("LeftOut", previewLeavesOut)
	t.Run("PutBack", previewPutsBack)
	t.Run("Foreign", previewSparesForeign)
	t.Run("Deleted", previewGoes)
}

// samePreview compares the output of both.
func samePreview(t *testing.T) {
	eventually(t, "the two configurations to be the same", sameConfigs(4))
	for kind, suffixes := range map[string][]string{"secret": {"-tls-assets-0"}, "configmap": {"-rulefiles-0"}} {
		ours, err := generatedIn(t.Context(), kind, previewed, "promgate-main")
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := generatedIn(t.Context(), kind, previewed, "prometheus-main")
		if err != nil {
			t.Fatal(err)
		}
		for _, suffix := range suffixes {
			our, their := ours["promgate-main"+suffix], theirs["prometheus-main"+suffix]
			if len(our.Data) == 0 {
				t.Errorf("the %s promgate-main%s is empty", kind, suffix)
			}
			if diff := cmp.Diff(their.Data, our.Data); diff != "" {
				t.Errorf("%s %s (-operator +promgate):\n%s", kind, suffix, diff)
			}
		}
		uid := strings.TrimSpace(kubectl(t, "", "get", "prometheus", "main", "--namespace="+previewed, "--output=jsonpath={.metadata.uid}").Stdout)
		for name, g := range ours {
			want := []owner{{Kind: "Prometheus", Name: "main", UID: uid, Controller: true}}
			if diff := cmp.Diff(want, g.Metadata.OwnerReferences); diff != "" {
				t.Errorf("owners of %s (-want +got):\n%s", name, diff)
			}
		}
	}
}

// sameConfigs returns a condition that holds if the configurations of both have so many jobs and do
// not differ.
func sameConfigs(jobs int) func(context.Context) error {
	return func(ctx context.Context) error {
		theirs, err := secretConfig(ctx, previewed, "prometheus-main")
		if err != nil {
			return err
		}
		ours, err := secretConfig(ctx, previewed, "promgate-main")
		if err != nil {
			return err
		}
		if diff := cmp.Diff(string(theirs), string(ours)); diff != "" {
			return fmt.Errorf("-operator +promgate:\n%s", diff)
		}
		if n := bytes.Count(ours, []byte("- job_name: ")); n != jobs {
			return fmt.Errorf("%d jobs, not %d:\n%s", n, jobs, ours)
		}
		return nil
	}
}

// previewConditions checks that each sets its own condition, and does not change the other's.
func previewConditions(t *testing.T) {
	operators := []string{"Available", "Reconciled"}
	all := func(ctx context.Context) error {
		if err := provenAs(previewed, "main", "Proven")(ctx); err != nil {
			return err
		}
		conditions, generation, err := conditionsOf(ctx, previewed, "main")
		for _, name := range operators {
			if c := conditions[name]; err == nil && c.ObservedGeneration != generation {
				err = fmt.Errorf("%s of generation %d is %+v", name, generation, c)
			}
		}
		return err
	}
	eventually(t, "the conditions of both", all)
	kubectl(t, "", "patch", "prometheus", "main", "--namespace="+previewed, "--type=merge", `--patch={"spec":{"scrapeInterval":"17s"}}`)
	eventually(t, "the conditions of both, for the new generation", all)
	eventually(t, "the two configurations to be the same again", sameConfigs(4))
	eventually(t, "the new interval", configContains(previewed, "promgate-main", "scrape_interval: 17s"))

	// The managed fields keep the conditions apart.
	out := kubectl(t, "", "get", "prometheus", "main", "--namespace="+previewed, "--show-managed-fields",
		`--output=jsonpath={range .metadata.managedFields[?(@.manager=="promgate")]}{.subresource}{" "}{.fieldsV1}{"\n"}{end}`)
	wantContains(t, out.Stdout, "status ", `k:{\"type\":\"promgate.dev/Proven\"}`)
	for _, name := range operators {
		if strings.Contains(out.Stdout, name) {
			t.Errorf("promgate owns the condition %s: %s", name, out.Stdout)
		}
	}
}

// previewLeavesOut checks that a mistake that no webhook can detect, a missing Secret, affects only
// the monitor, and is reported on it.
func previewLeavesOut(t *testing.T) {
	monitor := metadata{Name: "needy", Namespace: previewed, Labels: map[string]string{"release": "prometheus"}}
	kubectl(t, monitorYAML("ServiceMonitor", monitor, `{selector: {matchLabels: {app: needy}},
	  endpoints: [{port: web, basicAuth: {username: {name: login, key: user}, password: {name: login, key: password}}}]}`), "create", "-f", "-")
	eventually(t, "the Event", toldOf(previewed, "ServiceMonitor", "needy", "LeftOut", "login"))
	eventually(t, "the condition", provenAs(previewed, "main", "ObjectsLeftOut"))
	conditions, _, err := conditionsOf(t.Context(), previewed, "main")
	if err != nil {
		t.Fatal(err)
	}
	wantContains(t, conditions["promgate.dev/Proven"].Message, "ServiceMonitor previewed/needy")
	if err := sameConfigs(4)(t.Context()); err != nil {
		t.Error(err)
	}

	kubectl(t, secretYAML(t, previewed, "login", map[string]string{"user": "u", "password": "p"}), "create", "-f", "-")
	eventually(t, "the Event", toldOf(previewed, "ServiceMonitor", "needy", "TakenIn", "main"))
	eventually(t, "the two configurations to be the same, with the monitor", sameConfigs(5))
	eventually(t, "the condition", provenAs(previewed, "main", "Proven"))
}

// previewPutsBack checks that generated objects are restored, whatever changed them.
func previewPutsBack(t *testing.T) {
	before := previewContent(t)
	for name, args := range map[string][]string{
		"configuration": {"patch", "secret", "promgate-main", `--patch={"data":{"prometheus.yaml.gz":"AAAA"}}`},
		"a key":         {"patch", "secret", "promgate-main", `--patch={"data":{"more":"AAAA"}}`},
		"rules":         {"patch", "configmap", "promgate-main-rulefiles-0", `--patch={"data":{"other.yaml":"groups: {"}}`},
		"a binary":      {"patch", "configmap", "promgate-main-rulefiles-0", `--patch={"binaryData":{"binary.yaml":"AAAA"}}`},
		"certificates":  {"patch", "secret", "promgate-main-tls-assets-0", `--patch={"data":null}`},
		"owner":         {"patch", "configmap", "promgate-main-rulefiles-0", `--type=merge`, `--patch={"metadata":{"ownerReferences":null}}`},
		"no Secret":     {"delete", "secret", "promgate-main"},
		"no rules":      {"delete", "configmap", "promgate-main-rulefiles-0"},
		"no assets":     {"delete", "secret", "promgate-main-tls-assets-0"},
	} {
		t.Run(name, func(t *testing.T) {
			kubectl(t, "", append(args, "--namespace="+previewed)...)
			eventually(t, "it to be restored", func(ctx context.Context) error {
				now, err := contentIn(ctx, previewed, "promgate-main")
				if err != nil {
					return err
				}
				if diff := cmp.Diff(before, now); diff != "" {
					return fmt.Errorf("-want +got:\n%s", diff)
				}
				return nil
			})
		})
	}
}

// previewSparesForeign checks that an object of another owner with the name of a generated one is
// not changed.
func previewSparesForeign(t *testing.T) {
	kubectl(t, secretYAML(t, previewed, "promgate-taken", map[string]string{"mine": "yes"}), "create", "-f", "-")
	before := mustVersions(t, previewed, "promgate-taken")
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "taken", Namespace: previewed}, selectsAll), "create", "-f", "-")
	eventually(t, "the condition", provenAs(previewed, "taken", "NotOurs"))
	after := mustVersions(t, previewed, "promgate-taken")
	if name := "secret promgate-taken"; before[name] != after[name] {
		t.Error("the Secret of another owner was written")
	}
	kubectl(t, "", "delete", "secret", "promgate-taken", "--namespace="+previewed)
	eventually(t, "the name to be used", provenAs(previewed, "taken", "Proven"))
}

// previewGoes checks that all generated objects are deleted with the Prometheus, and do not come
// back.
func previewGoes(t *testing.T) {
	kubectl(t, "", "delete", "prometheus", "main", "--namespace="+previewed)
	eventually(t, "the garbage collector", func(ctx context.Context) error {
		left, err := versions(ctx, previewed, "promgate-main")
		if err == nil && len(left) > 0 {
			err = fmt.Errorf("not deleted: %v", slices.Sorted(maps.Keys(left)))
		}
		return err
	})
}

// contentIn returns the content and the owners of the objects that are generated under a prefix.
func contentIn(ctx context.Context, namespace, prefix string) (map[string]any, error) {
	all := map[string]any{}
	for _, kind := range []string{"secret", "configmap"} {
		found, err := generatedIn(ctx, kind, namespace, prefix)
		if err != nil {
			return nil, err
		}
		for name, g := range found {
			all[kind+" "+name] = []any{g.Data, g.BinaryData, g.Metadata.OwnerReferences}
		}
	}
	return all, nil
}

func previewContent(t *testing.T) map[string]any {
	t.Helper()
	all, err := contentIn(t.Context(), previewed, "promgate-main")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 3 {
		t.Fatalf("a Secret, a ConfigMap of rules and a Secret of certificates should exist: %v", slices.Sorted(maps.Keys(all)))
	}
	return all
}

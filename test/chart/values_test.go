package chart

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/validation"

	"github.com/promgate/promgate/test/rig"
)

// TestLint runs helm lint, which also checks values.yaml against the schema.
func TestLint(t *testing.T) {
	each(t, func(t *testing.T, helm rig.Helm) {
		if _, err := helm.Run(t.Context(), "lint", "--strict", "--kube-version=1.37.2", filepath.Join(root, "manifests", "chart")); err != nil {
			t.Error(err)
		}
	})
}

// TestBadValues: each of these is refused, and the message names the value.
func TestBadValues(t *testing.T) {
	each(t, func(t *testing.T, helm rig.Helm) {
		for _, c := range []struct{ value, want string }{
			{`replicas=3`, "replicas"}, // it is serve.replicas
			{`serve.replica=3`, "replica"},
			{`serve.replicas="3"`, "replicas"},
			{`serve.port=443`, "port"}, // not without root
			{`serve.hostNetwork=true`, "serve.port"},
			{`serve.drainDelay="50s"`, "drainDelay"}, // the pod would be killed
			{`serve.resources.limits.memory=268435456`, "memory"},
			{`webhooks.validate.failurePolicy="fail"`, "failurePolicy"},
			{`webhooks.validate.timeoutSeconds=31`, "timeoutSeconds"},
			{`certificates.mode="selfsigned"`, "mode"},
			{`certificates.files.caBundle="nonsense"`, "caBundle"},
			{`config.warnonly=true`, "warnonly"},
			{`config.checks={"expr-syntax":"error"}`, "expr-syntax"},
			{`config.apiVersion="promgate.dev/v1alpha1"`, "apiVersion"},
			{`reconcile.mode="standin"`, "mode"},
			{`image.digest="abc"`, "digest"},
			{`monitoring.enabled=true`, "enabled"},
		} {
			_, err := installed(c.value).template(t.Context(), helm)
			if err == nil {
				t.Errorf("%s is accepted", c.value)
			} else if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: the message does not name %s: %v", c.value, c.want, err)
			}
		}
	})
}

// TestGoodValues: what each of these values does.
func TestGoodValues(t *testing.T) {
	each(t, func(t *testing.T, helm rig.Helm) {
		deployment := []any{"spec", "template", "spec"}
		for _, c := range []struct {
			value, kind, name string
			at                []any
			want              string // JSON
		}{
			{`image={"repository":"registry.example.com/promgate","tag":"v9","digest":"sha256:` + strings.Repeat("0", 64) + `"}`, "Deployment", "promgate", at(deployment, "containers", 0, "image"), `"registry.example.com/promgate:v9@sha256:` + strings.Repeat("0", 64) + `"`},
			{`config.warnOnly=true`, "ConfigMap", "promgate", at(nil, "data", "promgate.yaml"), `"apiVersion: promgate.dev/v1alpha1\nkind: Configuration\nwarnOnly: true\n"`},
			{`serve={"port":9443,"hostNetwork":true}`, "Deployment", "promgate", at(deployment, "containers", 0, "ports"), `[{"containerPort":9443,"name":"https"}]`},
			{`serve={"port":9443,"hostNetwork":true}`, "Deployment", "promgate", at(nil, "spec", "strategy", "rollingUpdate"), `{"maxSurge":0,"maxUnavailable":1}`},
			{`serve.resources={"limits":null}`, "Deployment", "promgate", at(deployment, "containers", 0, "env"), `null`},
			{`serve.podLabels={"team":"a"}`, "Deployment", "promgate", at(nil, "spec", "template", "metadata", "labels", "team"), `"a"`},
			{`serve.podLabels={"team":"a"}`, "Deployment", "promgate", at(nil, "spec", "selector", "matchLabels", "team"), `null`},
			{`serve.podAnnotations={"a":"b"}`, "Deployment", "promgate", at(nil, "spec", "template", "metadata", "annotations"), `{"a":"b"}`},
			{`serve.tolerations=[{"operator":"Exists"}]`, "Deployment", "promgate", at(deployment, "tolerations"), `[{"operator":"Exists"}]`},
			{`serve.nodeSelector={"a":"b"}`, "Deployment", "promgate", at(deployment, "nodeSelector"), `{"a":"b"}`},
			{`serve.priorityClassName="system-cluster-critical"`, "Deployment", "promgate", at(deployment, "priorityClassName"), `"system-cluster-critical"`},
			{`serve.serviceAccountAnnotations={"a":"b"}`, "ServiceAccount", "promgate", at(nil, "metadata", "annotations"), `{"a":"b"}`},
			{`commonAnnotations={"a":"b"}`, "Service", "promgate", at(nil, "metadata", "annotations"), `{"a":"b"}`},
			{`networkPolicy.from=[{"ipBlock":{"cidr":"10.0.0.0/8"}}]`, "NetworkPolicy", "promgate", at(nil, "spec", "ingress", 0, "from"), `[{"ipBlock":{"cidr":"10.0.0.0/8"}}]`},
			{`webhooks.validate.matchConditions=[{"name":"a","expression":"true"}]`, "ValidatingWebhookConfiguration", "promgate", at(nil, "webhooks", 0, "matchConditions", 1), `{"expression":"true","name":"a"}`},
			{`certificates={"mode":"files","files":{"secretName":"mine","caBundle":"-----BEGIN CERTIFICATE-----"}}`, "MutatingWebhookConfiguration", "promgate", at(nil, "webhooks", 0, "clientConfig", "caBundle"), `"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t"`},
			{`certificates={"mode":"files","files":{"secretName":"mine"}}`, "Deployment", "promgate", at(deployment, "volumes", 1, "secret", "secretName"), `"mine"`},
			{`certificates={"mode":"cert-manager","certManager":{"issuerRef":{"kind":"ClusterIssuer","name":"corporate"}}}`, "Certificate", "promgate", at(nil, "spec", "issuerRef"), `{"kind":"ClusterIssuer","name":"corporate"}`},
			{`monitoring={"monitors":{"enabled":true},"labels":{"release":"prometheus"}}`, "ServiceMonitor", "promgate", at(nil, "metadata", "labels", "release"), `"prometheus"`},
		} {
			got, err := json.Marshal(find(t, render(t, helm, installed(c.value)), c.kind, c.name).at(c.at...))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != c.want {
				t.Errorf("%s: %s %v is %s, not %s", c.value, c.kind, c.at, got, c.want)
			}
		}
	})
}

func at(first []any, rest ...any) []any { return slices.Concat(first, rest) }

// TestConfigurationOfAudit: audit and loop get the configuration where they need it, and restart when it changes; the webhooks do
// not restart.
func TestConfigurationOfAudit(t *testing.T) {
	hash := func(t *testing.T, objects []object, name string) string {
		t.Helper()
		return fmt.Sprint(find(t, objects, "Deployment", name).at("spec", "template"))
	}
	each(t, func(t *testing.T, helm rig.Helm) {
		values := []string{"audit.enabled=true", "reconcile.enabled=true"}
		a := render(t, helm, installed(append(values, `config.operator.namespaces=["a"]`)...))
		b := render(t, helm, installed(append(values, `config.operator.namespaces=["b"]`)...))
		for name, restarts := range map[string]bool{"promgate": false, "promgate-audit": true, "promgate-reconcile": true} {
			if !strings.Contains(hash(t, a, name), "--config=/etc/promgate/config/promgate.yaml") {
				t.Errorf("%s does not read the configuration", name)
			}
			if got := hash(t, a, name) != hash(t, b, name); got != restarts {
				t.Errorf("a change of the configuration restarts %s: %v", name, got)
			}
		}
	})
}

// TestNames renders releases whose names and namespaces are close to each other, or as long as they can be: no two share an object of
// the cluster, and all names are valid.
func TestNames(t *testing.T) {
	each(t, func(t *testing.T, helm rig.Helm) {
		owners := map[string]release{}
		for _, r := range []release{
			{name: "promgate", namespace: "promgate"},
			{name: "promgate", namespace: "monitoring"},
			{name: "monitoring", namespace: "promgate"},
			{name: "promgate-monitoring", namespace: "promgate"},
			{name: "promgate", namespace: "monitoring-promgate"},
			{name: "monitoring.promgate", namespace: "other"},
			{name: "a", namespace: "b"},
			{name: "b", namespace: "a"},
			{name: strings.Repeat("r", 53), namespace: strings.Repeat("n", 63)},
			{name: strings.Repeat("r", 52) + ".", namespace: "x"},
		} {
			r.name = strings.TrimSuffix(r.name, ".")
			r.values = []string{"reconcile.enabled=true", "audit.enabled=true", "monitoring.dashboard.enabled=true", `certificates.mode="cert-manager"`}
			selfSigned := r
			selfSigned.values = r.values[:3]
			for _, o := range slices.Concat(render(t, helm, r), render(t, helm, selfSigned)) {
				name := fmt.Sprint(o.metadata()["name"])
				for _, problem := range validation.NameIsDNSSubdomain(name, false) {
					t.Errorf("%s of release %s/%s: %s", o.id(), r.namespace, r.name, problem)
				}
				if problems := validation.NameIsDNS1035Label(name, false); o["kind"] == "Service" && len(problems) > 0 {
					t.Errorf("%s of release %s/%s: %s", o.id(), r.namespace, r.name, problems)
				}
				if o.metadata()["namespace"] != nil {
					continue
				}
				owner, ok := owners[o.id()]
				if ok && (owner.name != r.name || owner.namespace != r.namespace) {
					t.Errorf("releases %s/%s and %s/%s share %s", owner.namespace, owner.name, r.namespace, r.name, o.id())
				}
				owners[o.id()] = r
			}
		}
	})
}

// TestNoBundle: nothing in the chart says what caBundle is, so that Helm never resets it.
func TestNoBundle(t *testing.T) {
	each(t, func(t *testing.T, helm rig.Helm) {
		for _, mode := range []string{"self-signed", "cert-manager", "files"} {
			text, err := installed(`certificates.mode="`+mode+`"`).template(t.Context(), helm)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(text, "caBundle:") {
				t.Errorf("%s: there is a caBundle", mode)
			}
		}
	})
}

// TestNoHooks: no Job has to run, and everything is removed with the release.
func TestNoHooks(t *testing.T) {
	each(t, func(t *testing.T, helm rig.Helm) {
		text, err := installed("reconcile.enabled=true", "audit.enabled=true").template(t.Context(), helm)
		if err != nil {
			t.Fatal(err)
		}
		if found := regexp.MustCompile(`helm\.sh/(hook|resource-policy)|kind: Job`).FindString(text); found != "" {
			t.Errorf("the chart contains %s", found)
		}
	})
}

// TestConfigSchema: the schema of config is that of promgate.yaml, without apiVersion and kind.
func TestConfigSchema(t *testing.T) {
	read := func(path ...string) map[string]any {
		data, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
		if err != nil {
			t.Fatal(err)
		}
		var schema map[string]any
		if err := json.Unmarshal(data, &schema); err != nil {
			t.Fatal(err)
		}
		return schema["properties"].(map[string]any)
	}
	want := read("docs", "promgate.schema.json")
	delete(want, "apiVersion")
	delete(want, "kind")
	got := read("manifests", "chart", "values.schema.json")["config"].(map[string]any)["properties"]
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values.schema.json is not up to date (-docs/promgate.schema.json +values.schema.json):\n%s", diff)
	}
}

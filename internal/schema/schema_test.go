package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	promschema "github.com/promgate/promgate/internal/schema"
	"github.com/promgate/promgate/selection"
)

func objectOf(t testing.TB, text string) map[string]any {
	t.Helper()
	raw, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	object := map[string]any{}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(raw, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func schemaOf(t testing.TB, kind string) *promschema.Schema {
	t.Helper()
	k, ok := selection.KindNamed(kind)
	if !ok {
		t.Fatalf("there is no kind %s", kind)
	}
	s, known, err := promschema.New().For(k.GroupVersionKind)
	if err != nil || !known {
		t.Fatalf("%s: %v, %v", kind, known, err)
	}
	return s
}

// TestEveryKind: each of the operator's kinds that promgate knows has a schema, and no other kind has.
func TestEveryKind(t *testing.T) {
	schemas := promschema.New()
	for _, k := range selection.AllKinds() {
		_, known, err := schemas.For(k.GroupVersionKind)
		if err != nil {
			t.Error(err)
		}
		if want := k.Instance || k.Selectable; known != want {
			t.Errorf("%s: has a schema: %v, want %v", k.Kind, known, want)
		}
	}
	if _, known, err := schemas.For(schema.GroupVersionKind{Kind: "Pod"}); known || err != nil {
		t.Errorf("Pod: %v, %v", known, err)
	}
}

func TestUnknown(t *testing.T) {
	for name, c := range map[string]struct {
		kind, spec string
		want       []string
	}{
		"None":            {kind: "ServiceMonitor", spec: "{selector: {matchLabels: {a.b/c: d}}, endpoints: [{port: x, params: {a: [b]}}]}"},
		"Misspelt":        {kind: "ServiceMonitor", spec: "{endpoint: [], selector: {}}", want: []string{"spec.endpoint (endpoints)"}},
		"Case":            {kind: "ServiceMonitor", spec: "{endpoints: [{port: x, scrapetimeout: 3s}]}", want: []string{"spec.endpoints[0].scrapetimeout (scrapeTimeout)"}},
		"Unlike":          {kind: "ServiceMonitor", spec: "{endpoints: [{zzzzzz: 1}]}", want: []string{"spec.endpoints[0].zzzzzz ()"}},
		"SetAlready":      {kind: "ServiceMonitor", spec: "{endpoints: [{port: x, porte: 1}]}", want: []string{"spec.endpoints[0].porte ()"}},
		"Rule":            {kind: "PrometheusRule", spec: "{groups: [{name: a, rules: [{alert: A, expr: up, annotation: {a: b}, labels: {on: x}}]}]}", want: []string{"spec.groups[0].rules[0].annotation (annotations)"}},
		"Several":         {kind: "PrometheusRule", spec: "{group: [], groups: [{nam: a}]}", want: []string{"spec.group ()", "spec.groups[0].nam (name)"}},
		"PreservesFields": {kind: "Prometheus", spec: "{remoteWrite: [{url: a, messageVersion: V1.0}]}"},
		"Nested":          {kind: "Prometheus", spec: "{storage: {volumeClaimTemplate: {metadata: {name: a, labels: {a: b}, foo: c}}}}", want: []string{"spec.storage.volumeClaimTemplate.metadata.foo ()"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, u := range schemaOf(t, c.kind).Unknown(objectOf(t, "metadata: {name: a, labels: {x: y}}\nspec: "+c.spec)) {
				got = append(got, fmt.Sprintf("%s (%s)", u.Path, u.Nearest))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestUnknownMetadata: a field of the metadata is unknown if the API server's decoder says so.
func TestUnknownMetadata(t *testing.T) {
	for metadata, want := range map[string]string{
		"{name: a, lables: {a: b}}": "metadata.lables (labels)",
		"{Name: a}":                 "metadata.Name (name)",
		"{name: a, foo: 1}":         "metadata.foo ()",
		"{name: a, ownerReferences: [{name: b}, {names: b}]}": "metadata.ownerReferences[1].names (name)",
		"{name: a, managedFields: [{managr: b}]}":             "metadata.managedFields[0].managr (manager)",
		"{name: a, namespace: b, generateName: c, uid: d, annotations: {x: y}, labels: {x: y}, finalizers: [a], creationTimestamp: null, selfLink: a}": "",
		"null": "",
		"a":    "",
	} {
		got := ""
		for _, u := range schemaOf(t, "PrometheusRule").Unknown(objectOf(t, "metadata: "+metadata)) {
			got += fmt.Sprintf("%s (%s)", u.Path, u.Nearest)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", metadata, got, want)
		}
	}
}

// TestValidate: what the API server (v0.37.2) refuses, and what it admits.
func TestValidate(t *testing.T) {
	const meta = "metadata: {name: a}\n"
	for name, c := range map[string]struct {
		kind, object string
		want         []string // path, and a part of the message
	}{
		"Valid":       {kind: "ServiceMonitor", object: meta + "spec: {selector: {}, endpoints: [{port: web}]}"},
		"Pattern":     {kind: "ServiceMonitor", object: meta + "spec: {selector: {}, endpoints: [{port: web, interval: 1.5m}]}", want: []string{"spec.endpoints[0].interval", "should match"}},
		"Required":    {kind: "ServiceMonitor", object: meta + "spec: {endpoints: [{port: web}]}", want: []string{"spec.selector", "Required value"}},
		"RequiredTop": {kind: "ServiceMonitor", object: meta, want: []string{"", "Required value"}},
		"Enum":        {kind: "ServiceMonitor", object: meta + "spec: {selector: {}, endpoints: [{port: web, scheme: ftp}]}", want: []string{"spec.endpoints[0].scheme", "supported values"}},
		"Type":        {kind: "PrometheusRule", object: meta + "spec: {groups: [{name: a, rules: [{alert: A, expr: up, labels: {severity: 5}}]}]}", want: []string{"spec.groups[0].rules[0].labels[severity]", "must be of type string"}},
		"TypeDotted":  {kind: "PrometheusRule", object: meta + "spec: {groups: [{name: a, rules: [{alert: A, expr: up, labels: {a.b: 5}}]}]}", want: []string{"spec.groups[0].rules[0].labels[a.b]", "must be of type string"}},
		"ListMap":     {kind: "PrometheusRule", object: meta + "spec: {groups: [{name: a}, {name: a}]}", want: []string{"spec.groups[1]", "Duplicate value"}},
		"Name":        {kind: "PrometheusRule", object: "metadata: {name: A_b}\nspec: {}", want: []string{"metadata.name", "RFC 1123"}},
		"NoName":      {kind: "PrometheusRule", object: "metadata: {}\nspec: {}", want: []string{"metadata.name", "name or generateName is required"}},
		"Label":       {kind: "PrometheusRule", object: "metadata: {name: a, labels: {a: 'b c'}}\nspec: {}", want: []string{"metadata.labels[a]", "valid label"}},
		"LabelOf":     {kind: "PrometheusRule", object: "metadata: {name: a, labels: {a: b, c: 'd e', f: g}}\nspec: {}", want: []string{"metadata.labels[c]", "valid label"}},
		"LabelName":   {kind: "PrometheusRule", object: "metadata: {name: a, labels: {a: b, 'a b': c}}\nspec: {}", want: []string{"key of metadata.labels[a b]", "name part must consist"}},
		"Annotation":  {kind: "PrometheusRule", object: "metadata: {name: a, annotations: {a: b, 'a b': c}}\nspec: {}", want: []string{"key of metadata.annotations[a b]", "name part must consist"}},
		"Annotations": {kind: "PrometheusRule", object: "metadata: {name: a, annotations: {a: '" + strings.Repeat("b", 256<<10) + "'}}\nspec: {}", want: []string{"metadata.annotations", "may not be more than 262144 bytes"}},
		"Finalizer":   {kind: "PrometheusRule", object: "metadata: {name: a, finalizers: [a/b, 'c d']}\nspec: {}", want: []string{"metadata.finalizers[1]", "name part must consist"}},
		"Finalizers":  {kind: "PrometheusRule", object: "metadata: {name: a, finalizers: [orphan, foregroundDeletion]}\nspec: {}", want: []string{"metadata.finalizers", "cannot be both set"}},
		"Owner":       {kind: "PrometheusRule", object: "metadata: {name: a, ownerReferences: [{apiVersion: v1, kind: Pod, name: a}]}\nspec: {}", want: []string{"metadata.ownerReferences[0].uid", "must not be empty"}},
		"LabelType":   {kind: "PrometheusRule", object: "metadata: {name: a, labels: {a: b, c: 1}}\nspec: {}", want: []string{"metadata.labels[c]", "cannot unmarshal number"}},
		"LabelsType":  {kind: "PrometheusRule", object: "metadata: {name: a, labels: [b]}\nspec: {}", want: []string{"metadata.labels", "cannot unmarshal array"}},
		"NameType":    {kind: "PrometheusRule", object: "metadata: {name: 1}\nspec: {}", want: []string{"metadata.name", "cannot unmarshal number"}},
		"ListType":    {kind: "PrometheusRule", object: "metadata: {name: a, finalizers: [a/b, 1]}\nspec: {}", want: []string{"metadata.finalizers[1]", "cannot unmarshal number"}},
		"MetaType":    {kind: "PrometheusRule", object: "metadata: a\nspec: {}", want: []string{"metadata", "must be of type object"}},
		"Namespace":   {kind: "PrometheusRule", object: "metadata: {name: a, namespace: b}\nspec: {}"},
		"Rule":        {kind: "ScrapeConfig", object: meta + "spec: {basicAuth: {}, oauth2: {clientId: {}, clientSecret: {key: a}, tokenUrl: http://a}}", want: []string{"spec", "at most one of basicAuth"}},
		"RuleBelow":   {kind: "Prometheus", object: meta + "spec: {remoteWrite: [{url: http://a}, {url: http://b, sigv4: {externalId: a}}]}", want: []string{"spec.remoteWrite[1].sigv4", "externalId can only be used"}},
		"MinLength":   {kind: "ScrapeConfig", object: meta + "spec: {scrapeClass: ''}", want: []string{"spec.scrapeClass", "at least 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			k, _ := selection.KindNamed(c.kind)
			object := objectOf(t, c.object)
			object["apiVersion"], object["kind"] = k.GroupVersion().String(), k.Kind
			s := schemaOf(t, c.kind)
			s.Default(object)
			found := s.Validate(t.Context(), object)
			if c.want == nil {
				if len(found) > 0 {
					t.Errorf("refused: %v", found)
				}
				return
			}
			path := ""
			if len(found) == 1 {
				path = found[0].Path.String()
				if found[0].IsKey {
					path = "key of " + path
				}
			}
			if len(found) != 1 || path != c.want[0] || !strings.Contains(found[0].Message, c.want[1]) {
				t.Errorf("got %v, want %q", found, c.want)
			}
		})
	}
}

func TestDefault(t *testing.T) {
	object := objectOf(t, "spec: {endpoints: [{port: web, relabelings: [{targetLabel: a}, null]}]}")
	schemaOf(t, "ServiceMonitor").Default(object)
	want := objectOf(t, "spec: {endpoints: [{port: web, relabelings: [{targetLabel: a, action: replace}, null]}]}")
	if diff := cmp.Diff(want, object); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestUse: the schema of a CRD replaces the embedded one.
func TestUse(t *testing.T) {
	const crd = `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"probes.monitoring.coreos.com"},
		"spec":{"group":"monitoring.coreos.com","names":{"kind":"Probe"},"versions":[{"name":"v1","schema":{"openAPIV3Schema":{"type":"object",
		"properties":{"spec":{"type":"object","properties":{"own":{"type":"string"}}}}}}}]}}`
	schemas := promschema.New()
	if isCRD, err := schemas.Use([]byte(crd)); !isCRD || err != nil {
		t.Fatal(isCRD, err)
	}
	probe, _ := selection.KindNamed("Probe")
	s, _, err := schemas.For(probe.GroupVersionKind)
	if err != nil {
		t.Fatal(err)
	}
	unknown := s.Unknown(objectOf(t, "spec: {own: a, interval: 1m}"))
	if len(unknown) != 1 || unknown[0].Path.String() != "spec.interval" {
		t.Errorf("got %v", unknown)
	}
	if isCRD, err := schemas.Use([]byte(`{"kind":"Service"}`)); isCRD || err != nil {
		t.Error(isCRD, err)
	}
	if _, err := schemas.Use([]byte(strings.Replace(crd, `"openAPIV3Schema"`, `"x"`, 1))); err == nil {
		t.Error("a CRD without a schema is accepted")
	}
}

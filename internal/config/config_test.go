package config

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/validation"
)

var checks = []validation.Info{{ID: "expr-syntax", Severity: validation.Deny}, {ID: "template-label", Severity: validation.Warn}}

const head = "apiVersion: promgate.dev/v1alpha1\nkind: Configuration\n"

// TestParse runs the decoder and the schema on the same files: both reject the same ones, except
// for mistakes that a schema cannot detect.
func TestParse(t *testing.T) {
	cases := map[string]struct {
		reason     string
		file       string
		says       string // of the error; empty if there is none
		beyondJSON bool   // the schema cannot detect it
	}{
		"Smallest":         {reason: "each key may be omitted", file: head},
		"All":              {reason: "all keys", file: head + "warnOnly: true\nchecks: {expr-syntax: warn}\nnamespaces:\n- selector: {matchLabels: {a: b}}\n  checks: {template-label: \"off\"}\ndefaulting:\n  prometheusRules: {a: b}\n  monitors: {}\nduplicateJobs: {scope: namespace}\nselectionLost: {denyFrom: 10}\n"},
		"NegativeLost":     {reason: "a number of objects is not negative", file: head + "selectionLost: {denyFrom: -1}\n", says: "selectionLost.denyFrom"},
		"NoScope":          {reason: "endpoint is the default", file: head + "duplicateJobs: {}\n"},
		"OtherScope":       {reason: "there are three scopes", file: head + "duplicateJobs: {scope: cluster}\n", says: `scope "cluster"`},
		"EmptyScope":       {reason: "an empty text is not a scope", file: head + "duplicateJobs: {scope: \"\"}\n", says: `scope ""`},
		"ScopeOfTwo":       {reason: "a list is not a scope", file: head + "duplicateJobs: {scope: [namespace]}\n", says: "none of endpoint, namespace and prometheus"},
		"UnknownInJobs":    {reason: "a misspelt key is not ignored", file: head + "duplicateJobs: {scopes: endpoint}\n", says: `unknown field "duplicateJobs.scopes"`},
		"BareOff":          {reason: "YAML reads the bare word off as false", file: head + "checks: {expr-syntax: off}\n"},
		"BareOn":           {reason: "on is no severity", file: head + "checks: {expr-syntax: on}\n", says: "none of deny, warn and off"},
		"OtherSeverity":    {reason: "there are three severities", file: head + "checks: {expr-syntax: error}\n", says: `severity "error"`},
		"UnknownKey":       {reason: "a misspelt key is not ignored", file: head + "check: {}\n", says: `unknown field "check"`},
		"OtherCase":        {reason: "keys are case-sensitive", file: head + "WarnOnly: true\n", says: `unknown field "WarnOnly"`},
		"KeyTwice":         {reason: "a key may occur only once", file: head + "warnOnly: true\nwarnOnly: false\n", says: "already set", beyondJSON: true},
		"UnknownNested":    {reason: "a misspelt nested key is not ignored", file: head + "defaulting: {rules: {}}\n", says: `unknown field "defaulting.rules"`},
		"UnknownCheck":     {reason: "a misspelt check is not ignored", file: head + "checks: {expr-sintax: warn}\n", says: `no check "expr-sintax"`, beyondJSON: true},
		"UnknownInSpace":   {reason: "nor is one in namespaces", file: head + "namespaces: [{selector: {}, checks: {x: warn}}]\n", says: `namespaces[0].checks: there is no check "x"`, beyondJSON: true},
		"BadSelector":      {reason: "a selector has to be valid", file: head + "namespaces: [{selector: {matchExpressions: [{key: a, operator: Is}]}, checks: {}}]\n", says: "namespaces[0].selector"},
		"BadPrometheus":    {reason: "a name without a namespace is ambiguous", file: head + "defaulting: {prometheus: main}\n", says: "defaulting.prometheus"},
		"BadAlertmanager":  {reason: "so is that of an Alertmanager", file: head + "defaulting: {alertmanager: main}\n", says: "defaulting.alertmanager"},
		"BadLabel":         {reason: "a label that the API server would refuse is refused here", file: head + "defaulting: {monitors: {release: \"a b\"}}\n", says: "defaulting.monitors", beyondJSON: true},
		"TwoDocuments":     {reason: "a second document is not ignored", file: head + "---\nwarnOnly: true\n", says: "more than one YAML document", beyondJSON: true},
		"DocumentStart":    {reason: "a document may begin with its marker", file: "---\n" + head},
		"CommentAndStart":  {reason: "the marker may follow a comment", file: "# ours\n---\n" + head},
		"DashesInText":     {reason: "dashes inside a text are not a marker", file: head + "defaulting:\n  monitors:\n    release: |-\n      a\n      ---b\n", says: "defaulting.monitors", beyondJSON: true},
		"EndMarker":        {reason: "an empty rest is not a document", file: head + "---\n"},
		"NoSelector":       {reason: "a selector for all namespaces has to be explicit", file: head + "namespaces: [{checks: {}}]\n", says: "namespaces[0].selector is missing"},
		"OtherKind":        {reason: "another kind is not taken for a configuration", file: "apiVersion: v1\nkind: ConfigMap\n", says: "have to be"},
		"Empty":            {reason: "nor is an empty file", file: "", says: "have to be"},
		"Operator":         {reason: "all keys of the operator", file: head + "operator: {namespaces: [a], prometheusInstanceNamespaces: [b], thanosRulerInstanceNamespaces: [c], prometheusInstanceSelector: \"a=b,c in (d, e)\", thanosRulerInstanceSelector: \"!a\", controllerID: x}\n"},
		"OperatorDenies":   {reason: "the other list", file: head + "operator: {denyNamespaces: [a]}\n"},
		"OperatorBoth":     {reason: "the operator does not start with both", file: head + "operator: {namespaces: [a], denyNamespaces: [b]}\n", says: "exclude each other", beyondJSON: true},
		"OperatorSpace":    {reason: "an invalid name of a namespace is a mistake", file: head + "operator: {denyNamespaces: [a, b c]}\n", says: "operator.denyNamespaces[1]"},
		"OperatorSelector": {reason: "a selector has to be valid", file: head + "operator: {thanosRulerInstanceSelector: \"a in b\"}\n", says: "operator.thanosRulerInstanceSelector", beyondJSON: true},
		"OperatorUnknown":  {reason: "a misspelt flag is not ignored", file: head + "operator: {instanceNamespaces: [a]}\n", says: `unknown field "operator.instanceNamespaces"`},
		"Readers":          {reason: "all keys of a reader", file: head + "readers: [{name: a, engine: Loki, kinds: [PrometheusRule], objects: {matchLabels: {a: b}}, namespaces: {matchExpressions: [{key: a, operator: Exists}]}}, {name: b, engine: OpenTelemetry, namespaces: {}}]\n"},
		"ReaderNoName":     {reason: "messages name the reader", file: head + "readers: [{engine: Loki, objects: {}}]\n", says: "readers[0].name is missing"},
		"ReaderTwice":      {reason: "two readers of one name could not be told apart", file: head + "readers: [{name: a, engine: Loki, objects: {}}, {name: a, engine: Mimir, objects: {}}]\n", says: "another reader", beyondJSON: true},
		"ReaderNoEngine":   {reason: "the engine says in which language the rules are", file: head + "readers: [{name: a, objects: {}}]\n", says: "readers[0].engine is missing"},
		"ReaderEngine":     {reason: "the engines are known", file: head + "readers: [{name: a, engine: loki, objects: {}}]\n", says: `engine "loki" is none of`},
		"ReaderEverything": {reason: "a reader of everything has to be explicit", file: head + "readers: [{name: a, engine: Loki}]\n", says: "objects and namespaces are missing"},
		"ReaderKind":       {reason: "Loki reads no monitors", file: head + "readers: [{name: a, engine: Loki, kinds: [PodMonitor], objects: {}}]\n", says: "Loki reads no \"PodMonitor\"", beyondJSON: true},
		"ReaderSelector":   {reason: "a selector has to be valid", file: head + "readers: [{name: a, engine: Loki, objects: {matchExpressions: [{key: a, operator: Is}]}}]\n", says: "readers[0]"},
		"ReaderUnknown":    {reason: "a misspelt key is not ignored", file: head + "readers: [{name: a, engine: Loki, object: {}}]\n", says: `unknown field "readers[0].object"`},
		"EverythingAtOnce": {reason: "all mistakes are reported at once", file: head + "checks: {a: warn, b: warn}\n", says: `"b"`, beyondJSON: true},
	}
	schema := loadSchema(t)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(tc.file), checks)
			switch {
			case tc.says == "" && err != nil:
				t.Errorf("%s: %v", tc.reason, err)
			case tc.says != "" && (err == nil || !strings.Contains(err.Error(), tc.says)):
				t.Errorf("%s: got %v, want %q", tc.reason, err, tc.says)
			}
			if tc.beyondJSON {
				return
			}
			if schemaErr := schema(t, tc.file); (schemaErr == nil) != (err == nil) {
				t.Errorf("the decoder says %v, the schema %v", err, schemaErr)
			}
		})
	}
}

// TestExample: the commented example is a valid configuration with the default values, and contains
// every key.
func TestExample(t *testing.T) {
	content, err := os.ReadFile("../../docs/promgate.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(content, checks)
	if err != nil {
		t.Fatal(err)
	}
	if err := loadSchema(t)(t, string(content)); err != nil {
		t.Errorf("the schema refuses the example: %v", err)
	}
	if diff := cmp.Diff(defaulting.AsInstalled(), c.Labels()); diff != "" {
		t.Errorf("the example's labels are not the defaults (-want +got):\n%s", diff)
	}
	if got := c.JobScope(); got != jobs.ScopeEndpoint {
		t.Errorf("the example's scope is %s", got)
	}
	if got := c.ParseTime(); got != validation.DefaultParseTime {
		t.Errorf("the example's time to parse is %s", got)
	}
	for _, check := range checks {
		if got := c.Policy().Severity(check, nil); got != check.Severity {
			t.Errorf("the example sets %s to %s", check.ID, got)
		}
	}
	for _, key := range jsonKeys(reflect.TypeFor[Configuration]()) {
		if !strings.Contains(string(content), "\n"+key+":") && !strings.Contains(string(content), "\n# "+key+":") {
			t.Errorf("the example does not show %s", key)
		}
	}
}

func TestScope(t *testing.T) {
	for file, want := range map[string]jobs.Scope{
		head:                           jobs.ScopeEndpoint,
		head + "duplicateJobs: {}\n":   jobs.ScopeEndpoint,
		head + "duplicateJobs: null\n": jobs.ScopeEndpoint,
		head + "duplicateJobs: {scope: prometheus}\n": jobs.ScopePrometheus,
	} {
		c, err := Parse([]byte(file), checks)
		if err != nil || c.JobScope() != want {
			t.Errorf("%s: %v, want %s", file, err, want)
		}
	}
}

func TestParseTime(t *testing.T) {
	for file, want := range map[string]time.Duration{
		head:                                validation.DefaultParseTime,
		head + "rules: {}\n":                validation.DefaultParseTime,
		head + "rules: {parseTime: 1.5s}\n": 1500 * time.Millisecond,
	} {
		c, err := Parse([]byte(file), checks)
		if err != nil || c.ParseTime() != want {
			t.Errorf("%s: %v, want %s", file, err, want)
		}
	}
}

// TestSchemaHasTheKeys: the schema contains every key of the type.
func TestSchemaHasTheKeys(t *testing.T) {
	root := readSchema(t)
	for _, tc := range []struct {
		at  string
		typ reflect.Type
		s   spec.Schema
	}{
		{"the file", reflect.TypeFor[Configuration](), *root},
		{"defaulting", reflect.TypeFor[Defaulting](), root.Properties["defaulting"]},
		{"operator", reflect.TypeFor[Operator](), root.Properties["operator"]},
		{"duplicateJobs", reflect.TypeFor[DuplicateJobs](), root.Properties["duplicateJobs"]},
		{"selectionLost", reflect.TypeFor[SelectionLost](), root.Properties["selectionLost"]},
		{"rules", reflect.TypeFor[Rules](), root.Properties["rules"]},
		{"readers", reflect.TypeFor[Reader](), *root.Properties["readers"].Items.Schema},
	} {
		got := slices.Sorted(maps.Keys(tc.s.Properties))
		if diff := cmp.Diff(jsonKeys(tc.typ), got); diff != "" {
			t.Errorf("keys of %s (-type +schema):\n%s", tc.at, diff)
		}
	}
}

func TestPolicy(t *testing.T) {
	c, err := Parse([]byte(head+`
checks: {expr-syntax: warn}
namespaces:
- {selector: {matchLabels: {tier: prod}}, checks: {expr-syntax: deny}}
- {selector: {matchLabels: {team: a}}, checks: {expr-syntax: off}}
`), checks)
	if err != nil {
		t.Fatal(err)
	}
	for want, namespace := range map[validation.Severity]map[string]string{
		validation.Warn: {"tier": "test"},
		validation.Deny: {"tier": "prod"},
		validation.Off:  {"tier": "prod", "team": "a"},
	} {
		if got := c.Policy().Severity(checks[0], namespace); got != want {
			t.Errorf("in %v: %s, want %s", namespace, got, want)
		}
	}
}

func TestLabels(t *testing.T) {
	c, err := Parse([]byte(head+"defaulting: {monitors: {}}\n"), checks)
	if err != nil {
		t.Fatal(err)
	}
	want := defaulting.Rules{PrometheusRules: defaulting.AsInstalled().PrometheusRules, Monitors: map[string]string{}, AlertmanagerConfigs: map[string]string{}}
	if diff := cmp.Diff(want, c.Labels()); diff != "" {
		t.Errorf("an empty map adds nothing, a missing one means the defaults (-want +got):\n%s", diff)
	}
	c, err = Parse([]byte(head+"defaulting: {alertmanagerConfigs: {team: a}, prometheus: m/p, alertmanager: m/a}\n"), checks)
	if err != nil {
		t.Fatal(err)
	}
	labels := c.Labels()
	if got, _ := labels.For("AlertmanagerConfig"); got["team"] != "a" || labels.Default("AlertmanagerConfig") != "m/a" || labels.Default("Probe") != "m/p" {
		t.Errorf("got %+v", labels)
	}
}

// TestWatch: a change is noticed, an invalid file is reported and the valid one after it is used;
// without a change there is no call.
func TestWatch(t *testing.T) {
	file := filepath.Join(t.TempDir(), "promgate.yaml")
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile(file+".new", []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		// The file changes in one step, as a mounted ConfigMap does, because the watcher may be
		// reading it.
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	write(head)
	ctx, cancel := context.WithCancel(t.Context())
	tick, calls, done := make(chan time.Time), make(chan error, 10), make(chan struct{})
	go func() {
		defer close(done)
		Watch(ctx, file, []byte(head), checks, tick, func(c *Configuration, err error) {
			if err == nil && !c.WarnOnly {
				err = errors.New("an old configuration")
			}
			calls <- err
		})
	}()
	step := func() { tick <- time.Time{}; tick <- time.Time{} } // the second is taken when the first is done

	step()
	write(head + "warnOnly: true\n")
	step()
	write(head + "warnOnly: maybe\n")
	step()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	step()
	write(head + "warnOnly: true\n")
	step()
	cancel()
	<-done
	close(calls)

	var got []bool
	for err := range calls {
		got = append(got, err == nil)
	}
	if diff := cmp.Diff([]bool{true, false, false, true}, got); diff != "" {
		t.Errorf("calls, true where the file was good (-want +got):\n%s", diff)
	}
}

func jsonKeys(t reflect.Type) []string {
	var keys []string
	for f := range t.Fields() {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func readSchema(t *testing.T) *spec.Schema {
	t.Helper()
	content, err := os.ReadFile("../../docs/promgate.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	s := &spec.Schema{}
	if err := json.Unmarshal(content, s); err != nil {
		t.Fatal(err)
	}
	return s
}

func loadSchema(t *testing.T) func(*testing.T, string) error {
	t.Helper()
	validator := validate.NewSchemaValidator(readSchema(t), nil, "", strfmt.Default)
	return func(t *testing.T, file string) error {
		t.Helper()
		var content map[string]any
		if err := yaml.Unmarshal([]byte(file), &content); err != nil {
			t.Fatal(err)
		}
		if content == nil {
			content = map[string]any{}
		}
		result := validator.Validate(content)
		return errors.Join(result.Errors...)
	}
}

package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/lint"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// TestList: the items of a List are objects of one document. They are reviewed at the same time, and
// each finding has its own place.
func TestList(t *testing.T) {
	const items = 60
	var list strings.Builder
	list.WriteString("apiVersion: v1\nkind: List\nitems:\n")
	for i := range items {
		fmt.Fprintf(&list, "- apiVersion: monitoring.coreos.com/v1\n  kind: PrometheusRule\n  metadata: {name: r%d}\n"+
			"  spec: {groups: [{name: g, rules: [{record: 'a:b', expr: 'sum(up'}]}]}\n", i)
	}
	r := run(t, load.File{Name: "list.yaml", Text: []byte(list.String())})
	if len(r.Findings) != items || len(r.Checked) != items {
		t.Fatalf("%d findings on %d objects", len(r.Findings), len(r.Checked))
	}
	for i, f := range r.Findings {
		if want := 7 + 4*i; f.Start.Line != want || f.Name != fmt.Sprintf("r%d", i) {
			t.Errorf("%s is at line %d, want %d", f.Name, f.Start.Line, want)
		}
	}
}

// TestSeverities: what the configuration says of a check counts for files, too.
func TestSeverities(t *testing.T) {
	const rules = "groups:\n- name: a\n  rules:\n  - {alert: A, expr: up}\n" // no condition: a warning as installed
	for name, c := range map[string]struct {
		reason, text string
		severities   map[string]validation.Severity
		want         []string
	}{
		"AsInstalled": {reason: "a broken file is denied", text: "groups: [", want: []string{"deny file-syntax"}},
		"Off":         {reason: "a check of files may be off", text: "groups: [", severities: map[string]validation.Severity{"file-syntax": validation.Off}},
		"Warning":     {reason: "an opinion on a rule file is a warning", text: rules, want: []string{"warn alert-condition"}},
		"Raised":      {reason: "a team may make it a denial, although the loader accepts the file", text: rules, severities: map[string]validation.Severity{"alert-condition": validation.Deny}, want: []string{"deny alert-condition"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := lint.Run(t.Context(), []load.File{{Name: "a.yaml", Text: []byte(c.text), Named: true}}, lint.Options{
				Kinds: builtin.Kinds(), Schemas: schemas, Settings: review.Settings{Severity: validation.Policy{Severities: c.severities}.Severity},
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range r.Findings {
				got = append(got, fmt.Sprintf("%s %s", f.Finding.Severity, f.Finding.Check))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestNote: what cannot be checked without a Prometheus is said, unless there is nothing to select.
func TestNote(t *testing.T) {
	const (
		monitor    = "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: a}\nspec: {selector: {}, podMetricsEndpoints: [{port: a}]}\n---\n"
		prometheus = "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: a}\nspec: {}\n---\n"
		unreadable = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusAgent\nmetadata: {name: a}\nspec: []\n---\n"
		rules      = "groups: [{name: a, rules: []}]\n"
	)
	for text, want := range map[string]bool{
		monitor: true, monitor + rules: true, rules: false, prometheus: false, monitor + prometheus: false,
		monitor + strings.Replace(unreadable, "/v1", "/v1alpha1", 1): false,
	} {
		if got := run(t, load.File{Name: "a.yaml", Text: []byte(text)}).Summary.Note != ""; got != want {
			t.Errorf("got %v for\n%s", got, text)
		}
	}
}

// TestSameExpression: an expression that two rules have is read in the dialect of each.
func TestSameExpression(t *testing.T) {
	const rule = `
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: %[1]s, namespace: default, labels: {for: %[1]s}}
spec: {groups: [{name: g, rules: [{record: a:b, expr: "mad_over_time(x[5m])"}]}]}
`
	const instance = `
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: %[1]s, namespace: default}
spec: {enableFeatures: [%[2]s], ruleSelector: {matchLabels: {for: %[1]s}}}
`
	var text strings.Builder
	for _, name := range []string{"with", "without", "with2", "without2"} {
		feature := ""
		if strings.HasPrefix(name, "with") && !strings.HasPrefix(name, "without") {
			feature = "promql-experimental-functions"
		}
		fmt.Fprintf(&text, instance, name, feature)
		fmt.Fprintf(&text, rule, name)
	}
	var denied []string
	for _, f := range run(t, load.File{Name: "a.yaml", Text: []byte(text.String())}).Findings {
		if f.Finding.Severity == validation.Deny {
			denied = append(denied, f.Name)
		}
	}
	if want := []string{"without", "without2"}; !slices.Equal(denied, want) {
		t.Errorf("denied: %v, want %v", denied, want)
	}
}

// TestVersions: an expression is held against the version of each Prometheus that selects its rule.
// All refuse it, and it is denied; one of them, and that one is named.
func TestVersions(t *testing.T) {
	const rule = `
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: demo, namespace: default}
spec: {groups: [{name: g, rules: [{record: a:b, expr: "first_over_time(x[5m])"}]}]}
`
	const instance = `
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: %[1]s, namespace: default}
spec: {version: %[2]s, ruleSelector: {}}
`
	for name, test := range map[string]struct {
		versions []string
		severity validation.Severity
		problem  string
	}{
		"None":   {nil, validation.Off, ""},
		"Newer":  {[]string{"v3.14.0", "v3.16.0"}, validation.Off, ""},
		"Older":  {[]string{"v3.5.0"}, validation.Deny, "default/p0 runs 3.5.0"},
		"Mixed":  {[]string{"v3.14.0", "v3.5.0"}, validation.Warn, "for Prometheus default/p1: "},
		"TwoOld": {[]string{"v3.13.0", "v3.5.0"}, validation.Deny, "default/p0 runs 3.13.0"},
	} {
		t.Run(name, func(t *testing.T) {
			text := rule
			for i, v := range test.versions {
				text += fmt.Sprintf(instance, fmt.Sprintf("p%d", i), v)
			}
			severity, problem := validation.Off, ""
			for _, f := range run(t, load.File{Name: "a.yaml", Text: []byte(text)}).Findings {
				if f.Finding.Check == "expr-version" {
					severity, problem = f.Finding.Severity, f.Finding.Problem
				}
			}
			if severity != test.severity || !strings.Contains(problem, test.problem) {
				t.Errorf("%s: %s, want %s: %s", severity, problem, test.severity, test.problem)
			}
		})
	}
}

// TestServiceElsewhere: files may leave the namespace of an object to kustomize, Helm or kubectl. Then nothing is said of where a
// Service is.
func TestServiceElsewhere(t *testing.T) {
	const service = "apiVersion: v1\nkind: Service\nmetadata: {name: web, labels: {app: web}%s}\nspec: {ports: [{name: http, port: 80}]}\n"
	const monitor = "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: web%s}\nspec: {selector: {matchLabels: {app: web}}, endpoints: [{port: http}]}\n"
	for name, c := range map[string]struct {
		service, monitor string
		want             []string
	}{
		"Named":                   {service: ", namespace: shop", monitor: ", namespace: monitoring", want: []string{"service-elsewhere"}},
		"ServiceWithoutNamespace": {monitor: ", namespace: monitoring"},
		"MonitorWithoutNamespace": {service: ", namespace: shop"},
		"NeitherNamed":            {},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, load.File{Name: "stand-in.yaml", Text: []byte(standInText)},
				load.File{Name: "service.yaml", Text: fmt.Appendf(nil, service, c.service)}, load.File{Name: "monitor.yaml", Text: fmt.Appendf(nil, monitor, c.monitor)})
			var got []string
			for _, f := range r.Findings {
				got = append(got, f.Finding.Check)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestStandInClasses: which scrape classes a Prometheus has that nobody has seen is not known.
func TestStandInClasses(t *testing.T) {
	const monitor = "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: web}\n" +
		"spec: {scrapeClass: mtls, selector: {matchLabels: {app: web}}, podMetricsEndpoints: [{port: http}]}\n"
	seen := strings.Replace(standInText, "promgate.dev/stand-in", "seen", 1)
	for text, want := range map[string]int{standInText: 0, seen: 1} {
		r := run(t, load.File{Name: "prometheus.yaml", Text: []byte(text)}, load.File{Name: "monitor.yaml", Text: []byte(monitor)})
		if len(r.Findings) != want {
			t.Errorf("%d findings, want %d: %v", len(r.Findings), want, r.Findings)
		}
	}
}

// TestDuplicateJobWithoutNamespace: two monitors in the way of each other are a denial if their files say that they are in one namespace, or are in
// one directory.
func TestDuplicateJobWithoutNamespace(t *testing.T) {
	const monitor = "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: %s%s}\nspec: {selector: {matchLabels: {app: web}}, endpoints: [{port: http}]}\n"
	for _, c := range []struct {
		namespace, directory string
		want                 []string
	}{
		{"", "prod/", []string{"duplicate-job-passes warn", "duplicate-job warn"}},
		{", namespace: shop", "prod/", []string{"duplicate-job-passes warn", "duplicate-job deny"}},
		{"", "dev/", []string{"duplicate-job-passes warn", "duplicate-job deny"}}, // kubectl apply -f dev creates both
	} {
		namespace, want := c.namespace, c.want
		r := run(t, load.File{Name: "stand-in.yaml", Text: []byte(standInText)},
			load.File{Name: "dev/a.yaml", Text: fmt.Appendf(nil, monitor, "a", namespace)}, load.File{Name: c.directory + "b.yaml", Text: fmt.Appendf(nil, monitor, "b", namespace)})
		var got []string
		for _, f := range r.Findings {
			got = append(got, f.Finding.Check+" "+string(f.Finding.Severity))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("namespace %q: findings (-want +got):\n%s", namespace, diff)
		}
	}
}

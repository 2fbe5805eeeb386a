package lint_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/labels"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/internal/checktest"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/lint"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
	"github.com/promgate/promgate/validation/file"
)

// TestLintSaysTheSame: the objects of all checks' cases get the same findings from a review, which is
// what the webhook does, and from lint, which reads them from a file, and each finding has a place
// in it.
func TestLintSaysTheSame(t *testing.T) {
	archives, err := checktest.Load("../validation")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for id, archive := range archives {
		if archive.NeedsFile() {
			continue
		}
		for _, c := range archive.Cases {
			if c.Stored != "" {
				continue // lint knows of no object that another one replaces
			}
			t.Run(id+"/"+c.Name, func(t *testing.T) {
				stored := c
				stored.In = withDefaults(t, c.In)
				want, err := checktest.Review(builtin.Kinds(), checktest.AsInstalled, stored)
				if err != nil && !errors.Is(err, checktest.ErrNoKind) { // a kind that only a webhook looks at
					t.Fatal(err)
				}
				if diff := cmp.Diff(texts(want), texts(lintCase(t, c))); diff != "" {
					t.Errorf("findings (-review +lint):\n%s", diff)
				}
				compared += len(want)
			})
		}
	}
	if compared < 500 {
		t.Errorf("the test is empty: only %d findings are compared", compared)
	}
}

// lintCase lints the object of a case, with the objects around it known already.
func lintCase(t *testing.T, c checktest.Case) []validation.Finding {
	t.Helper()
	model, err := c.Model()
	if err != nil {
		t.Fatal(err)
	}
	configuration, err := c.Configuration()
	if err != nil {
		t.Fatal(err)
	}
	permissive, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	r, err := lint.Run(t.Context(), []load.File{{Name: "in.yaml", Text: []byte(withGroup(t, c.In))}}, lint.Options{
		Kinds: builtin.Kinds(), Judge: permissive, Schemas: schemas,
		Settings: review.Settings{
			Severity: withoutFileChecks, Today: time.Now(),
			DuplicateJobs: configuration.DuplicateJobs.Scope, ParseTime: configuration.Rules.ParseTime.Duration,
		},
		Others: objectsIn(model), Whole: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	var found []validation.Finding
	for _, l := range r.Findings {
		if l.Start.Line == 0 || l.Start.Column == 0 || l.SourceLine == "" {
			t.Errorf("%s has no place", l.Finding.Problem)
		}
		found = append(found, l.Finding)
	}
	return found
}

// withGroup adds the apiVersion, which cases omit.
func withGroup(t *testing.T, text string) string {
	t.Helper()
	var meta struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err := yaml.Unmarshal([]byte(text), &meta); err != nil {
		t.Fatal(err)
	}
	kind, _ := selection.KindNamed(meta.Kind)
	if meta.APIVersion != "" {
		return text
	}
	return "apiVersion: " + kind.GroupVersion().String() + "\n" + text
}

// withDefaults returns an object as a webhook sees it: with the defaults of its CRD.
func withDefaults(t *testing.T, text string) string {
	t.Helper()
	if !strings.Contains(text, "elabelings:") && !strings.Contains(text, "kind: Prometheus\n") && !strings.Contains(text, "kind: PrometheusAgent\n") {
		return text // nothing else has a default that a check looks at
	}
	raw, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	object := map[string]any{}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(raw, &object); err != nil {
		t.Fatal(err)
	}
	word, _ := object["kind"].(string)
	kind, _ := selection.KindNamed(word)
	s, known, err := schemas.For(kind.GroupVersionKind)
	if err != nil || !known {
		t.Fatal(word, known, err)
	}
	s.Default(object)
	defaulted, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return string(defaulted)
}

// withoutFileChecks turns off what the API server would say of a case, which is only a part of an object.
func withoutFileChecks(check validation.Info, _ labels.Set) validation.Severity {
	if slices.ContainsFunc(file.Checks(), func(c validation.Info) bool { return c.ID == check.ID }) {
		return validation.Off
	}
	return check.Severity
}

func objectsIn(model *cluster.Model) []selection.Object {
	var objects []selection.Object
	for _, kind := range selection.AllKinds() {
		for _, ref := range model.Refs(kind.Kind) {
			objects = append(objects, model.Object(ref))
		}
	}
	return objects
}

func texts(found []validation.Finding) []string {
	all := make([]string, 0, len(found))
	for _, f := range found {
		all = append(all, fmt.Sprintf("%s %s", f.Severity, report.Text(f, report.ReadableLimits())))
	}
	slices.Sort(all)
	return strings.Split(strings.Join(all, "\n"), "\n")
}

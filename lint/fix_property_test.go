package lint_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/internal/source"
	"github.com/promgate/promgate/lint"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// TestFixes: fixes of a random object in a random style change what they are for and nothing else, keep
// every line that they are not about, and a second run changes nothing.
func TestFixes(t *testing.T) {
	const objects = 300
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	fixed := map[string]int{}
	for range objects {
		text := randomObject(random)
		before := parsed(t, text)
		result := text
		for range 5 {
			fixes := fixesOf(t, result)
			if len(fixes) == 0 {
				break
			}
			result = string(fixes[0].Fixed)
		}
		if again := fixesOf(t, result); len(again) > 0 {
			t.Fatalf("another run changes\n%s\ninto\n%s", result, again[0].Fixed)
		}
		after := parsed(t, result)
		for name, change := range changes(before, after) {
			if !change {
				t.Fatalf("%s has changed in another way:\n%s\n%s", name, text, result)
			}
			fixed[name]++
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Fatalf("more has changed (-before +after):\n%s\n%s\n%s", diff, text, result)
		}
		if line := lostLine(text, result); line != "" {
			t.Fatalf("the line %q has changed:\n%s\n%s", line, text, result)
		}
	}
	for _, name := range []string{"labels", "annotation", "value"} {
		if fixed[name] < objects/10 {
			t.Errorf("the test is one-sided: %v", fixed)
		}
	}
}

// changes takes the changes that fixes may make out of an object and the fixed one, and returns which there
// are, and whether each is right.
func changes(before, after map[string]any) map[string]bool {
	found := map[string]bool{}
	metadata := func(o map[string]any) map[string]any { return o["metadata"].(map[string]any) }
	textsOf := func(o map[string]any, field string) map[string]any {
		texts, _ := metadata(o)[field].(map[string]any)
		delete(metadata(o), field)
		return maps.Clone(texts)
	}
	labels, fixedLabels := textsOf(before, "labels"), textsOf(after, "labels")
	if labels["release"] == nil && fixedLabels["release"] != nil {
		delete(fixedLabels, "release")
		found["labels"] = len(labels) == len(fixedLabels) && (len(labels) == 0 || cmp.Equal(labels, fixedLabels))
	}
	annotations, fixedAnnotations := textsOf(before, "annotations"), textsOf(after, "annotations")
	old, _ := annotations[validation.SuppressionAnnotation].(string)
	fixed, _ := fixedAnnotations[validation.SuppressionAnnotation].(string)
	if old != fixed {
		want := strings.TrimLeft(strings.TrimRight(old, "\n")+"\nno-endpoints is meant so", "\n")
		found["annotation"] = strings.TrimRight(fixed, "\n") == want
	}
	delete(annotations, validation.SuppressionAnnotation)
	delete(fixedAnnotations, validation.SuppressionAnnotation)
	found["annotations"] = len(annotations) == len(fixedAnnotations) && (len(annotations) == 0 || cmp.Equal(annotations, fixedAnnotations))
	selector := func(o map[string]any) map[string]any {
		return o["spec"].(map[string]any)["selector"].(map[string]any)["matchLabels"].(map[string]any)
	}
	if value, ok := selector(before)["page"].(bool); ok {
		found["value"] = value && selector(after)["page"] == "yes"
		delete(selector(before), "page")
		delete(selector(after), "page")
	}
	return found
}

// lostLine returns the first line of a text that a fix is not about, and that does not follow the lines before
// it in the fixed text.
func lostLine(text, fixed string) string {
	isEdited := func(line string) bool {
		return strings.ContainsAny(line, "{}") || strings.Contains(line, "labels") || strings.Contains(line, validation.SuppressionAnnotation)
	}
	lines := strings.SplitAfter(fixed, "\n")
	for line := range strings.Lines(text) {
		i := slices.IndexFunc(lines, func(other string) bool { return strings.HasPrefix(other, strings.TrimRight(line, "\r\n")) })
		if i >= 0 {
			lines = lines[i+1:]
		} else if !isEdited(line) && !strings.Contains(line, ",") {
			return line
		}
	}
	return ""
}

func parsed(t *testing.T, text string) map[string]any {
	t.Helper()
	documents := source.Parse([]byte(text)).Documents
	if len(documents) != 1 {
		t.Fatalf("%d documents in\n%s", len(documents), text)
	}
	object := map[string]any{}
	if err := json.Unmarshal(documents[0].JSON(), &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func fixesOf(t *testing.T, text string) []lint.Fixed {
	t.Helper()
	r, err := lint.Run(t.Context(), []load.File{{Name: "a.yaml", Text: []byte(text), Named: true}}, lint.Options{
		Kinds: builtin.Kinds(), Schemas: schemas, Namespace: "default", Annotate: true,
		Settings: review.Settings{Severity: validation.Policy{}.Severity, Today: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
		Labels:   defaulting.Rules{Monitors: map[string]string{"release": "main"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.Fixes
}

// randomObject writes a ServiceMonitor without endpoints.
func randomObject(random *rand.Rand) string {
	pick := func(values ...string) string { return values[random.IntN(len(values))] }
	quote := func(key string) string { return pick(key, `"`+key+`"`, "'"+key+"'") }
	comment := func() string { return pick("", "", " # c") }
	var entries []string
	add := func(text string) { entries = append(entries, text) }
	if random.IntN(2) == 0 { // all of the metadata in one line, or in braces on several
		add(quote("name") + ": " + pick("web", `"web"`))
		add(pick("", quote("labels")+": {app: b}", quote("labels")+": {}", quote("labels")+": null"))
		add(pick("", quote("annotations")+": {a: b}", quote("annotations")+": {"+quote(validation.SuppressionAnnotation)+": "+pick("no-targets is meant so", "'no-targets it''s meant so'")+"}"))
		entries = shuffled(random, entries)
		separator := pick(", ", ",\n  ", ", # c\n  ")
		entries = []string{quote("metadata") + ": {" + strings.Join(entries, separator) + pick("", "\n  ", ",\n  ") + "}" + comment()}
	} else {
		add(quote("name") + ": " + pick("web", `"web"`, ">-\n    web", "\n    web"))
		add(pick("", quote("labels")+":\n    app: b"+comment(), quote("labels")+": {app: b}", quote("labels")+":", quote("labels")+":\n    app: |-\n      b"))
		add(pick("", quote("annotations")+":\n    a: |\n      b\n\n", quote("annotations")+":\n    "+quote(validation.SuppressionAnnotation)+": "+
			pick("no-targets is meant so", "|\n      no-targets is meant so", "|-\n        no-targets is meant so\n\n", `"no-targets is meant so\n"`)))
		entries = shuffled(random, entries)
		entries = []string{quote("metadata") + ":" + comment() + "\n  " + strings.Join(entries, "\n  ")}
	}
	entries = append(entries, "apiVersion: monitoring.coreos.com/v1", "kind: ServiceMonitor"+comment(),
		fmt.Sprintf("spec:%s\n  selector: {matchLabels: {%s: %s, a: b}}\n  endpoints: []", comment(), quote("page"), pick("yes", "'yes'")))
	text := "# promgate:ignore no-endpoints is meant so\n" + strings.Join(shuffled(random, entries), "\n") + pick("", "\n", "\n# end\n")
	if random.IntN(4) == 0 {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

// shuffled returns the texts that are not empty in another order.
func shuffled(random *rand.Rand, texts []string) []string {
	var kept []string
	for _, text := range texts {
		if text != "" {
			kept = append(kept, text)
		}
	}
	random.Shuffle(len(kept), func(i, j int) { kept[i], kept[j] = kept[j], kept[i] })
	return kept
}

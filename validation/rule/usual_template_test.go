package rule

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestUsualTemplates(t *testing.T) {
	for text, want := range map[string]bool{
		"Pod {{ $labels.namespace }}/{{$labels.pod}} is down": true,
		"{{ $value }}": true,
		`{{ printf "%.2f" $value }}% of {{ $labels.job }}`: true,
		"{{ $value | humanizeDuration }}":                  true,
		`{{ $labels.job | printf "%s is down" | title }}`:  true,
		"}} {{ $value }}}":                                 true,
		"{{ humanize $value | printf \"%s\" }}":            true,
		"{{ }}":                                            false,
		"{{":                                               false,
		"{{ $value | }}":                                   false,
		"{{ $values }}":                                    false,
		"{{ $labels.a.b }}":                                false,
		"{{ $labels.0 }}":                                  false,
		"{{ $value -}}":                                    false,
		"{{- $value }}":                                    false,
		"{{ $value | query }}":                             false,
		"{{ query $value }}":                               false,
		"{{ if $value }}{{ end }}":                         false,
		`{{ printf "{{" }}`:                                false,
		`{{ printf "\q" $value }}`:                         false,
		"{{ $labels.job | $value }}":                       false,
		"{{ define \"x\" }}{{ end }}":                      false,
		"{{ $value\u00a0}}":                                false,
		"{{ /* a comment */ }}":                            false,
		"{{ $value }} {{ $labels.instance }":               false,
		"{{ $value }} {{ $labels.instance }}{{ .Labels.job }}":  false,
		"{{ $value }} {{ $labels.instance }}\n{{\n $value\n }}": false,
	} {
		if _, ok := usageOfUsual(text); ok != want {
			t.Errorf("%q is usual: %t, not %t", text, ok, want)
		}
	}
}

// TestPlainFunctions: Prometheus' templates have each of the functions.
func TestPlainFunctions(t *testing.T) {
	for _, name := range plainFunctions {
		if _, err := parseTemplate("Alert", "{{ "+name+" $value }}"); err != nil {
			t.Error(err)
		}
	}
}

// TestUsualTemplatesProperty compares the two readers over random templates.
func TestUsualTemplatesProperty(t *testing.T) {
	pieces := []string{
		"{{", "}}", "{{ ", " }}", "{{$value}}", "{{ $labels.job }}", " | ", "|", " ", " ", "$value", "$labels.job", "$labels.", "$labels", "job", ".", "-",
		"humanize", "printf", "print", "title", "query", "if", "end", `"%s"`, `"`, `\`, "`", "'", "0", "text", "{", "}", "\n", "é", ".Labels.job", "nil", "$", "(", ")", ",", ":=", "=",
	}
	random := rand.New(rand.NewPCG(1, 2))
	usual := 0
	for range 300_000 {
		var text strings.Builder
		for range 1 + random.IntN(6) {
			if random.IntN(3) == 0 {
				text.WriteString("{{ ")
				for range 1 + random.IntN(4) {
					text.WriteString(pieces[random.IntN(len(pieces))])
					text.WriteString(strings.Repeat(" ", random.IntN(2)))
				}
				text.WriteString(" }}")
			} else {
				text.WriteString(pieces[random.IntN(len(pieces))])
			}
		}
		got, ok := usageOfUsual(text.String())
		if !ok || !strings.Contains(text.String(), "{{") {
			continue
		}
		usual++
		trees, err := parseTemplate("Alert", text.String())
		if err != nil || len(trees) != 1 || !isPlain(trees[0]) || len(constantQueries(trees)) > 0 {
			t.Fatalf("%q is not usual: %v", text.String(), err)
		}
		if diff := cmp.Diff(usageOf(trees), got, cmp.AllowUnexported(usage{}), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%q (-parser +usual):\n%s", text.String(), diff)
		}
	}
	if usual < 10_000 {
		t.Errorf("only %d templates were usual", usual)
	}
}

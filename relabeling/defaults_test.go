package relabeling

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/model/relabel"
	"github.com/prometheus/prometheus/util/strutil"
	"go.yaml.in/yaml/v2"
)

// TestActionOf compares the actions with those that Prometheus decodes.
func TestActionOf(t *testing.T) {
	for _, text := range append([]string{"Replace", "REPLACE", "rename", "keep ", "hash-mod"}, actions...) {
		var want relabel.Action
		err := want.UnmarshalYAML(func(target any) error {
			if s, ok := target.(*string); ok {
				*s = text
			}
			return nil
		})
		if text == "" {
			want, err = relabel.DefaultRelabelConfig.Action, nil // the operator does not write the field
		}
		if got, known := ActionOf(&monitoringv1.RelabelConfig{Action: text}); got != want || known != (err == nil) {
			t.Errorf("%q: %q and %t, and Prometheus has %q: %v", text, got, known, want, err)
		}
	}
}

// TestDefaults compares the defaults with the values that Prometheus uses for omitted and empty
// fields.
func TestDefaults(t *testing.T) {
	empty, dash := "", "-"
	cases := map[string]struct {
		relabeling monitoringv1.RelabelConfig
		text       string
	}{
		"Omitted":     {monitoringv1.RelabelConfig{TargetLabel: "a"}, "target_label: a"},
		"Empty":       {monitoringv1.RelabelConfig{TargetLabel: "a", Separator: &empty, Replacement: &empty}, `{target_label: a, separator: "", replacement: ""}`},
		"Set":         {monitoringv1.RelabelConfig{TargetLabel: "a", Separator: &dash, Replacement: &dash, Regex: "x"}, `{target_label: a, separator: "-", replacement: "-", regex: x}`},
		"AsByDefault": {monitoringv1.RelabelConfig{TargetLabel: "a", Regex: "(.*)"}, `{target_label: a, regex: "(.*)"}`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var want relabel.Config
			if err := yaml.Unmarshal([]byte(tc.text), &want); err != nil {
				t.Fatal(err)
			}
			r := &tc.relabeling
			got := fmt.Sprintf("%q %q %q", SeparatorOf(r), ReplacementOf(r), RegexOf(r))
			if wanted := fmt.Sprintf("%q %q %q", want.Separator, want.Replacement, want.Regex.String()); got != wanted {
				t.Errorf("%s, and Prometheus has %s", got, wanted)
			}
		})
	}
}

// TestAnchors compares the anchors with those of Prometheus.
func TestAnchors(t *testing.T) {
	for _, pattern := range []string{"", "a", "a|b", "a)|(b"} {
		if want := relabel.MustNewRegexp(pattern).Regexp.String(); AnchorBefore+pattern+AnchorAfter != want {
			t.Errorf("%q: Prometheus has %s", pattern, want)
		}
	}
}

// TestSanitizeLabelName compares the names with those of Prometheus' service discovery.
func TestSanitizeLabelName(t *testing.T) {
	for _, name := range []string{"", "app", "app.kubernetes.io/name", "k8s-app", "k8s_app", "1st", "é", "a b"} {
		if got, want := SanitizeLabelName(name), strutil.SanitizeLabelName(name); got != want {
			t.Errorf("%q becomes %q, and with Prometheus %q", name, got, want)
		}
	}
}

// TestPatternSize compares the size with that of the compiled expression: instructions, and the
// characters in them. It may be larger, and is not much smaller.
func TestPatternSize(t *testing.T) {
	for _, pattern := range []string{"a", "abc.*", "(a|b)+c", "[a-z0-9]+", "x{20}", "(ab){3,9}", "((a{3}){4}){5}", ".{2,}", `\w+\d{4}`, `\pL`, `[\p{Greek}x]`, `\PN+`, "(?i)job", strings.Repeat("a?", 50)} {
		re, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		program, err := syntax.Compile(re.Simplify())
		if err != nil {
			t.Fatal(err)
		}
		compiled := 0
		for _, instruction := range program.Inst {
			compiled += 1 + len(instruction.Rune)
		}
		if got := PatternSize(pattern); got < compiled/4 || got > 4*compiled+8 {
			t.Errorf("%q has the size %d, and compiles to %d", pattern, got, compiled)
		}
	}
	if got := PatternSize("a{2"); got != 4 { // a text, not a repetition
		t.Errorf("a text with a brace has the size %d", got)
	}
	if got := PatternSize("(a{2}"); got != 0 {
		t.Errorf("an expression that does not compile has the size %d", got)
	}
}

// TestMatchesAll: expressions match all texts, however that is written.
func TestMatchesAll(t *testing.T) {
	for pattern, want := range map[string]bool{
		"": true, "(.*)": true, ".*": true, "^.*$": true, "^(.*)$": true, "(?s).*": true, "(?:.*)": true, "(.+)?": true, "a|.*": true, ".*|": true,
		"(.+)": false, "a*": false, "(?-s).*": false, "(": false, ".*)|(a": false,
	} {
		r := &monitoringv1.RelabelConfig{Regex: pattern}
		if got := MatchesAll(r); got != want {
			t.Errorf("%q: %t", pattern, got)
		}
		compiled, err := relabel.NewRegexp(RegexOf(r))
		for _, value := range values {
			if want && (err != nil || !compiled.MatchString(value)) {
				t.Errorf("%q does not match %q: %v", pattern, value, err)
			}
		}
	}
}

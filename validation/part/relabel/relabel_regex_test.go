package relabel

import (
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// TestRegexWithoutValue refuses another word than those that YAML reads as no value, and checks
// that the check refuses those too.
func TestRegexWithoutValue(t *testing.T) {
	texts := relabeling.NoValueTexts{"remove"}
	found := Relabeling{RelabelConfig: monitoringv1.RelabelConfig{Regex: "remove"}}.regexWithoutValue(texts)
	if len(found) != 1 || !strings.Contains(found[0].Problem, `YAML reads the regular expression "remove" as no value`) || found[0].Fix != "write (remove)" {
		t.Errorf("%+v", found)
	}
	for _, regex := range []string{"", "(remove)", "remove|a"} {
		if found := (Relabeling{RelabelConfig: monitoringv1.RelabelConfig{Regex: regex}}).regexWithoutValue(texts); found != nil {
			t.Errorf("%q: %v", regex, found)
		}
	}
	for _, text := range relabeling.DefaultNoValueTexts() {
		r := Relabeling{RelabelConfig: monitoringv1.RelabelConfig{Regex: text}}
		if found := RelabelRegex.Run(r, validation.Snapshot{}); len(found) != 1 {
			t.Errorf("relabel-regex reports %v for a text that YAML reads as no value", found)
		}
	}
}

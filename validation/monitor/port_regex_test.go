package monitor

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// TestPortWithoutValue refuses another word than those that YAML reads as no value, and checks that
// the check refuses those too.
func TestPortWithoutValue(t *testing.T) {
	port := func(name string) Port { return Port{Value: intstr.FromString(name)} }
	texts := relabeling.NoValueTexts{"remove"}
	found := port("remove").withoutValue(texts)
	if len(found) != 1 || !strings.Contains(found[0].Problem, `YAML reads the port "remove" as no value`) {
		t.Errorf("%+v", found)
	}
	if found := port("web").withoutValue(texts); found != nil {
		t.Errorf("%v", found)
	}
	for _, text := range relabeling.DefaultNoValueTexts() {
		if found := portRegex.Run(port(text), validation.Snapshot{}); len(found) != 1 {
			t.Errorf("port-regex reports %v for a text that YAML reads as no value", found)
		}
	}
}

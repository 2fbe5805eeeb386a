package lint

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/promgate/promgate/internal/source"
	"github.com/promgate/promgate/validation"
)

// TestRulesInProperty: of random objects, rulesIn reads most that have nothing rare, and makes the same of them as
// the general decoder.
func TestRulesInProperty(t *testing.T) {
	compareDecoders(t, "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: a\n%sspec:\n", func(_ []byte, fields map[string]any) (got, want any, ok bool) {
		rules, ok := rulesIn(fields)
		if !ok {
			return nil, nil, false
		}
		general := &monitoringv1.PrometheusRule{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(fields, general); err != nil {
			return rules, err, true
		}
		return rules, general, true
	})
}

// TestRulesInFileProperty: the same for rule files, which the decoder of Prometheus reads.
func TestRulesInFileProperty(t *testing.T) {
	compareDecoders(t, "", func(text []byte, fields map[string]any) (got, want any, ok bool) {
		rules, ok := rulesInFile(fields)
		if !ok {
			return nil, nil, false
		}
		general := &monitoringv1.PrometheusRule{}
		read, err := decodeRuleFile(text)
		if err != nil {
			return rules, err, true
		}
		raw, err := json.Marshal(map[string]any{"metadata": map[string]any{}, "spec": read})
		if err == nil {
			err = validation.Decode(raw, general)
		}
		if err != nil {
			return rules, err, true
		}
		return rules, general, true
	})
}

func compareDecoders(t *testing.T, head string, decode func(text []byte, fields map[string]any) (got, want any, ok bool)) {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	const rounds = 6000
	read := 0
	for range rounds {
		text := []byte(randomRules(random, head))
		parsed := source.Parse(text)
		if len(parsed.Documents) == 0 || !parsed.Documents[0].IsSimple() {
			continue
		}
		value, err := parsed.Documents[0].Content()
		if err != nil {
			t.Fatal(err)
		}
		fields, _ := value.(map[string]any)
		got, want, ok := decode(text, fields)
		if !ok {
			continue
		}
		read++
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-general +own):\n%s\n%s", diff, text)
		}
	}
	if read < rounds/5 || read > rounds*9/10 {
		t.Errorf("%d of %d objects are read: the test is one-sided", read, rounds)
	}
}

// randomRules returns groups of rules in simple YAML, most of whose values are usual.
func randomRules(random *rand.Rand, head string) string {
	isRare := func() bool { return random.IntN(150) == 0 }
	value := func(usual ...string) string {
		if isRare() {
			usual = []string{"", "1", "yes", "~", "''", "{}", "[]", "0", "2001-01-01", "'yes'", "<<", "'<<'", "1.2.3", "|\n         x", "é", "0x1g", "nan", "a: b"}
		}
		return usual[random.IntN(len(usual))]
	}
	var b strings.Builder
	indent := ""
	line := func(text string) { b.WriteString(indent + text + "\n") }
	optional := func(name string, usual ...string) {
		if random.IntN(3) == 0 {
			line(name + ": " + value(usual...))
		}
	}
	texts := func(name string, usual ...string) {
		if random.IntN(2) == 0 {
			return
		}
		line(name + ":")
		for _, key := range []string{"a", "'b'", "c/d"}[:1+random.IntN(2)] {
			line("  " + key + ": " + value(usual...))
		}
	}
	if head != "" {
		indent = "  "
		texts("labels", "x")
		texts("annotations", "x")
		optional("namespace", "x")
		if isRare() {
			line("creationTimestamp: ~")
		}
		metadata := b.String()
		b.Reset()
		fmt.Fprintf(&b, head, metadata)
	}
	line("groups:")
	for range random.IntN(4) {
		line("- name: " + value("g", "'h i'"))
		indent += "  "
		optional("interval", "1m", "5m")
		optional("query_offset", "1m")
		optional("limit", "1", "20")
		if random.IntN(10) == 0 {
			optional("partial_response_strategy", "warn")
		}
		texts("labels", "x", `"y\n"`)
		if isRare() {
			line("foo: bar")
		}
		line("rules:")
		for range 1 + random.IntN(3) {
			line("- " + value("alert: A", "record: b:c", "alert: \"A B\""))
			indent += "  "
			line(value("expr", "expr", "expr", "expr") + ": " + value("up", "up == 0", "|\n        up", ">-\n        a\n        b", "1 + 1"))
			optional("for", "5m")
			optional("keep_firing_for", "5m")
			texts("labels", "critical")
			texts("annotations", "'it''s {{ $value }}'", "a text with a #", "|-\n          x\n          y")
			indent = indent[2:]
		}
		indent = indent[2:]
	}
	return b.String()
}

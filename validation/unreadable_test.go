package validation

import (
	"context"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// TestExponentLimit tests the limit with an exponent of at most one digit.
func TestExponentLimit(t *testing.T) {
	for _, c := range []struct {
		value   string
		refused bool
	}{
		{`1.1`, false},
		{`"1e3"`, false},
		{`"1E-3"`, false},
		{`1e10`, true},
		{`"1e10"`, true},
		{`"1e+10"`, true},
		{`"-1.5E-10"`, true},
		{`"text", "other": "1e10"`, false},
	} {
		raw := []byte(`{"spec":{"nativeHistogramMinBucketFactor": ` + c.value + `}}`)
		if err := newExponentLimit(1).check(raw); (err != nil) != c.refused {
			t.Errorf("%s: %v", c.value, err)
		}
		if err := defaultExponent.check(raw); err != nil {
			t.Errorf("%s is refused by the default limit: %v", c.value, err)
		}
	}
}

// TestRunDecodesWithinTheLimit checks that a Kind refuses an object beyond the limit, and does
// nothing else with it.
func TestRunDecodesWithinTheLimit(t *testing.T) {
	decode := func(raw []byte, object any) error { return decodeWithin(newExponentLimit(1), raw, object) }
	prepared := 0
	kind := newKind(schema.GroupVersionKind{Kind: "ServiceMonitor"}, decode,
		func(context.Context, *monitoringv1.ServiceMonitor, Snapshot) (struct{}, error) {
			prepared++
			return struct{}{}, nil
		}, []Check[struct{}]{})
	for factor, want := range map[string]string{"1e9": "", "1e10": "the exponent of nativeHistogramMinBucketFactor has more than 1 digits"} {
		prepared = 0
		found, err := kind.Run(t.Context(), []byte(`{"spec":{"nativeHistogramMinBucketFactor":"`+factor+`"}}`), Snapshot{}, func(c Info) Severity { return c.Severity })
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case want == "" && (len(found) > 0 || prepared != 1):
			t.Errorf("%s: %v", factor, found)
		case want != "" && (len(found) != 1 || found[0].Check != "object-shape" || !strings.Contains(found[0].Problem, want) || prepared != 0):
			t.Errorf("%s: prepared %d times, and found %v", factor, prepared, found)
		}
	}
}

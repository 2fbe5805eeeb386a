package webhook

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"
	admissionv1 "k8s.io/api/admission/v1"
)

// BenchmarkCold reviews a large object, of which no expression was seen before, and one of which a single rule is new, beside the floor: decoding the
// same body and parsing its expressions. They take turns; the figures are medians.
func BenchmarkCold(b *testing.B) {
	groups := largeGroups(b)
	h := newGate(b, unlimited).handler()
	body := func(groups string) []byte {
		text, err := io.ReadAll(reviewBody(b, ruleRequest(groups)))
		if err != nil {
			b.Fatal(err)
		}
		return text
	}
	var floor, cold, changed []time.Duration
	for n := 0; b.Loop(); n++ {
		all := body(strings.ReplaceAll(groups, ") \\u003e ", fmt.Sprintf(") \\u003e %d", n+1)))
		started := time.Now()
		if err := decodeAndParse(all); err != nil {
			b.Fatal(err)
		}
		floor = append(floor, time.Since(started))
		cold = append(cold, serveReview(b, h, all))
		changed = append(changed, serveReview(b, h, body(strings.Replace(groups, ") \\u003e ", fmt.Sprintf(") \\u003e %d", n+1), 1))))
	}
	least := median(floor)
	b.ReportMetric(least, "µs/op-floor")
	b.ReportMetric(median(cold), "µs/op-cold")
	b.ReportMetric(median(changed), "µs/op-one-rule-changed")
	b.ReportMetric(median(cold)/least, "cold/floor")
	b.ReportMetric(0, "ns/op") // the sum is of no use
}

// decodeAndParse is what every webhook for rules has to do at least.
func decodeAndParse(body []byte) error {
	review := &admissionv1.AdmissionReview{}
	if err := json.Unmarshal(body, review); err != nil {
		return err
	}
	object := &monitoringv1.PrometheusRule{}
	if err := json.Unmarshal(review.Request.Object.Raw, object); err != nil {
		return err
	}
	p := parser.NewParser(parser.Options{})
	for _, g := range object.Spec.Groups {
		for _, r := range g.Rules {
			if _, err := p.ParseExpr(r.Expr.String()); err != nil {
				return err
			}
		}
	}
	return nil
}

package rule

import (
	"context"
	"errors"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// errNever is the error of each evaluation of such a rule (rules.EngineQueryFunc, v0.316).
var errNever = errors.New("rule result is not a vector or scalar")

// evaluate does what rules.EngineQueryFunc does, which is not called itself because its package
// links too much.
func evaluate(engine *promql.Engine, expr string) error {
	none := storage.QueryableFunc(func(int64, int64) (storage.Querier, error) { return storage.NoopQuerier(), nil })
	q, err := engine.NewInstantQuery(context.Background(), none, nil, expr, time.Unix(0, 0))
	if err != nil {
		return err
	}
	defer q.Close()
	result := q.Exec(context.Background())
	if result.Err != nil {
		return result.Err
	}
	switch result.Value.(type) {
	case promql.Vector, promql.Scalar:
		return nil
	}
	return errNever
}

// TestExprTypeNeverEvaluates evaluates rules as Prometheus does, without data. A rule that the
// check denies always ends in the same error, so that the denial costs no working rule. A rule that
// the check accepts does not.
func TestExprTypeNeverEvaluates(t *testing.T) {
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1000, Timeout: time.Minute})
	for name, c := range map[string]struct {
		expr   string
		denied bool
		reason string
	}{
		"RangeVector": {expr: "up[5m]", denied: true, reason: "a matrix"},
		"Offset":      {expr: "up[5m] offset 1h", denied: true, reason: "a matrix with an offset"},
		"Subquery":    {expr: "(up == 0)[10m:1m]", denied: true, reason: "a computed matrix"},
		"Parentheses": {expr: "((up[5m]))", denied: true, reason: "parentheses do not change the type"},
		"String":      {expr: `"up"`, denied: true, reason: "a string"},
		"Vector":      {expr: "up", reason: "empty, but a vector"},
		"Rate":        {expr: "rate(up[5m])", reason: "the function makes a vector of the matrix"},
		"Scalar":      {expr: "1 + 1", reason: "Prometheus makes a vector of a scalar"},
		"Time":        {expr: "time()", reason: "a scalar function"},
	} {
		t.Run(name, func(t *testing.T) {
			denied := false
			for _, f := range runAll(t, toJSON(t, monitoringv1.Rule{Record: "a", Expr: intstr.FromString(c.expr)})) {
				denied = denied || f.Check == exprType.ID
			}
			if denied != c.denied {
				t.Errorf("denied is %t, want %t: %s", denied, c.denied, c.reason)
			}
			if err := evaluate(engine, c.expr); err != nil != c.denied || c.denied && !errors.Is(err, errNever) {
				t.Errorf("the evaluation ends in %v: %s", err, c.reason)
			}
		})
	}
}

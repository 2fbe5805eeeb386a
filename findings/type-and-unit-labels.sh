#!/usr/bin/env bash
# Prometheus (github.com/prometheus/prometheus, promql): labels called __type__ and __unit__. The feature flag
# type-and-unit-labels writes them at scrape time; it is off by default, and a series that has
# them for another reason (a relabeling, a rule, remote write) looks like any other.
#
# The engine of 3.4 treats them like other labels. The engine of 3.6 drops them, like the name of the metric, in
# functions and operators, and keeps them in sum without (...); the engine of 3.16 drops them there
# as well. None of it depends on the feature flag: its option in the engine only chooses the words of a warning.
# So a rule that groups or alerts by such a label loses it after an upgrade, without a word.
#
# Expected: without the flag these are labels like others.
# The script fails if the output changes.
#
# Needs Go; downloads modules.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# ask RELEASE prints the labels of some results, as the engine of a release gives them without a feature flag.
ask() {
	mkdir "$work/$1"
	cd "$work/$1"
	cat > go.mod <<-GO
		module finding

		go 1.26.0

		require github.com/prometheus/prometheus $1
	GO
	cat > finding_test.go <<-GO
		package finding

		import (
			"context"
			"fmt"
			"testing"
			"time"

			"github.com/prometheus/prometheus/promql"
			"github.com/prometheus/prometheus/promql/promqltest"
		)

		func TestFinding(t *testing.T) {
			storage := promqltest.LoadedStorage(t, "load 1m\n  requests{job=\"a\", kind=\"x\", __type__=\"counter\"} 1 2 3\n")
			defer storage.Close()
			engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1000, Timeout: time.Minute})
			for _, expr := range []string{"requests > 0", "-requests", "rate(requests[2m])", "sum without (kind) (requests)"} {
				query, err := engine.NewInstantQuery(context.Background(), storage, nil, expr, time.Unix(120, 0))
				if err != nil {
					t.Fatal(err)
				}
				result, err := query.Exec(context.Background()).Vector()
				if err != nil || len(result) != 1 {
					t.Fatal(result, err)
				}
				fmt.Printf("$1 %s: %q\n", expr, result[0].Metric.Get("__type__"))
			}
		}
	GO
	go mod tidy >/dev/null 2>&1
	go test -count=1 -v . | grep "^$1"
}

got=$(
	ask v0.304.0
	ask v0.306.0
	ask v0.316.0
)
echo "$got"

want='v0.304.0 requests > 0: "counter"
v0.304.0 -requests: "counter"
v0.304.0 rate(requests[2m]): "counter"
v0.304.0 sum without (kind) (requests): "counter"
v0.306.0 requests > 0: "counter"
v0.306.0 -requests: ""
v0.306.0 rate(requests[2m]): ""
v0.306.0 sum without (kind) (requests): "counter"
v0.316.0 requests > 0: "counter"
v0.316.0 -requests: ""
v0.316.0 rate(requests[2m]): ""
v0.316.0 sum without (kind) (requests): ""'
if [[ $got != "$want" ]]; then
	echo "This has changed; it was:" >&2
	echo "$want" >&2
	exit 1
fi

#!/usr/bin/env bash
# Prometheus (github.com/prometheus/prometheus, promql/parser): functions in durations. The
# documentation calls all duration expressions experimental, behind the feature flag
# promql-duration-expr.
#
# The parsers below have the options that the server of their release sets if there is no feature flag.
# They read min() in a range in 3.6 and 3.11; 3.12 asks for the flag; 3.13 has no such function, with or
# without the flag: there it is called min_of, which needs the flag. So a rule that these releases
# load without a flag is a syntax error after an upgrade, and none of the four loads both spellings.
#
# Expected: the flag is needed from the first release on, as for arithmetic on durations.
# The script fails if the output changes.
#
# Needs Go; downloads modules.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# ask RELEASE PARSE FLAG prints what a release says without and with the feature flag. PARSE and FLAG
# are Go: how its server parses a text, and how it handles the flag.
ask() {
	mkdir "$work/$1"
	cd "$work/$1"
	cat > go.mod <<-GO
		module finding

		go 1.26.0

		require github.com/prometheus/prometheus $1
	GO
	cat > main.go <<-GO
		package main

		import (
			"fmt"

			"github.com/prometheus/prometheus/promql/parser"
		)

		func main() {
			for _, expr := range []string{"x[min(5m, 10m)]", "x[min_of(5m, 10m)]", "x[5m * 2]"} {
				said := ""
				for _, flag := range []bool{false, true} {
					$3
					_, err := $2
					said += fmt.Sprintf(" %v", err == nil)
				}
				fmt.Printf("%s %s:%s\n", "$1", expr, said)
			}
		}
	GO
	go mod tidy >/dev/null 2>&1
	go run .
}

got=$(
	ask v0.306.0 'parser.ParseExpr(expr)' 'parser.ExperimentalDurationExpr = flag'
	ask v0.311.0 'parser.NewParser(parser.Options{ExperimentalDurationExpr: flag}).ParseExpr(expr)' ''
	ask v0.312.0 'parser.NewParser(parser.Options{ExperimentalDurationExpr: flag}).ParseExpr(expr)' ''
	ask v0.313.0 'parser.NewParser(parser.Options{ExperimentalDurationExpr: flag}).ParseExpr(expr)' ''
)
echo "$got"

want='v0.306.0 x[min(5m, 10m)]: true true
v0.306.0 x[min_of(5m, 10m)]: false false
v0.306.0 x[5m * 2]: false true
v0.311.0 x[min(5m, 10m)]: true true
v0.311.0 x[min_of(5m, 10m)]: false false
v0.311.0 x[5m * 2]: false true
v0.312.0 x[min(5m, 10m)]: false true
v0.312.0 x[min_of(5m, 10m)]: false false
v0.312.0 x[5m * 2]: false true
v0.313.0 x[min(5m, 10m)]: false false
v0.313.0 x[min_of(5m, 10m)]: false true
v0.313.0 x[5m * 2]: false true'
if [[ $got != "$want" ]]; then
	echo "This has changed; it was:" >&2
	echo "$want" >&2
	exit 1
fi

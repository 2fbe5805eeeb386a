#!/usr/bin/env bash
# Prometheus (github.com/prometheus/prometheus, model/relabel): the old scheme of names, metric_name_validation_scheme:
# legacy, and relabelings that write to a name with a variable in it, such as target_label: team_${1}, or
# labelmap with its default replacement $1.
#
# 3.7.0 and 3.7.1 refuse them, and with one such relabeling the whole configuration: they look for the name
# itself among the old names, and $ is none of their characters. 3.6 accepts them, since the scheme applies to
# nothing but what is scraped there, and 3.7.2 as well: it knows variables.
#
# Expected: a scheme for names leaves variables alone, as it did in Prometheus 2.
# The script fails if the output changes.
#
# Needs Go; downloads modules.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# ask RELEASE ARGUMENT prints what a release says of relabelings. The argument is what its loader passes to
# Validate.
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

			"github.com/prometheus/common/model"
			"github.com/prometheus/prometheus/model/relabel"
		)

		var _ = model.LegacyValidation

		func main() {
			replace, labelmap := relabel.DefaultRelabelConfig, relabel.DefaultRelabelConfig
			replace.TargetLabel, labelmap.Action = "team_\${1}", relabel.LabelMap
			for name, c := range []relabel.Config{replace, labelmap} {
				fmt.Printf("%s %s: %v\n", "$1", []string{"replace", "labelmap"}[name], c.Validate($2) == nil)
			}
		}
	GO
	go mod tidy >/dev/null 2>&1
	go run .
}

got=$(
	ask v0.306.0 ''
	ask v0.307.1 model.LegacyValidation
	ask v0.307.2 model.LegacyValidation
	ask v0.316.0 model.LegacyValidation
)
echo "$got"

want='v0.306.0 replace: true
v0.306.0 labelmap: true
v0.307.1 replace: false
v0.307.1 labelmap: false
v0.307.2 replace: true
v0.307.2 labelmap: true
v0.316.0 replace: true
v0.316.0 labelmap: true'
if [[ $got != "$want" ]]; then
	echo "This has changed; it was:" >&2
	echo "$want" >&2
	exit 1
fi

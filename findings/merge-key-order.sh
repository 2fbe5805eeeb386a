#!/usr/bin/env bash
# In a YAML map, a merge key ("<<") gives the keys that the map does not set itself: that is what its
# specification says, wherever in the map it stands. sigs.k8s.io/yaml v1.6.0, with which kubectl reads
# manifests, lets a merge key that comes after a key override that key. go.yaml.in/yaml/v3 v3.0.4, with
# which Prometheus reads rule files, does not. The same labels of an alert so have one severity as a
# PrometheusRule object, and another one as a rule file. And the strict reader of sigs.k8s.io/yaml refuses
# a map that sets a merged key itself, in either order, as a repeated key.
#
# Seen: warning, critical and two errors. Expected: critical everywhere, and no error. The script fails
# if the output changes.
#
# Needs Go; downloads modules.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > go.mod <<'GO'
module finding

go 1.26.0

require (
	go.yaml.in/yaml/v3 v3.0.4
	sigs.k8s.io/yaml v1.6.0
)
GO

cat > main.go <<'GO'
package main

import (
	"fmt"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

const (
	after  = "common: &common {severity: warning, team: web}\nlabels: {severity: critical, <<: *common}\n"
	before = "common: &common {severity: warning, team: web}\nlabels: {<<: *common, severity: critical}\n"
)

type document struct {
	Labels map[string]string `json:"labels" yaml:"labels"`
}

func main() {
	for _, text := range []string{after, before} {
		var kubectl, prometheus document
		if err := yaml.Unmarshal([]byte(text), &kubectl); err != nil {
			panic(err)
		}
		if err := yamlv3.Unmarshal([]byte(text), &prometheus); err != nil {
			panic(err)
		}
		_, err := yaml.YAMLToJSONStrict([]byte(text))
		fmt.Println(kubectl.Labels["severity"], prometheus.Labels["severity"], err != nil)
	}
}
GO

go mod tidy >/dev/null 2>&1
got=$(go run .)
echo "$got"

want='warning critical true
critical critical true'
if [[ $got != "$want" ]]; then
	echo "This has changed; it was:" >&2
	echo "$want" >&2
	exit 1
fi

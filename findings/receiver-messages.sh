#!/usr/bin/env bash
# prometheus-operator v0.93.0 and Prometheus 3.16.0 (github.com/prometheus/prometheus v0.316.0): a Prometheus object may
# list the versions of the remote-write protocol that its receiver accepts, in remoteWriteReceiverMessageVersions. With
# two of them, [V1.0, V2.0], which are what Prometheus accepts by default, the operator writes one argument whose value
# has a comma. The flag of Prometheus may be repeated, and does not split its value: Prometheus does not start.
#
# Expected: Prometheus starts and accepts both, as it does without the field. The script shows what the operator's
# generator writes, and what Prometheus says to that and to the same two values as two arguments. There is no
# configuration file, so that the one that is read past its arguments complains of that.
# The script fails if the output changes.
#
# Needs Go; downloads modules, and compiles Prometheus without its service discoveries: some minutes.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/operator" "$work/prometheus"
cd "$work/operator"
cat > go.mod <<'GO'
module finding

go 1.26.0

require github.com/prometheus-operator/prometheus-operator v0.93.0
GO
cat > main.go <<'GO'
package main

import (
	"fmt"
	"log/slog"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus-operator/prometheus-operator/pkg/prometheus"
)

func main() {
	p := &monitoringv1.Prometheus{}
	p.Spec.Version = "v3.13.1"
	p.Spec.EnableRemoteWriteReceiver = true
	p.Spec.RemoteWriteReceiverMessageVersions = []monitoringv1.RemoteWriteMessageVersion{"V1.0", "V2.0"}
	g, err := prometheus.NewConfigGenerator(slog.New(slog.DiscardHandler), p)
	if err != nil {
		panic(err)
	}
	for _, a := range g.BuildCommonPrometheusArgs() {
		if strings.HasSuffix(a.Name, "protobuf-messages") {
			fmt.Printf("--%s=%s\n", a.Name, a.Value)
		}
	}
}
GO
go mod tidy >/dev/null 2>&1
argument=$(go run .)

cd "$work/prometheus"
cat > go.mod <<'GO'
module finding

go 1.26.0

tool github.com/prometheus/prometheus/cmd/prometheus

require github.com/prometheus/prometheus v0.316.0
GO
go mod tidy >/dev/null 2>&1
go build -tags remove_all_sd -o server github.com/prometheus/prometheus/cmd/prometheus

says() {
	{ ./server --web.enable-remote-write-receiver --config.file=none.yaml "$@" || true; } > said.txt 2>&1
	grep -o -m 1 -E 'unknown type for remote write protobuf message|Error loading config' said.txt
}
flag=--web.remote-write-receiver.accepted-protobuf-messages
got=$(
	echo "$argument"
	says "$argument"
	says "$flag=prometheus.WriteRequest" "$flag=io.prometheus.write.v2.Request"
)
echo "$got"

want='--web.remote-write-receiver.accepted-protobuf-messages=prometheus.WriteRequest,io.prometheus.write.v2.Request
unknown type for remote write protobuf message
Error loading config'
if [[ $got != "$want" ]]; then
	echo "This has changed; it was:" >&2
	echo "$want" >&2
	exit 1
fi

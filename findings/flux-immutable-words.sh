#!/usr/bin/env bash
# Flux (github.com/fluxcd/pkg/ssa v0.78.0, the library of kustomize-controller) takes
# an error for a change of an immutable field if its text contains "is immutable" or "immutable
# field" anywhere, whatever its reason and code are. If a Kustomization sets force, Flux then
# deletes the live object and creates it again.
#
# The first error below is the denial of an admission webhook (403, Forbidden) that quotes an
# alert's name; the second error differs only in that name. Nothing else causes the difference.
#
# Seen: true, false. Expected: false, false. The script fails if the output changes.
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
	github.com/fluxcd/pkg/ssa v0.78.0
	k8s.io/apimachinery v0.37.0
)
GO

cat > main.go <<'GO'
package main

import (
	"fmt"
	"net/http"

	ssaerrors "github.com/fluxcd/pkg/ssa/errors"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func main() {
	for _, alert := range []string{"ConfigMap is immutable", "ConfigMap is frozen"} {
		err := &apierrors.StatusError{ErrStatus: metav1.Status{
			Status:  metav1.StatusFailure,
			Code:    http.StatusForbidden,
			Reason:  metav1.StatusReasonForbidden,
			Message: fmt.Sprintf("admission webhook \"rules.example.com\" denied the request: alert %q: the expression does not parse", alert),
		}}
		fmt.Printf("%s: forbidden %v, immutable %v\n", alert, apierrors.IsForbidden(err), ssaerrors.IsImmutableError(err))
	}
}
GO

go mod tidy >/dev/null 2>&1
got=$(go run .)
echo "$got"

want='ConfigMap is immutable: forbidden true, immutable true
ConfigMap is frozen: forbidden true, immutable false'
if [[ $got != "$want" ]]; then
	echo "This has changed; it was:" >&2
	echo "$want" >&2
	exit 1
fi

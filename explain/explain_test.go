package explain_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/promgate/promgate/explain"
	"github.com/promgate/promgate/internal/checktest"
)

// TestCases runs the archives in testdata. An archive has some prose; a file command, KIND
// NAMESPACE/NAME and flags: --live for a running cluster, --alert, --prometheus, --url; a file want; and any of
// these:
//
//	objects.yaml   the objects, with EndpointSlices and Pods. The value prometheus.yaml in a
//	               Secret's stringData is stored compressed, as the operator does it, and so is
//	               alertmanager.yaml in a Secret NAME-generated.
//	promgate.yaml  the configuration
//	forbidden      what the user must not read: RESOURCE NAMESPACE, with * for all namespaces
//	denied         what Prometheus must not list, in the same way
//	want.json      the explanation for programs
//	GET PATH       what Prometheus answers, and GET POD PATH what one of its pods answers
func TestCases(t *testing.T) {
	checktest.Steps(t, func(t *testing.T, archive *txtar.Archive) (text, object []byte) {
		t.Helper()
		x := readCase(t, archive).explain(t)
		var forPeople, forPrograms bytes.Buffer
		if err := errors.Join(explain.WriteText(&forPeople, x, explain.TextOptions{}), explain.WriteJSON(&forPrograms, x)); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&forPeople, "picked up: %t, denied: %t\n", x.PickedUp, x.Denied)
		if x.Told != "" {
			fmt.Fprintf(&forPeople, "told: %s\n", x.Told)
		}
		return forPeople.Bytes(), forPrograms.Bytes()
	})
}

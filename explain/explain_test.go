package explain_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/promgate/promgate/explain"
)

var update = flag.Bool("update", false, "write the explanations into the archives")

// TestCases runs the archives in testdata. An archive has some prose; a file command, KIND
// NAMESPACE/NAME and flags: --live for a running cluster, --prometheus, --url; a file want; and any of
// these:
//
//	objects.yaml   the objects, with EndpointSlices and Pods. The value prometheus.yaml in a
//	               Secret's stringData is stored compressed, as the operator does it.
//	promgate.yaml  the configuration
//	forbidden      what the user must not read: RESOURCE NAMESPACE, with * for all namespaces
//	denied         what Prometheus must not list, in the same way
//	want.json      the explanation for programs
//	GET PATH       what Prometheus answers, and GET POD PATH what one of its pods answers
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c := readCase(t, archive)
			x := c.explain(t)
			var text, object bytes.Buffer
			if err := errors.Join(explain.WriteText(&text, x, explain.TextOptions{}), explain.WriteJSON(&object, x)); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(text.String()) {
				if len([]rune(line)) > 81 && strings.Contains(strings.TrimSpace(line), " ") {
					t.Errorf("longer than 80 columns: %s", line)
				}
			}
			fmt.Fprintf(&text, "picked up: %t, denied: %t\n", x.PickedUp, x.Denied)
			compare(t, c.want, text.Bytes())
			compare(t, c.wantJSON, object.Bytes())
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// compare compares what was written with what an archive wants, if it wants anything.
func compare(t *testing.T, want *txtar.File, got []byte) {
	t.Helper()
	switch {
	case want == nil:
	case *update:
		want.Data = got
	default:
		if diff := cmp.Diff(string(want.Data), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.Name, diff)
		}
	}
}

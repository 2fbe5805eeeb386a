package rule

import (
	"testing"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/validation"
)

// TestRemovedFunctions: the functions with a successor are those of the table that the newest
// release does not have.
func TestRemovedFunctions(t *testing.T) {
	removed := 0
	for _, c := range dialect.Table() {
		if c.Kind != dialect.Function || c.Known(dialect.Latest()) {
			continue
		}
		removed++
		if validation.RemovedFunctions()[c.Name] == "" {
			t.Errorf("%s has no successor", &c)
		}
	}
	if want := len(validation.RemovedFunctions()); removed != want {
		t.Errorf("%d functions are removed in the table, and %d have a successor", removed, want)
	}
}

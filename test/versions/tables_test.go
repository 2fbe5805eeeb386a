package versions

import (
	"context"
	"go/format"
	"os"
	"path/filepath"
	"testing"
)

// TestGeneratedTables: the tables of server flags and of the operator's fields are what the sources say.
func TestGeneratedTables(t *testing.T) {
	for file, table := range map[string]func(context.Context) (string, error){
		"upgrade/flags_table.go":            FlagTable,
		"internal/schema/operator_table.go": OperatorTable,
	} {
		want, err := table(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		formatted, err := format.Source([]byte(want))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		if string(formatted) != string(got) {
			t.Errorf("%s is not what the releases say: run go generate in its directory", file)
		}
	}
}

package versions

import (
	"os"
	"path/filepath"
	"testing"
)

// TestGeneratedTables: the tables of server flags, of Alertmanager's keys and of the operator's fields are what the sources say.
func TestGeneratedTables(t *testing.T) {
	for file := range tables {
		want, err := Table(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		if string(want) != string(got) {
			t.Errorf("%s is not what the releases say: run go generate in its directory", file)
		}
	}
}

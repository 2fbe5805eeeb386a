// Command flags writes the table of the flags of Prometheus' server, upgrade/flags_table.go, from the sources
// of all releases.
package main

import (
	"context"
	"fmt"
	"go/format"
	"log"
	"os"
	"path/filepath"

	"github.com/promgate/promgate/test/rig"
	"github.com/promgate/promgate/test/versions"
)

func main() {
	log.SetFlags(0)
	if err := write(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func write(ctx context.Context) error {
	root, err := rig.FindRoot()
	if err != nil {
		return err
	}
	table, err := versions.FlagTable(ctx)
	if err != nil {
		return err
	}
	text, err := format.Source([]byte(table))
	if err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	return os.WriteFile(filepath.Join(root, "upgrade", "flags_table.go"), text, 0o644)
}

// Command operatorfields writes internal/schema/operator_table.go, from the CRDs
// of all releases of the operator that versions.OperatorTable compares.
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
	table, err := versions.OperatorTable(ctx)
	if err != nil {
		return err
	}
	text, err := format.Source([]byte(table))
	if err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	return os.WriteFile(filepath.Join(root, "internal", "schema", "operator_table.go"), text, 0o644)
}

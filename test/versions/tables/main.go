// Command tables writes a generated file of promgate that is read from the sources of all releases: see versions.Table.
package main

import (
	"context"
	"errors"
	"log"
	"os"
	"path/filepath"

	"github.com/promgate/promgate/test/rig"
	"github.com/promgate/promgate/test/versions"
)

func main() {
	log.SetFlags(0)
	if err := write(context.Background(), os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func write(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: tables FILE")
	}
	root, err := rig.FindRoot()
	if err != nil {
		return err
	}
	table, err := versions.Table(ctx, args[0])
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, filepath.FromSlash(args[0])), table, 0o644)
}

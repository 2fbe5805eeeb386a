package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/aymanbagabas/go-udiff"

	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/lint"
)

// maxRounds is how often files are fixed in one run: more often than the fields of the operator's kinds
// nest.
const maxRounds = 20

// printFixes prints what fixes would change.
func printFixes(stdout io.Writer, fixes []lint.Fixed) error {
	for _, fixed := range fixes {
		text := udiff.Unified(fixed.File.Name, fixed.File.Name, string(fixed.File.Text), string(fixed.Fixed))
		if _, err := io.WriteString(stdout, text); err != nil {
			return couldNotRun(fmt.Errorf("printing the diff: %w", err))
		}
	}
	return nil
}

// writeFixes writes the fixed files, and names them on stderr.
func writeFixes(stderr io.Writer, fixes []lint.Fixed) error {
	for _, fixed := range fixes {
		if fixed.File.Stdin {
			return errors.New("--fix cannot write to standard input: --diff prints the fixes")
		}
		if err := rewrite(fixed.File.Name, fixed.Fixed); err != nil {
			return fmt.Errorf("fixing %s: %w", fixed.File.Name, err)
		}
		if _, err := fmt.Fprintln(stderr, fixed); err != nil {
			return fmt.Errorf("reporting the fixes: %w", err)
		}
	}
	return nil
}

// rewrite replaces the content of a file, which keeps its mode.
func rewrite(name string, text []byte) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	return os.WriteFile(name, text, info.Mode().Perm())
}

// withFixes returns the files as they are after the fixes.
func withFixes(files []load.File, fixes []lint.Fixed) []load.File {
	fixed := make([]load.File, len(files))
	for i, f := range files {
		fixed[i] = f
		for _, fix := range fixes {
			if fix.File.Name == f.Name {
				fixed[i].Text = fix.Fixed
			}
		}
	}
	return fixed
}

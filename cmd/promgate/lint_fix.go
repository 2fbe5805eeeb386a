package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/aymanbagabas/go-udiff"

	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/lint"
)

// applyFixes writes the fixed files, and names them on stderr. With diff it prints what would change.
func applyFixes(stdout, stderr io.Writer, fixes []lint.Fixed, diff bool) error {
	for _, fixed := range fixes {
		if diff {
			text := udiff.Unified(fixed.File.Name, fixed.File.Name, string(fixed.File.Text), string(fixed.Fixed))
			if _, err := io.WriteString(stdout, text); err != nil {
				return couldNotRun(fmt.Errorf("printing the diff: %w", err))
			}
			continue
		}
		if fixed.File.Stdin {
			return couldNotRun(errors.New("--fix cannot write to standard input: --diff prints the fixes"))
		}
		if err := rewrite(fixed.File.Name, fixed.Fixed); err != nil {
			return couldNotRun(fmt.Errorf("fixing %s: %w", fixed.File.Name, err))
		}
		if _, err := fmt.Fprintln(stderr, fixed); err != nil {
			return couldNotRun(fmt.Errorf("reporting the fixes: %w", err))
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

// maxRounds is deeper than any field of the operator's kinds.
const maxRounds = 20

// lintFixed lints files after fixes, and fixes what only these make visible: a field within a field
// whose name was wrong.
func lintFixed(ctx context.Context, files []load.File, options lint.Options, stderr io.Writer) (*lint.Result, error) {
	for round := 1; ; round++ {
		r, err := lint.Run(ctx, files, options)
		if err != nil || len(r.Fixes) == 0 || round == maxRounds {
			return r, err //nolint:wrapcheck // it names the file
		}
		if err := applyFixes(nil, stderr, r.Fixes, false); err != nil {
			return nil, err
		}
		files = withFixes(files, r.Fixes)
	}
}

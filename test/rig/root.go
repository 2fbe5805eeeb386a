package rig

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// FindRoot returns the directory of promgate's main module: the working directory or the nearest
// one above it.
func FindRoot() (string, error) {
	wd, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the root of the repository: %w", err)
	}
	for dir := wd; ; dir = filepath.Dir(dir) {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("finding the root of the repository: %w", err)
		}
		first, _, _ := strings.Cut(string(mod), "\n")
		if strings.TrimSpace(first) == "module github.com/promgate/promgate" {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("finding the root of the repository: no promgate above %s", wd)
		}
	}
}

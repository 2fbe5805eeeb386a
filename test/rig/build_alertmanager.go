package rig

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Alertmanager returns the path of an Alertmanager with the version that promgate links. It has no web interface, only the
// API.
//
// The module lacks the files of the web interface, which it embeds, so that it cannot be built as it is. It is built from a copy of
// its sources, in which these files are empty, with the versions of its dependencies that it releases with.
func (b Builder) Alertmanager(ctx context.Context) (string, error) {
	out, err := goTool(ctx, b.Root, "mod", "download", "-json", alertmanagerModule)
	if err != nil {
		return "", err
	}
	var module struct{ Version, Dir string }
	if err := json.Unmarshal([]byte(out), &module); err != nil {
		return "", fmt.Errorf("finding the sources of Alertmanager: %w", err)
	}
	toolchain, err := goTool(ctx, b.Root, "env", "GOVERSION", "GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT", "GOFLAGS")
	if err != nil {
		return "", err
	}
	p := program{name: "alertmanager", title: "Alertmanager", pkg: "./cmd/alertmanager", cold: "about 2 minutes the first time"}
	key := sha256.Sum256([]byte(toolchain + "\n" + module.Version))
	return b.fromCache(ctx, p, hex.EncodeToString(key[:])[:16], module.Version, func(out string) error {
		sources := filepath.Join(filepath.Dir(out), "sources") // removed with the directory of the output
		if err := copyWithoutPages(sources, module.Dir); err != nil {
			return err
		}
		return goBuild(ctx, sources, out, p, "-s -w -X "+promVersion+"="+strings.TrimPrefix(module.Version, "v"))
	})
}

// copyWithoutPages copies the sources of Alertmanager, with an empty web interface.
func copyWithoutPages(to, from string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return fmt.Errorf("copying the sources of Alertmanager: %w", err)
	}
	for _, pages := range []string{"elm", "mantine"} {
		dir := filepath.Join(to, "ui", "app", "dist", pages)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("making an empty web interface: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, "index.html"), nil, 0o600); err != nil {
			return fmt.Errorf("making an empty web interface: %w", err)
		}
	}
	return nil
}

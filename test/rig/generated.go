package rig

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// A GeneratedProgram is a program whose sources are not in this repository: its module requires one
// version of one other module, and gets that module's own versions of all others.
type GeneratedProgram struct {
	Name            string // the file name in the cache, before the key
	Module, Version string
	Source          []byte // of main.go

	// GoMod and GoSum replace the files of the module, for a Module that is built with replacements of its own.
	// GoMod is nil for most programs.
	GoMod, GoSum []byte
}

// Generated returns the path of a generated program, and builds the program first if it is not in the cache.
func (b Builder) Generated(ctx context.Context, g GeneratedProgram) (string, error) {
	toolchain, err := goTool(ctx, b.Root, "env", "GOVERSION", "GOOS", "GOARCH")
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(slices.Concat([]byte(toolchain), g.Source, g.GoMod))
	p := program{name: g.Name, title: g.Name, cold: "about a minute the first time"}
	return b.fromCache(ctx, p, hex.EncodeToString(sum[:])[:16], "", func(out string) error { return g.build(ctx, out) })
}

// build writes the module beside the program, and builds it there.
func (g GeneratedProgram) build(ctx context.Context, out string) error {
	dir := filepath.Dir(out)
	files := map[string][]byte{"main.go": g.Source, "go.mod": g.GoMod, "go.sum": g.GoSum}
	if g.GoMod == nil {
		files["go.mod"] = fmt.Appendf(nil, "module generated\n\ngo 1.24\n\nrequire %s %s\n", g.Module, g.Version)
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return fmt.Errorf("writing the module of %s: %w", g.Name, err)
		}
	}
	_, err := goTool(ctx, dir, "build", "-mod=mod", "-o", out, ".")
	return err
}

// DownloadModule returns the directory of the sources of a module, and downloads them if they are not there.
func DownloadModule(ctx context.Context, module, version string) (string, error) {
	out, err := goTool(ctx, os.TempDir(), "mod", "download", "-json", module+"@"+version)
	if err != nil {
		return "", err
	}
	var downloaded struct {
		Dir string `json:"Dir"`
	}
	if err := json.Unmarshal([]byte(out), &downloaded); err != nil {
		return "", fmt.Errorf("downloading %s %s: %w", module, version, err)
	}
	return downloaded.Dir, nil
}

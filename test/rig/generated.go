package rig

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
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

	// Files are the other files of the module, by path; go.mod and go.sum replace those that are generated. Their packages are generated/ and the directory.
	Files map[string][]byte
}

// Generated returns the path of a generated program, and builds the program first if it is not in the cache.
func (b Builder) Generated(ctx context.Context, g GeneratedProgram) (string, error) {
	toolchain, err := goTool(ctx, b.Root, "env", "GOVERSION", "GOOS", "GOARCH")
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	fmt.Fprintf(hash, "%s%s", toolchain, g.Source)
	for _, name := range slices.Sorted(maps.Keys(g.Files)) {
		fmt.Fprintf(hash, "\n%s\n%s", name, g.Files[name])
	}
	p := program{name: g.Name, title: g.Name, cold: "about a minute the first time"}
	return b.fromCache(ctx, p, hex.EncodeToString(hash.Sum(nil))[:16], "", func(out string) error { return g.build(ctx, out) })
}

// build writes the module beside the program, and builds it there.
func (g GeneratedProgram) build(ctx context.Context, out string) error {
	dir := filepath.Dir(out)
	module := fmt.Sprintf("module generated\n\ngo 1.24\n\nrequire %s %s\n", g.Module, g.Version)
	files := map[string][]byte{"go.mod": []byte(module), "main.go": g.Source}
	maps.Copy(files, g.Files)
	for name, data := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return fmt.Errorf("writing the module of %s: %w", g.Name, err)
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			return fmt.Errorf("writing the module of %s: %w", g.Name, err)
		}
	}
	// Old releases require modules that reach into the standard library, which Go's linker refuses since 1.23.
	_, err := goTool(ctx, dir, "build", "-trimpath", "-mod=mod", "-ldflags=-checklinkname=0", "-o", out, ".")
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

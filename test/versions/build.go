package versions

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"
	"time"
)

// prometheusModule is the module of a release.
const prometheusModule = "github.com/prometheus/prometheus"

//go:embed program.go.tmpl
var programTemplate string

// cacheAge is how long an unused program is kept.
const cacheAge = 30 * 24 * time.Hour

// build returns the path of the program of a release and what was read from the release's sources.
// The program is compiled unless the cache has it. Two processes that compile it at once both
// succeed: it is moved to its place when it is complete.
func build(ctx context.Context, r Release) (path string, s *source, err error) {
	dir, err := sourcesOf(ctx, r)
	if err != nil {
		return "", nil, err
	}
	if s, err = readSource(dir); err != nil {
		return "", nil, err
	}
	var program bytes.Buffer
	if err := template.Must(template.New("program").Parse(programTemplate)).Execute(&program, s); err != nil {
		return "", nil, fmt.Errorf("writing the program of %s: %w", r, err)
	}
	goVersion, err := goTool(ctx, "", "env", "GOVERSION", "GOOS", "GOARCH")
	if err != nil {
		return "", nil, err
	}
	cache, err := cacheDir()
	if err != nil {
		return "", nil, err
	}
	name := "verdict-" + string(r)
	sum := sha256.Sum256([]byte(goVersion + program.String()))
	path = filepath.Join(cache, name+"-"+hex.EncodeToString(sum[:])[:16])
	now := time.Now()
	if os.Chtimes(path, now, now) == nil {
		return path, s, nil
	}
	removeUnused(cache)
	return path, s, compile(ctx, r, program.Bytes(), path)
}

// compile builds the program in a generated module. The module requires nothing but the release, so
// that it gets the release's own versions of all other modules.
func compile(ctx context.Context, r Release, program []byte, path string) error {
	tmp, err := os.MkdirTemp(filepath.Dir(path), ".verdict-*")
	if err != nil {
		return fmt.Errorf("building for %s: %w", r, err)
	}
	defer os.RemoveAll(tmp)
	module := fmt.Sprintf("module verdict\n\ngo 1.24\n\nrequire %s %s\n", prometheusModule, r)
	for name, data := range map[string][]byte{"go.mod": []byte(module), "main.go": program} {
		if err := os.WriteFile(filepath.Join(tmp, name), data, 0o600); err != nil {
			return fmt.Errorf("building for %s: %w", r, err)
		}
	}
	if _, err := goTool(ctx, tmp, "build", "-mod=mod", "-o", "out", "."); err != nil {
		return fmt.Errorf("building for %s: %w", r, err)
	}
	if err := os.Rename(filepath.Join(tmp, "out"), path); err != nil {
		return fmt.Errorf("building for %s: %w", r, err)
	}
	return nil
}

// sourcesOf returns the directory of the sources of a release, which are downloaded if need be.
func sourcesOf(ctx context.Context, r Release) (string, error) {
	out, err := goTool(ctx, os.TempDir(), "mod", "download", "-json", prometheusModule+"@"+string(r))
	if err != nil {
		return "", err
	}
	var module struct{ Dir string }
	if err := json.Unmarshal([]byte(out), &module); err != nil {
		return "", fmt.Errorf("downloading %s: %w", r, err)
	}
	return module.Dir, nil
}

// goTool runs the go command in a directory, outside of any workspace.
func goTool(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("running go %s: %w: %s", args[0], err, strings.TrimSpace(said.String()))
	}
	return strings.TrimSpace(out.String()), nil
}

// cacheDir returns the directory in which built programs are kept, which is that of the rig.
func cacheDir() (string, error) {
	dir := os.Getenv("PROMGATE_CACHE")
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("finding a cache directory (PROMGATE_CACHE can name one): %w", err)
		}
		dir = filepath.Join(user, "promgate")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("creating the cache directory: %w", err)
	}
	return dir, nil
}

// removeUnused deletes programs that nobody has used for long. Errors are ignored: a program that
// cannot be deleted stays.
func removeUnused(dir string) {
	old, _ := filepath.Glob(filepath.Join(dir, "verdict-*"))
	for _, path := range old {
		info, err := os.Stat(path)
		if err == nil && time.Since(info.ModTime()) > cacheAge {
			_ = os.Remove(path)
		}
	}
}

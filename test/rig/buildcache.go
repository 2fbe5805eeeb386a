package rig

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// cacheAge is how long an unused program is kept.
const cacheAge = 30 * 24 * time.Hour

// A program takes minutes to build.
type program struct {
	name    string // file name in the cache, before the key
	title   string // the name in messages
	pkg     string // package to build, relative to the rig's module
	tags    string // build tags, separated by commas
	sources string // directory of its sources, if they are in this repository
	cold    string // how long the build takes if nothing of it is compiled yet
}

// cached returns the path of a program, and builds the program first if it is not in the cache. If
// several processes need the same program, only one of them builds it.
func (b Builder) cached(ctx context.Context, p program) (string, error) {
	version, err := goTool(ctx, b.module(), "list", "-m", "-f", "{{.Version}}", kubernetesModule)
	if err != nil {
		return "", err
	}
	return b.cachedVersion(ctx, p, version, versionFlags(version))
}

// cachedVersion is cached for a program whose version is known.
func (b Builder) cachedVersion(ctx context.Context, p program, version, ldflags string) (string, error) {
	key, err := b.key(ctx, p, ldflags)
	if err != nil {
		return "", fmt.Errorf("making the cache key of %s: %w", p.name, err)
	}
	return b.fromCache(ctx, p, key, version, func(out string) error { return goBuild(ctx, b.module(), out, p, ldflags) })
}

// fromCache returns the path of a program with a key, which build builds if it is not in the cache.
func (b Builder) fromCache(ctx context.Context, p program, key, version string, build func(out string) error) (string, error) {
	dir, err := cacheDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, p.name+"-"+key)
	if inUse(path) {
		return path, nil
	}

	unlock, err := b.lock(ctx, filepath.Join(dir, p.name+".lock"), p)
	if err != nil {
		return "", err
	}
	defer unlock()
	if inUse(path) {
		return path, nil
	}
	removeUnused(dir, p.name)
	err = b.timed(strings.TrimSpace(p.title+" "+version), p.cold, func() error {
		return buildInto(path, build)
	})
	return path, err
}

// buildInto builds beside the target and moves the result there, so that other processes never see
// an incomplete target.
func buildInto(path string, build func(out string) error) error {
	tmp, err := os.MkdirTemp(filepath.Dir(path), ".build-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	out := filepath.Join(tmp, "out")
	if err := build(out); err != nil {
		return err
	}
	return os.Rename(out, path)
}

// versionFlags stamps the version into the variables that the programs read: component-base for the
// servers, client-go for the user agent of clients.
func versionFlags(version string) string {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	flags := []string{"-s", "-w"}
	for _, pkg := range []string{"k8s.io/component-base/version", "k8s.io/client-go/pkg/version"} {
		flags = append(flags,
			"-X", pkg+".gitVersion="+version,
			"-X", pkg+".gitMajor="+parts[0],
			"-X", pkg+".gitMinor="+parts[1],
		)
	}
	return strings.Join(flags, " ")
}

// key hashes everything that a program is built from: the versions of all modules, the Go toolchain
// and its settings, the flags, and the sources if they are in this repository.
func (b Builder) key(ctx context.Context, p program, ldflags string) (string, error) {
	toolchain, err := goTool(ctx, b.module(), "env", "GOVERSION", "GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT", "GOFLAGS")
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	fmt.Fprintln(hash, toolchain, p.pkg, p.tags, ldflags)
	files := []string{filepath.Join(b.module(), "go.mod"), filepath.Join(b.module(), "go.sum")}
	if p.sources != "" {
		ours, err := filepath.Glob(filepath.Join(p.sources, "*.go"))
		if err != nil {
			return "", err
		}
		files = append(files, ours...)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(hash, filepath.Base(file), len(data))
		hash.Write(data)
	}
	return hex.EncodeToString(hash.Sum(nil))[:16], nil
}

// cacheDir returns the directory in which built programs are kept.
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

// inUse reports whether a program exists, and if so, records that it is still in use.
func inUse(path string) bool {
	now := time.Now()
	return os.Chtimes(path, now, now) == nil
}

// removeUnused deletes programs of earlier versions. Errors are ignored: a program that cannot be
// deleted stays.
func removeUnused(dir, name string) {
	old, _ := filepath.Glob(filepath.Join(dir, name+"-*"))
	for _, path := range old {
		info, err := os.Stat(path)
		if err == nil && time.Since(info.ModTime()) > cacheAge {
			_ = os.Remove(path)
		}
	}
}

// lock waits until no other process builds the program.
func (b Builder) lock(ctx context.Context, path string, p program) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the cache: %w", err)
	}
	told := false
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			f.Close()
			return nil, fmt.Errorf("locking the cache: %w", err)
		}
		if !told {
			told = true
			fmt.Fprintf(b.Log, "waiting for another process that builds %s ...\n", p.title)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, fmt.Errorf("waiting for another build of %s: %w", p.name, context.Cause(ctx))
		case <-time.After(pollInterval):
		}
	}
}

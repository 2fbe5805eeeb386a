package versions

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"text/template"

	"github.com/promgate/promgate/test/rig"
)

const thanosModule = "github.com/thanos-io/thanos"

// thanosReleases are the releases of Thanos that are asked: the last one of each minor version from 0.30 on. A new
// release is a line here, and one in package dialect.
var thanosReleases = []string{
	"v0.30.2",
	"v0.31.0",
	"v0.32.5",
	"v0.33.0",
	"v0.34.1",
	"v0.35.1",
	"v0.36.1",
	"v0.37.2",
	"v0.38.0",
	"v0.39.2",
	"v0.40.1",
	"v0.41.0",
	"v0.42.2",
}

// ThanosReleases returns the releases that are asked: those that the variable THANOS names, or all.
func ThanosReleases() []string {
	only := os.Getenv("THANOS")
	if only == "" {
		return slices.Clone(thanosReleases)
	}
	return slices.DeleteFunc(slices.Clone(thanosReleases), func(r string) bool { return !slices.Contains(strings.Split(only, ","), r) })
}

//go:embed thanos_program.go.tmpl
var thanosTemplate string

// StartThanos builds the program of a release of Thanos, unless it is in the cache, and starts it. The program has
// the release's own manager of rules load rule files, as Thanos' ruler does.
func StartThanos(ctx context.Context, release string) (*Engine, error) {
	path, flags, err := buildThanos(ctx, release)
	if err != nil {
		return nil, err
	}
	version := strings.TrimPrefix(release, "v")
	// A library of older releases does not start with a Go that is newer than itself, unless told to.
	p, err := start(ctx, path, "Thanos "+version, "ASSUME_NO_MOVING_GC_UNSAFE_RISK_IT_WITH="+minorOf(runtime.Version()))
	if err != nil {
		return nil, err
	}
	return &Engine{Version: version, Flags: flags, process: p}, nil
}

// minorOf returns the minor version of a version of Go: go1.26.
func minorOf(version string) string {
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// buildThanos returns the path of the program and the feature flags of the ruler that change what it accepts. The
// program's module has the requirements and replacements of Thanos' own.
func buildThanos(ctx context.Context, release string) (path string, flags []string, err error) {
	fail := func(err error) (string, []string, error) {
		return "", nil, fmt.Errorf("building for Thanos %s: %w", release, err)
	}
	root, err := rig.FindRoot()
	if err != nil {
		return fail(err)
	}
	dir, err := rig.DownloadModule(ctx, thanosModule, release)
	if err != nil {
		return fail(err)
	}
	module, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return fail(err)
	}
	sums, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if err != nil {
		return fail(err)
	}
	ruler, err := os.ReadFile(filepath.Join(dir, "cmd", "thanos", "rule.go"))
	if err != nil {
		return fail(err)
	}
	hasFlag := bytes.Contains(ruler, []byte("parser.EnableExperimentalFunctions = true"))
	if hasFlag {
		flags = []string{"promql-experimental-functions"}
	}
	var program bytes.Buffer
	if err := template.Must(template.New("program").Parse(thanosTemplate)).Execute(&program, struct{ HasFlag bool }{hasFlag}); err != nil {
		return fail(err)
	}
	module = moduleLine.ReplaceAll(module, []byte("module generated"))
	path, err = rig.Builder{Root: root, Log: os.Stderr}.Generated(ctx, rig.GeneratedProgram{
		Name: "verdict-thanos-" + release, Module: thanosModule, Version: release, Source: program.Bytes(),
		Files: map[string][]byte{"go.mod": fmt.Appendf(module, "\nrequire %s %s\n", thanosModule, release), "go.sum": sums},
	})
	if err != nil {
		return fail(err)
	}
	return path, flags, nil
}

// moduleLine is the line of a go.mod that names the module.
var moduleLine = regexp.MustCompile(`(?m)^module .*$`)

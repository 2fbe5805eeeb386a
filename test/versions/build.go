package versions

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"text/template"

	"github.com/promgate/promgate/test/rig"
)

// prometheusModule is the module of a release.
const prometheusModule = "github.com/prometheus/prometheus"

var (
	//go:embed program.go.tmpl
	programTemplate string
	//go:embed loader.go.tmpl
	loaderTemplate string
)

// build returns the path of the program of a release and what was read from the release's sources.
func build(ctx context.Context, r Release) (path string, s *source, err error) {
	path, err = generated(ctx, r, "verdict-", programTemplate, func(dir string) (any, map[string][]byte, error) {
		s, err = readSource(dir)
		return s, nil, err
	})
	return path, s, err
}

// buildLoader returns the path of the loader of a release and what was read from the release's sources.
func buildLoader(ctx context.Context, r Release) (path string, s *loaderSource, err error) {
	path, err = generated(ctx, r, "loader-", loaderTemplate, func(dir string) (any, map[string][]byte, error) {
		if s, err = readLoaderSource(ctx, dir); err != nil {
			return nil, nil, err
		}
		return s, s.Files, nil
	})
	return path, s, err
}

// generated returns the path of a program that a template makes of the sources of a release. The program is
// compiled unless the cache of the rig has it. Its module requires nothing but the release, so that it gets
// the release's own versions of all other modules.
func generated(ctx context.Context, r Release, name, text string, read func(dir string) (any, map[string][]byte, error)) (string, error) {
	root, err := rig.FindRoot()
	if err != nil {
		return "", fmt.Errorf("building for %s: %w", r, err)
	}
	dir, err := rig.DownloadModule(ctx, prometheusModule, string(r))
	if err != nil {
		return "", fmt.Errorf("building for %s: %w", r, err)
	}
	data, files, err := read(dir)
	if err != nil {
		return "", err
	}
	var program bytes.Buffer
	if err := template.Must(template.New(name).Parse(text)).Execute(&program, data); err != nil {
		return "", fmt.Errorf("writing the program of %s: %w", r, err)
	}
	b := rig.Builder{Root: root, Log: os.Stderr}
	path, err := b.Generated(ctx, rig.GeneratedProgram{
		Name: name + string(r), Module: prometheusModule, Version: string(r), Source: program.Bytes(), Files: files,
	})
	if err != nil {
		return "", fmt.Errorf("building for %s: %w", r, err)
	}
	return path, nil
}

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

//go:embed program.go.tmpl
var programTemplate string

// build returns the path of the program of a release and what was read from the release's sources.
// The program is compiled unless the cache of the rig has it. Its module requires nothing but the release, so
// that it gets the release's own versions of all other modules.
func build(ctx context.Context, r Release) (path string, s *source, err error) {
	root, err := rig.FindRoot()
	if err != nil {
		return "", nil, fmt.Errorf("building for %s: %w", r, err)
	}
	dir, err := rig.DownloadModule(ctx, prometheusModule, string(r))
	if err != nil {
		return "", nil, fmt.Errorf("building for %s: %w", r, err)
	}
	if s, err = readSource(dir); err != nil {
		return "", nil, err
	}
	var program bytes.Buffer
	if err := template.Must(template.New("program").Parse(programTemplate)).Execute(&program, s); err != nil {
		return "", nil, fmt.Errorf("writing the program of %s: %w", r, err)
	}
	b := rig.Builder{Root: root, Log: os.Stderr}
	path, err = b.Generated(ctx, rig.GeneratedProgram{
		Name: "verdict-" + string(r), Module: prometheusModule, Version: string(r), Source: program.Bytes(),
	})
	if err != nil {
		return "", nil, fmt.Errorf("building for %s: %w", r, err)
	}
	return path, s, nil
}

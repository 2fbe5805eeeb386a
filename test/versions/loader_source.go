package versions

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// A loaderSource is what the loader of a release has to know of the release, read from its sources.
type loaderSource struct {
	// LoadArguments are the arguments of config.LoadFile, as the server passes them.
	LoadArguments []string
	// Imports are packages that only some releases need.
	Imports []string
	// Setup, Flags and Variables are those of a [source], as far as they are about names.
	Setup     []string
	Flags     []flagSource
	Variables []string

	// Discoveries are the packages with the settings of discoveries, and Files their sources.
	Discoveries []string
	Files       map[string][]byte

	// Kinds are the discoveries, and Fields the fields of the sections.
	Kinds  []discoveryKind
	Fields map[string][]string
}

// loadFileArguments are the arguments of config.LoadFile by name, and the loggers by type.
var loadFileArguments = map[string]string{
	"filename string":           "filename",
	"agentMode bool":            "agentMode",
	"expandExternalLabels bool": "expandExternalLabels",
	"logger log.Logger":         "log.NewNopLogger()",
	"logger *slog.Logger":       "slog.New(slog.DiscardHandler)",
}

// readLoaderSource reads the sources of a release from the directory of its module. The feature flags that
// change defaults of the configuration are not among those that are set: no release refuses or accepts
// anything because of such a default.
func readLoaderSource(ctx context.Context, dir string) (*loaderSource, error) {
	server := &source{}
	if err := server.readServer(filepath.Join(dir, "cmd", "prometheus", "main.go")); err != nil {
		return nil, err
	}
	s := &loaderSource{Setup: aboutNames(server.Setup), Variables: aboutNames(server.Variables)}
	for _, f := range server.Flags {
		if assignments := aboutNames(f.Assignments); len(assignments) > 0 {
			s.Flags = append(s.Flags, flagSource{f.Flag, assignments})
		}
	}
	var err error
	if s.Files, s.Discoveries, s.Kinds, err = readDiscoveries(dir); err != nil {
		return nil, err
	}
	s.Fields = map[string][]string{}
	for _, section := range sections {
		fields, err := section.readFields(ctx, dir)
		if err != nil {
			return nil, err
		}
		s.Fields[section.name] = append(s.Fields[section.name], fields...)
	}
	return s, s.readLoadFile(filepath.Join(dir, "config", "config.go"))
}

func aboutNames(assignments []string) []string {
	return slices.DeleteFunc(slices.Clone(assignments), func(a string) bool { return !strings.HasPrefix(a, "model.") })
}

func (s *loaderSource) readLoadFile(file string) error {
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		return fmt.Errorf("reading the loader of configurations: %w", err)
	}
	for _, d := range tree.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || f.Name.Name != "LoadFile" {
			continue
		}
		for _, field := range f.Type.Params.List {
			for _, name := range field.Names {
				parameter := name.Name + " " + textOf(field.Type)
				argument, known := loadFileArguments[parameter]
				if !known {
					return fmt.Errorf("reading %s: LoadFile has the parameter %s: say in loadFileArguments what the server passes", file, parameter)
				}
				s.LoadArguments = append(s.LoadArguments, argument)
				if strings.HasPrefix(argument, "log.") {
					s.Imports = append(s.Imports, "github.com/go-kit/log")
				}
			}
		}
		return nil
	}
	return fmt.Errorf("reading %s: there is no function LoadFile", file)
}

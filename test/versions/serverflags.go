package versions

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/test/rig"
)

// ServerFlags are the flags of a release's server, read from its sources: cmd/prometheus/main.go.
type ServerFlags struct {
	// Arguments are its command-line flags.
	Arguments []Argument
	// Features are the feature flags that do something, and Settled those that do nothing any more because
	// what they turned on always is on. Both are in no list if the release does not know a flag, or if it does
	// nothing and nothing replaces it.
	Features, Settled []string
}

// An Argument is a command-line flag as its declaration says.
type Argument struct {
	Name   string
	Kind   dialect.ArgumentKind
	Values []string // those of an enumeration
	Mode   dialect.Mode
}

// ReadServerFlags reads the flags of a release.
func ReadServerFlags(ctx context.Context, r Release) (*ServerFlags, error) {
	dir, err := rig.DownloadModule(ctx, prometheusModule, string(r))
	if err != nil {
		return nil, fmt.Errorf("reading the flags of %s: %w", r, err)
	}
	tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, "cmd", "prometheus", "main.go"), nil, 0)
	if err != nil {
		return nil, fmt.Errorf("reading the flags of %s: %w", r, err)
	}
	f := &ServerFlags{}
	ast.Inspect(tree, func(n ast.Node) bool {
		if d, ok := n.(*ast.FuncDecl); ok && d.Name.Name == "setFeatureListOptions" {
			f.readFeatures(d)
		}
		return true
	})
	if f.Arguments, err = argumentsOf(tree); err != nil {
		return nil, fmt.Errorf("reading the flags of %s: %w", r, err)
	}
	if len(f.Arguments) == 0 || len(f.Features) == 0 {
		return nil, fmt.Errorf("reading the flags of %s: there are none in cmd/prometheus/main.go", r)
	}
	return f, nil
}

// readFeatures reads the switch over the feature flags.
func (f *ServerFlags) readFeatures(function *ast.FuncDecl) {
	ast.Inspect(function, func(n ast.Node) bool {
		clause, ok := n.(*ast.CaseClause)
		if !ok {
			return true
		}
		acts, settled := effectOf(clause)
		for _, e := range clause.List {
			name, isName := stringOf(e)
			switch {
			case !isName || name == "":
			case acts:
				f.Features = append(f.Features, name)
			case settled:
				f.Settled = append(f.Settled, name)
			}
		}
		return true
	})
}

// effectOf reports whether a case of the switch assigns anything, and whether it says that what the flag turned on is always
// on.
func effectOf(clause *ast.CaseClause) (acts, settled bool) {
	ast.Inspect(&ast.BlockStmt{List: clause.Body}, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			acts = true
		case *ast.BasicLit:
			settled = settled || strings.Contains(n.Value, "permanently enabled")
		}
		return true
	})
	return acts, settled
}

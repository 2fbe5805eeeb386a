package versions

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"

	"github.com/promgate/promgate/test/rig"
)

// ServerFlags are the flags of a release's server, read from its sources: cmd/prometheus/main.go.
type ServerFlags struct {
	// Arguments are the names of its command-line flags.
	Arguments []string
	// Features are the feature flags that do something, and Settled those that do nothing any more because
	// what they turned on always is on. Both are in no list if the release does not know a flag, or if it does
	// nothing and nothing replaces it.
	Features, Settled []string
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
		switch n := n.(type) {
		case *ast.CallExpr:
			f.readArgument(n)
		case *ast.FuncDecl:
			if n.Name.Name == "setFeatureListOptions" {
				f.readFeatures(n)
			}
		}
		return true
	})
	if len(f.Arguments) == 0 || len(f.Features) == 0 {
		return nil, fmt.Errorf("reading the flags of %s: there are none in cmd/prometheus/main.go", r)
	}
	return f, nil
}

// readArgument reads the declaration of a command-line flag.
func (f *ServerFlags) readArgument(call *ast.CallExpr) {
	for i, suffix := range []string{".Flag", "OnlyFlag"} { // a.Flag(name, help), serverOnlyFlag(a, name, help)
		if !strings.HasSuffix(textOf(call.Fun), suffix) || len(call.Args) <= i {
			continue
		}
		if name, ok := stringOf(call.Args[i]); ok {
			f.Arguments = append(f.Arguments, name)
		}
	}
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

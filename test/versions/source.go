package versions

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A source is what the program of a release has to know of the release, read from its sources.
type source struct {
	// Arguments are the arguments of rulefmt.Parse, as the server passes them.
	Arguments []string
	// HasParser means that the parser is a value with options; otherwise its options are variables.
	HasParser bool
	// Options are the fields of the options that are set without any flag.
	Options []string
	// Setup are the assignments at the start of the server.
	Setup []string
	// Flags are the assignments for each feature flag. A flag that is not there changes nothing here.
	Flags []flagSource
	// Variables are those that flags assign.
	Variables []string

	// Keywords are the words of PromQL, and Templates the functions that templates may call.
	Keywords, Templates []string
	// GroupFields and RuleFields are the fields of rule files.
	GroupFields, RuleFields []string
}

// A flagSource is a feature flag and the assignments that it makes.
type flagSource struct {
	Flag        string
	Assignments []string
}

// readSource reads the sources of a release from the directory of its module.
func readSource(dir string) (*source, error) {
	s := &source{}
	loader := filepath.Join(dir, "model", "rulefmt", "rulefmt.go")
	if err := s.readLoader(loader); err != nil {
		return nil, err
	}
	if err := s.readServer(filepath.Join(dir, "cmd", "prometheus", "main.go")); err != nil {
		return nil, err
	}
	var err error
	if s.GroupFields, err = fieldsOf(loader, "RuleGroup"); err != nil {
		return nil, err
	}
	if s.RuleFields, err = fieldsOf(loader, "Rule"); err != nil {
		return nil, err
	}
	if s.Keywords, err = keysOf(filepath.Join(dir, "promql", "parser", "lex.go"), isKeywordMap); err != nil {
		return nil, err
	}
	s.Templates, err = keysOf(filepath.Join(dir, "template", "template.go"), isFunctionMap)
	return s, err
}

// loaderArguments are the arguments of rulefmt.Parse by type.
var loaderArguments = map[string]string{
	"[]byte":                 "content",
	"bool":                   "false", // unknown fields are not ignored
	"model.ValidationScheme": "model.UTF8Validation",
	"parser.Parser":          "parser.NewParser(options)",
	"*slog.Logger":           "slog.New(slog.DiscardHandler)",
}

func (s *source) readLoader(file string) error {
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		return fmt.Errorf("reading the rule loader: %w", err)
	}
	for _, d := range tree.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || f.Name.Name != "Parse" {
			continue
		}
		for _, field := range f.Type.Params.List {
			kind := textOf(field.Type)
			argument, known := loaderArguments[kind]
			if !known {
				return fmt.Errorf("reading %s: Parse has a parameter of type %s: say in loaderArguments what the server passes", file, kind)
			}
			s.HasParser = s.HasParser || kind == "parser.Parser"
			s.Arguments = append(s.Arguments, argument)
		}
		return nil
	}
	return fmt.Errorf("reading %s: there is no function Parse", file)
}

// readServer finds the assignments to options of the parser and to the scheme of names.
func (s *source) readServer(file string) error {
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		return fmt.Errorf("reading the server: %w", err)
	}
	found := map[ast.Node]bool{} // assignments whose flag is known
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CaseClause:
			s.readFlag(n, found)
		case *ast.FuncDecl:
			if n.Name.Name == "init" {
				s.Setup = append(s.Setup, assignmentsIn(n.Body, found)...)
			}
		case *ast.KeyValueExpr:
			if options, ok := n.Value.(*ast.CompositeLit); ok && textOf(n.Key) == "parserOpts" {
				for _, e := range options.Elts {
					s.Options = append(s.Options, textOf(e))
				}
			}
		}
		return true
	})
	if rest := assignmentsIn(tree, found); len(rest) > 0 {
		return fmt.Errorf("reading %s: cannot tell which feature flag sets %s", file, strings.Join(rest, ", "))
	}
	for _, f := range s.Flags {
		for _, a := range f.Assignments {
			variable, _, _ := strings.Cut(a, " = ")
			if !strings.HasPrefix(variable, "options.") && !slices.Contains(s.Variables, variable) {
				s.Variables = append(s.Variables, variable)
			}
		}
	}
	return nil
}

// readFlag reads a case of the switch over feature flags.
func (s *source) readFlag(clause *ast.CaseClause, found map[ast.Node]bool) {
	assignments := assignmentsIn(&ast.BlockStmt{List: clause.Body}, found)
	if len(assignments) == 0 {
		return
	}
	for _, e := range clause.List {
		if name, ok := stringOf(e); ok {
			s.Flags = append(s.Flags, flagSource{name, assignments})
		}
	}
}

// assignmentsIn returns the assignments in a node that are not found yet, as the program has to write them.
func assignmentsIn(n ast.Node, found map[ast.Node]bool) []string {
	var all []string
	ast.Inspect(n, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || found[a] || len(a.Lhs) != 1 || a.Tok != token.ASSIGN {
			return true
		}
		left := strings.Replace(textOf(a.Lhs[0]), "c.parserOpts.", "options.", 1)
		if strings.HasPrefix(left, "options.") || strings.HasPrefix(left, "parser.") || left == "model.NameValidationScheme" {
			found[a] = true
			all = append(all, left+" = "+textOf(a.Rhs[0]))
		}
		return true
	})
	return all
}

func isKeywordMap(n ast.Node) (ast.Expr, bool) {
	v, ok := n.(*ast.ValueSpec)
	if !ok || len(v.Names) != 1 || !strings.EqualFold(v.Names[0].Name, "key") || len(v.Values) != 1 {
		return nil, false
	}
	return v.Values[0], true
}

func isFunctionMap(n ast.Node) (ast.Expr, bool) {
	v, ok := n.(*ast.KeyValueExpr)
	if !ok || textOf(v.Key) != "funcMap" {
		return nil, false
	}
	return v.Value, true
}

// keysOf returns the keys of a map that a file writes out.
func keysOf(file string, isMap func(ast.Node) (ast.Expr, bool)) ([]string, error) {
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		return nil, fmt.Errorf("reading names: %w", err)
	}
	var keys []string
	ast.Inspect(tree, func(n ast.Node) bool {
		e, ok := isMap(n)
		literal, isLiteral := e.(*ast.CompositeLit)
		if !ok || !isLiteral {
			return true
		}
		for _, e := range literal.Elts {
			if pair, ok := e.(*ast.KeyValueExpr); ok {
				if key, ok := stringOf(pair.Key); ok {
					keys = append(keys, key)
				}
			}
		}
		return false
	})
	if len(keys) == 0 {
		return nil, fmt.Errorf("reading %s: the names are not where they were in other releases", file)
	}
	slices.Sort(keys)
	return keys, nil
}

func stringOf(e ast.Expr) (string, bool) {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(literal.Value)
	return s, err == nil
}

// fieldsOf returns the names of the fields of a struct type in YAML.
func fieldsOf(file, name string) ([]string, error) {
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		return nil, fmt.Errorf("reading fields: %w", err)
	}
	var fields []string
	ast.Inspect(tree, func(n ast.Node) bool {
		t, ok := n.(*ast.TypeSpec)
		if !ok || t.Name.Name != name {
			return true
		}
		for _, f := range t.Type.(*ast.StructType).Fields.List {
			tag, _ := strconv.Unquote(f.Tag.Value)
			field, _, _ := strings.Cut(reflect.StructTag(tag).Get("yaml"), ",")
			fields = append(fields, field)
		}
		return false
	})
	if len(fields) == 0 {
		return nil, fmt.Errorf("reading %s: there is no type %s", file, name)
	}
	return fields, nil
}

package versions

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// settings are the types of a package of discoveries that a configuration is decoded into, with the methods that
// decode and validate, as the release has them. The rest of the package makes clients, whose libraries take longer
// to compile than everything else.
type settings struct {
	fset  *token.FileSet
	files []*ast.File
	roots []string // the types that the package registers

	decls   map[string]decl   // by name, of types, functions, variables and constants
	methods map[string][]decl // by receiver
	called  map[string]bool   // names that may be of methods
	kept    map[ast.Node]bool
	todo    []ast.Node
}

// A decl is a declaration of a package: all of a group of constants, and else what one name needs.
type decl struct {
	name string
	node ast.Node
}

// errCostly means that the settings of a discovery cannot be had without the library of its client.
var errCostly = errors.New("the settings need the library of the client")

// readSettings returns the files of a package that has only the settings of the one in a directory, and the discoveries
// that it registers.
func readSettings(dir string) (map[string][]byte, []discoveryKind, error) {
	s := &settings{fset: token.NewFileSet(), decls: map[string]decl{}, methods: map[string][]decl{}, called: map[string]bool{}, kept: map[ast.Node]bool{}}
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, nil, fmt.Errorf("reading discoveries: %w", err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(s.fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, nil, fmt.Errorf("reading discoveries: %w", err)
		}
		s.files = append(s.files, file)
		s.index(file)
	}
	if len(s.roots) == 0 {
		return nil, nil, nil
	}
	for _, root := range s.roots {
		s.need(root)
	}
	for len(s.todo) > 0 {
		n := s.todo[0]
		s.todo = s.todo[1:]
		s.needAll(n)
		for name := range s.methods {
			s.needMethods(name)
		}
	}
	files, err := s.write()
	return files, s.kinds(), err
}

// needAll keeps what a declaration refers to. Names of fields and methods are not names of the package.
func (s *settings) needAll(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			s.called[n.Sel.Name] = true
			s.needAll(n.X)
			return false
		case *ast.Field:
			s.needAll(n.Type)
			return false
		case *ast.FuncDecl:
			s.needAll(n.Type)
			s.needAll(n.Body)
			return false
		case *ast.Ident:
			s.need(n.Name)
		}
		return true
	})
}

// index records the declarations of a file, and the types that it registers.
func (s *settings) index(file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			switch {
			case d.Name.Name == "init":
				s.registered(d)
			case d.Recv == nil:
				s.decls[d.Name.Name] = decl{d.Name.Name, d}
			default:
				receiver := strings.TrimPrefix(textOf(d.Recv.List[0].Type), "*")
				s.methods[receiver] = append(s.methods[receiver], decl{d.Name.Name, d})
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					s.decls[spec.Name.Name] = decl{spec.Name.Name, spec}
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						node := ast.Node(spec)
						if d.Tok == token.CONST {
							node = d // a constant may count on from the one before
						}
						s.decls[name.Name] = decl{name.Name, node}
					}
				}
			}
		}
	}
}

func (s *settings) registered(init *ast.FuncDecl) {
	ast.Inspect(init, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || textOf(call.Fun) != "discovery.RegisterConfig" {
			return true
		}
		s.roots = append(s.roots, strings.TrimSuffix(strings.TrimPrefix(textOf(call.Args[0]), "&"), "{}"))
		return true
	})
}

// ofSettings are the methods that decode and validate settings, or that the interface of all discoveries has.
var ofSettings = []string{"UnmarshalYAML", "SetDirectory", "Name", "Validate", "String", "NewDiscoverer", "NewDiscovererMetrics"}

// need keeps the declaration of a name, if the package has one.
func (s *settings) need(name string) {
	d, ok := s.decls[name]
	if !ok || name == "_" || s.kept[d.node] {
		return
	}
	s.keep(d.node)
	s.needMethods(name)
}

// needMethods keeps the methods of a type that is kept: those of settings, and those that are called.
func (s *settings) needMethods(name string) {
	if d, ok := s.decls[name]; !ok || !s.kept[d.node] {
		return
	}
	for _, m := range s.methods[name] {
		if s.kept[m.node] || !slices.Contains(ofSettings, m.name) && !s.called[m.name] {
			continue
		}
		if strings.HasPrefix(m.name, "NewDiscoverer") {
			m.node.(*ast.FuncDecl).Body = &ast.BlockStmt{List: []ast.Stmt{&ast.ExprStmt{X: ast.NewIdent(`panic("only the settings are here")`)}}}
		}
		s.keep(m.node)
	}
}

func (s *settings) keep(n ast.Node) {
	s.kept[n] = true
	s.todo = append(s.todo, n)
}

// write returns the files with what is kept, by name.
func (s *settings) write() (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, file := range s.files {
		var body bytes.Buffer
		used := map[string]bool{}
		for _, d := range file.Decls {
			for _, n := range s.keptOf(d) {
				ast.Inspect(n, func(n ast.Node) bool {
					if x, ok := n.(*ast.SelectorExpr); ok {
						used[textOf(x.X)] = true
					}
					return true
				})
				fmt.Fprintf(&body, "\n%s\n", s.text(n))
			}
		}
		if body.Len() == 0 {
			continue
		}
		imports, err := importsOf(file, used)
		if err != nil {
			return nil, err
		}
		name := filepath.Base(s.fset.File(file.Pos()).Name())
		out[name] = fmt.Appendf(nil, "package %s\n\nimport (\n%s)\n%s", file.Name, imports, body.Bytes())
	}
	var register bytes.Buffer
	fmt.Fprintf(&register, "package %s\n\nimport \"%s/discovery\"\n\nfunc init() {\n", s.files[0].Name, prometheusModule)
	for _, root := range s.roots {
		fmt.Fprintf(&register, "\tdiscovery.RegisterConfig(&%s{})\n", root)
	}
	out["promgate_register.go"] = append(register.Bytes(), "}\n"...)
	return out, nil
}

// keptOf returns what is kept of a declaration.
func (s *settings) keptOf(d ast.Decl) []ast.Node {
	general, ok := d.(*ast.GenDecl)
	if !ok || s.kept[d] {
		if s.kept[d] {
			return []ast.Node{d}
		}
		return nil
	}
	var all []ast.Node
	for _, spec := range general.Specs {
		if s.kept[spec] {
			all = append(all, &ast.GenDecl{Tok: general.Tok, Specs: []ast.Spec{spec}})
		}
	}
	return all
}

func (s *settings) text(n ast.Node) string {
	var b bytes.Buffer
	if err := format.Node(&b, s.fset, n); err != nil {
		return ""
	}
	return b.String()
}

// cheap are the beginnings of the import paths outside of the standard library that compile quickly.
var cheap = []string{
	prometheusModule + "/", "github.com/prometheus/common/", "github.com/prometheus/client_golang/prometheus", "github.com/grafana/regexp",
	"github.com/go-kit/log", "github.com/pkg/errors", "github.com/alecthomas/units",
	"k8s.io/apimachinery/pkg/fields", "k8s.io/apimachinery/pkg/labels",
}

// importsOf returns the imports of a file that are used.
func importsOf(file *ast.File, used map[string]bool) (string, error) {
	var b strings.Builder
	for _, i := range file.Imports {
		from := strings.Trim(i.Path.Value, `"`)
		name := path.Base(from)
		if i.Name != nil {
			name = i.Name.Name
		}
		if !used[name] {
			continue
		}
		first, _, _ := strings.Cut(from, "/")
		if strings.Contains(first, ".") && !slices.ContainsFunc(cheap, func(c string) bool { return strings.HasPrefix(from, c) }) {
			return "", fmt.Errorf("%w: %s", errCostly, from)
		}
		if i.Name != nil {
			b.WriteString("\t" + i.Name.Name + " " + i.Path.Value + "\n")
		} else {
			b.WriteString("\t" + i.Path.Value + "\n")
		}
	}
	return b.String(), nil
}

// readDiscoveries returns the settings of all packages of discoveries of a release, the names of the packages, and
// the discoveries. Packages whose settings cannot be had are not among them. The package for files is linked as it is.
func readDiscoveries(dir string) (files map[string][]byte, names []string, kinds []discoveryKind, err error) {
	entries, err := os.ReadDir(filepath.Join(dir, "discovery"))
	if err != nil {
		return nil, nil, nil, fmt.Errorf("reading discoveries: %w", err)
	}
	files = map[string][]byte{}
	for _, e := range entries {
		if !e.IsDir() || e.Name() == "file" {
			continue
		}
		own, registered, err := readSettings(filepath.Join(dir, "discovery", e.Name()))
		if err != nil && !errors.Is(err, errCostly) {
			return nil, nil, nil, err
		}
		for _, k := range registered {
			k.Linked = err == nil
			kinds = append(kinds, k)
		}
		if err != nil || own == nil {
			continue
		}
		names = append(names, e.Name())
		for name, data := range own {
			files[path.Join("discovery", e.Name(), name)] = data
		}
	}
	return files, names, kinds, nil
}

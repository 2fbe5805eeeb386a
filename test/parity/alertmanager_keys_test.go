package parity

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/alertmanager/config"

	"github.com/promgate/promgate/alertmanager"
)

// TestOperatorKeys compares the keys of Alertmanager's configuration with those that the operator's own types have: it reads
// the Secret of an Alertmanager that selects objects with both, strictly.
func TestOperatorKeys(t *testing.T) {
	dir, err := OperatorDir(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, "pkg", "alertmanager", "types.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	w := &keyWalk{structs: map[string]*ast.StructType{}}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.TypeSpec); ok {
			if s, ok := spec.Type.(*ast.StructType); ok {
				w.structs[spec.Name.Name] = s
			}
		}
		return true
	})
	w.compare([]string{"config"}, reflect.TypeFor[config.Config](), w.structs["alertmanagerConfig"])
	slices.Sort(w.wrong)
	if len(w.wrong) > 0 {
		t.Errorf("promgate is wrong about whether the operator knows\n%s", strings.Join(w.wrong, "\n"))
	}
	if w.missing == 0 {
		t.Error("the operator knows every key of Alertmanager")
	}
}

// A keyWalk compares types, and collects the paths of the keys that promgate is wrong about.
type keyWalk struct {
	structs map[string]*ast.StructType
	above   []reflect.Type
	wrong   []string
	missing int
}

func (w *keyWalk) compare(path []string, own reflect.Type, operators *ast.StructType) {
	if slices.Contains(w.above, own) { // routes below routes
		return
	}
	w.above = append(w.above, own)
	defer func() { w.above = w.above[:len(w.above)-1] }()
	theirs := w.fields(operators)
	for key, below := range ownFields(own) {
		at := append(slices.Clone(path), key)
		name, found := theirs[key]
		if !found {
			w.missing++
		}
		if found != alertmanager.KnownToOperator(path[len(path)-1], key) {
			w.wrong = append(w.wrong, strings.Join(at, "."))
		}
		if s := w.structs[name]; s != nil && below.Kind() == reflect.Struct {
			w.compare(at, below, s)
		}
	}
}

// fields returns the keys of a type of the operator, and the names of their types.
func (w *keyWalk) fields(s *ast.StructType) map[string]string {
	fields := map[string]string{}
	for _, f := range s.Fields.List {
		name := typeName(f.Type)
		key, options, _ := strings.Cut(reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("yaml"), ",")
		if strings.Contains(options, "inline") {
			for key, name := range w.fields(w.structs[name]) {
				fields[key] = name
			}
			continue
		}
		fields[key] = name
	}
	return fields
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.ArrayType:
		return typeName(e.Elt)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// ownFields returns the keys of a type of Alertmanager, and their types without pointers and lists.
func ownFields(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for f := range t.Fields() {
		below := f.Type
		for below.Kind() == reflect.Pointer || below.Kind() == reflect.Slice {
			below = below.Elem()
		}
		key, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case !f.IsExported() || key == "-":
		case strings.Contains(options, "inline"):
			for key, below := range ownFields(below) {
				fields[key] = below
			}
		case key == "":
			fields[strings.ToLower(f.Name)] = below
		default:
			fields[key] = below
		}
	}
	return fields
}

package discovery

import (
	"reflect"
	"strings"
	"testing"
)

// key is a YAML key of a struct.
type key struct {
	name      string
	typ       reflect.Type
	omitEmpty bool
}

// keysOf lists the keys of a struct by the rules of go.yaml.in/yaml/v2, including those of inlined
// structs.
func keysOf(typ reflect.Type) []key {
	var keys []key
	for field := range typ.Fields() {
		name, flags, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case name == "-", !field.IsExported() && !field.Anonymous:
		case strings.Contains(flags, "inline"):
			if field.Type.Kind() == reflect.Struct {
				keys = append(keys, keysOf(field.Type)...)
			}
		case name == "":
			keys = append(keys, key{strings.ToLower(field.Name), field.Type, strings.Contains(flags, "omitempty")})
		default:
			keys = append(keys, key{name, field.Type, strings.Contains(flags, "omitempty")})
		}
	}
	return keys
}

// TestKeys compares the keys and the kinds of their values.
func TestKeys(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.real.Name(), func(t *testing.T) {
			s := stub(k.real.Name())
			if s == nil {
				t.Fatal("there is no stub")
			}
			compareTypes(t, "", reflect.TypeOf(k.real), reflect.TypeOf(s))
		})
	}
}

func compareTypes(t *testing.T, path string, real, stub reflect.Type) {
	t.Helper()
	if real == stub {
		return
	}
	// A type of a library may decode itself, so that the types have to be identical.
	library := real.PkgPath() != "" && !strings.HasPrefix(real.PkgPath(), "github.com/prometheus/prometheus/discovery/")
	if library || real.Kind() != stub.Kind() {
		t.Errorf("%s is %v in the stub, and %v in the real type", path, stub, real)
		return
	}
	switch real.Kind() {
	case reflect.Pointer, reflect.Slice:
		compareTypes(t, path, real.Elem(), stub.Elem())
	case reflect.Map:
		compareTypes(t, path, real.Key(), stub.Key())
		compareTypes(t, path+".*", real.Elem(), stub.Elem())
	case reflect.Struct:
		compareKeys(t, path, keysOf(real), keysOf(stub))
	}
}

func compareKeys(t *testing.T, path string, real, stub []key) {
	t.Helper()
	byName := map[string]key{}
	for _, k := range stub {
		byName[k.name] = k
	}
	for _, k := range real {
		s, ok := byName[k.name]
		delete(byName, k.name)
		switch {
		case !ok:
			t.Errorf("the stub lacks the key %s.%s", path, k.name)
		case s.omitEmpty != k.omitEmpty:
			t.Errorf("%s.%s has omitempty in only one of stub and real type", path, k.name)
		default:
			compareTypes(t, path+"."+k.name, k.typ, s.typ)
		}
	}
	for name := range byName {
		t.Errorf("only the stub has the key %s.%s", path, name)
	}
}

package discovery

import (
	"reflect"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v2"
)

// httpApart are keys of the HTTP client that exclude other keys of it.
var httpApart = []string{"authorization", "oauth2", "bearer_token", "bearer_token_file", "proxy_from_environment"}

// samples are values of keys that accept only some values of their type.
var samples = map[string]any{
	"basic_auth":           map[string]any{"username": "a", "password": "b"},
	"authorization":        map[string]any{"credentials": "a"},
	"oauth2":               map[string]any{"client_id": "a", "token_url": "http://a"},
	"tls_config":           map[string]any{"ca_file": "a", "insecure_skip_verify": true},
	"proxy_url":            "http://a",
	"proxy_connect_header": map[string]any{"X-A": []any{"a"}},
	"http_headers":         map[string]any{"X-A": map[string]any{"values": []any{"a"}}},
	"httpclient":           map[string]any{"timeout": 5},
}

// sample returns a value that the key accepts, and that is not the default of a text or number.
func sample(name string, typ reflect.Type) any {
	if value, ok := samples[name]; ok {
		return value
	}
	switch {
	case typ == reflect.TypeFor[model.Duration]():
		return "17m"
	case typ.Kind() == reflect.Pointer:
		return sample(name, typ.Elem())
	case typ.Kind() == reflect.Slice:
		return []any{sample(name, typ.Elem())}
	case typ.Kind() == reflect.Map:
		return map[string]any{"a": sample(name, typ.Elem())}
	case typ.Kind() == reflect.Struct:
		fields := map[string]any{}
		for _, k := range keysOf(typ) {
			fields[k.name] = sample(k.name, k.typ)
		}
		return fields
	case typ.Kind() == reflect.Bool:
		return true
	case typ.Kind() == reflect.Int:
		return 17
	default:
		return "a " + name
	}
}

// values returns values of all kinds, valid and invalid, including invalid parts of a valid value.
// The real type reads or refuses each of them.
func values(typ reflect.Type) []any {
	all := []any{
		nil, true, false, 1, -1, 1.5,
		"", " ", "a", "/a", "5m", "-5m", "http://a", "http://", "//a", "://", "http://[", "ftp://a", "unix:///a",
		[]any{}, []any{""}, []any{"a"}, []any{"/a", "b"}, []any{[]any{}},
		map[string]any{}, map[string]any{"unknown_key": "a"},
	}
	if typ.Kind() == reflect.Int {
		all = append(all, 0)
	}
	// A type that decodes itself is a text, or the same type of a library on both sides.
	if reflect.PointerTo(typ).Implements(reflect.TypeFor[yaml.Unmarshaler]()) {
		return all
	}
	switch typ.Kind() {
	case reflect.Pointer:
		return values(typ.Elem())
	case reflect.Slice:
		for _, value := range values(typ.Elem()) {
			if value != nil { // an entry of a list exists
				all = append(all, []any{value})
			}
		}
	case reflect.Map:
		for _, value := range values(typ.Elem()) {
			all = append(all, map[string]any{"a": value})
		}
	case reflect.Struct:
		for _, k := range keysOf(typ) {
			if k.typ.Kind() == reflect.Func || k.typ.Kind() == reflect.Interface {
				continue // not meant to be read from YAML
			}
			for _, value := range values(k.typ) {
				all = append(all, map[string]any{k.name: value})
			}
		}
	}
	return all
}

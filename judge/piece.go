package judge

import (
	"encoding/binary"
	"reflect"
	"strconv"

	"go.yaml.in/yaml/v2"
)

// appendPiece appends a value of a rendered configuration to a text, so that two values that are written differently have different texts. It
// reports false for a value of a kind that it does not know.
func appendPiece(text []byte, value any) ([]byte, bool) {
	switch v := value.(type) {
	case nil:
		return append(text, '0'), true
	case string:
		return appendText(append(text, 's'), v), true
	case yaml.MapSlice:
		text, ok := appendCount(text, 'm', len(v)), v != nil
		for _, item := range v {
			if text, ok = appendBoth(text, ok, item.Key, item.Value); !ok {
				return text, false
			}
		}
		return text, ok
	case []yaml.MapSlice:
		ok := true
		text = appendCount(text, 'l', len(v))
		for i := 0; i < len(v) && ok; i++ {
			text, ok = appendPiece(text, v[i])
		}
		return text, ok
	}
	return appendOther(text, reflect.ValueOf(value))
}

func appendBoth(text []byte, ok bool, key, value any) ([]byte, bool) {
	if !ok {
		return text, false
	}
	if text, ok = appendPiece(text, key); !ok {
		return text, false
	}
	return appendPiece(text, value)
}

// appendOther appends a value of a plain kind with its type: a type may say how it is written.
func appendOther(text []byte, v reflect.Value) ([]byte, bool) {
	text = appendText(append(text, 't'), v.Type().String())
	switch v.Kind() {
	case reflect.String:
		return appendText(text, v.String()), true
	case reflect.Bool:
		return strconv.AppendBool(text, v.Bool()), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return binary.AppendVarint(text, v.Int()), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return binary.AppendUvarint(text, v.Uint()), true
	case reflect.Pointer:
		if v.IsNil() {
			return append(text, '0'), true
		}
		return appendPiece(text, v.Elem().Interface())
	case reflect.Slice:
		ok := true
		text = appendCount(text, 'l', v.Len())
		for i := 0; i < v.Len() && ok; i++ {
			text, ok = appendPiece(text, v.Index(i).Interface())
		}
		return text, ok
	}
	return text, false
}

// appendText appends a text with its length before it.
func appendText(text []byte, s string) []byte { return append(appendCount(text, '"', len(s)), s...) }

func appendCount(text []byte, kind byte, n int) []byte {
	return binary.AppendVarint(append(text, kind), int64(n))
}

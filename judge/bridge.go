package judge

import (
	"strconv"
	"strings"

	"github.com/promgate/promgate/internal/fieldpath"
)

// PathOf reads a path out of its text. It is TEMPORARY: it is here only until promconfig
// and this package make their paths in steps, and goes then.
func PathOf(field string) fieldpath.Path {
	var path fieldpath.Path
	if i := strings.LastIndex(field, " "); i >= 0 && strings.HasPrefix(field[i+1:], "spec") {
		path, field = fieldpath.Into(field[:i]), field[i+1:]
	}
	for field != "" {
		switch field[0] {
		case '.':
			field = field[1:]
		case '[':
			end := keyEnd(field)
			key := field[1:end]
			if n, err := strconv.Atoi(key); err == nil && n >= 0 && !mapFields[path.LastField()] {
				path = path.Index(n)
			} else {
				path = path.Key(key)
			}
			field = field[min(end+1, len(field)):]
		default:
			end := strings.IndexAny(field, ".[")
			if end < 0 {
				end = len(field)
			}
			path, field = path.Field(field[:end]), field[end:]
		}
	}
	return path
}

// keyEnd is the bracket that closes a key, which may hold brackets itself.
func keyEnd(field string) int {
	for i := 1; i < len(field); i++ {
		if field[i] == ']' && (i+1 == len(field) || field[i+1] == '.' || field[i+1] == '[') {
			return i
		}
	}
	return len(field)
}

var mapFields = map[string]bool{
	"labels": true, "annotations": true, "matchLabels": true, "nodeMeta": true, "proxyConnectHeader": true, "endpointParams": true,
	"headers": true, "externalLabels": true,
}

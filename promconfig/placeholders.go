package promconfig

import "regexp"

// placeholders is how the operator writes what only a pod knows.
var placeholders = regexp.MustCompile(`\$\([A-Za-z0-9_]+\)`)

// Resolve puts values in the place of $(NAME), as the operator's config-reloader does in
// each pod before Prometheus sees the configuration. A name without a value stays.
func Resolve(configuration []byte, values map[string]string) []byte {
	return placeholders.ReplaceAllFunc(configuration, func(found []byte) []byte {
		if value, ok := values[string(found[2:len(found)-1])]; ok {
			return []byte(value)
		}
		return found
	})
}

package promconfig

import "regexp"

// placeholders match how the operator writes values that differ between pods.
var placeholders = regexp.MustCompile(`\$\([A-Za-z0-9_]+\)`)

// Resolve replaces $(NAME) by its value, as the config-reloader of the operator does in each
// pod before Prometheus reads the configuration. It keeps a name without a value.
func Resolve(configuration []byte, values map[string]string) []byte {
	return placeholders.ReplaceAllFunc(configuration, func(found []byte) []byte {
		if value, ok := values[string(found[2:len(found)-1])]; ok {
			return []byte(value)
		}
		return found
	})
}

package relabeling

import "strings"

// SanitizeLabelName returns the name of a Kubernetes label as the operator and Prometheus'
// service discovery write it: each character that Prometheus 2 does not allow in a label name
// becomes an underscore. Two labels may get the same name.
func SanitizeLabelName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_':
			return r
		}
		return '_'
	}, name)
}

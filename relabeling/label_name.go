package relabeling

import "regexp"

var invalidInLabelName = regexp.MustCompile(`[^a-zA-Z0-9_]`)

// SanitizeLabelName returns the name of a Kubernetes label as the operator and Prometheus'
// service discovery write it: each character that Prometheus 2 does not allow in a label name
// becomes an underscore. Two labels may get the same name.
func SanitizeLabelName(name string) string {
	return invalidInLabelName.ReplaceAllString(name, "_")
}

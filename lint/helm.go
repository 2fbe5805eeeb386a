package lint

import (
	"bytes"
	"path"
	"path/filepath"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/source"
	"github.com/promgate/promgate/validation/file"
)

// helmWords are what only a template of Helm contains: the objects and functions of Helm's template
// engine, as opposed to the templates of alerts.
var helmWords = []string{".Values", ".Release", ".Chart", ".Capabilities", ".Files", "include ", "template ", "toYaml", "nindent", "define ", "tpl "}

// unrenderedAction returns the offset of the first action that Helm has not executed, or -1.
func unrenderedAction(text []byte) int {
	for start := 0; ; {
		i := bytes.Index(text[start:], []byte("{{"))
		if i < 0 {
			return -1
		}
		start += i
		action, _, _ := bytes.Cut(text[start:], []byte("}}"))
		for _, word := range helmWords {
			if bytes.Contains(action, []byte(word)) {
				return start
			}
		}
		start += 2
	}
}

// isHelmTemplate reports whether a file is a Helm template that is not rendered, which is a finding. A
// rendered one may contain the words in a text, but is then YAML.
func (l *linter) isHelmTemplate(f *fileContent) bool {
	at := unrenderedAction(f.Text)
	if at < 0 || !mayBeOurs(f.Text) {
		return false
	}
	inTemplates := strings.Contains("/"+filepath.ToSlash(f.Name), "/templates/")
	if len(f.source.Errors) == 0 && !inTemplates {
		return false
	}
	l.addToFile(f, file.HelmTemplate, f.source.SpanAt(at, at+2), "this is a Helm template, which has to be rendered before it can be checked",
		"helm template RELEASE "+chartDirectory(f.Name)+" | promgate lint -")
	return true
}

// mayBeOurs reports whether a text that cannot be read may be meant for Prometheus or its operator:
// nothing is said of the other files in a directory.
func mayBeOurs(text []byte) bool {
	if source.WideEncoding(text) != "" {
		text = bytes.ReplaceAll(text, []byte{0}, nil)
	}
	has := func(word string) bool { return bytes.Contains(text, []byte(word)) }
	return has(monitoringv1.SchemeGroupVersion.Group) || has("groups") && (has("alert") || has("record") || has("rules"))
}

// chartDirectory returns the directory of the chart that a template is in.
func chartDirectory(name string) string {
	slashed := filepath.ToSlash(name)
	if i := strings.LastIndex("/"+slashed, "/templates/"); i > 0 {
		return path.Clean(slashed[:i-1])
	}
	if strings.HasPrefix(slashed, "templates/") {
		return "."
	}
	return "CHART"
}

package jobs

import (
	"errors"
	"regexp"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

const jobLabel = "job"

// relabel is the job after a relabeling.
func (j Job) relabel(r *monitoringv1.RelabelConfig) Job {
	if !mayWrite(r, jobLabel) {
		return j
	}
	if actionOf(r) != "replace" || r.TargetLabel != jobLabel {
		return Job{}
	}
	if len(r.SourceLabels) == 0 {
		return j.replaceNothing(r)
	}
	if !matchesAll[r.Regex] || strings.Contains(replacementOf(r), "$") {
		return Job{}
	}
	return Job{Constant: *r.Replacement} // an empty one deletes the label: there is no job
}

// replaceNothing is a relabeling without source labels. It does the same to every
// target, which may be nothing.
func (j Job) replaceNothing(r *monitoringv1.RelabelConfig) Job {
	replacement := replacementOf(r)
	if matchesAll[r.Regex] && !strings.Contains(replacement, "$") {
		return Job{Constant: replacement}
	}
	re, err := compile(r)
	if err != nil {
		return Job{}
	}
	found := re.FindStringSubmatchIndex("")
	if found == nil {
		return j
	}
	return Job{Constant: string(re.ExpandString(nil, replacement, "", found))}
}

// mayWrite says that the relabeling may set or remove a label.
func mayWrite(r *monitoringv1.RelabelConfig, name string) bool {
	switch actionOf(r) {
	case "keep", "drop", "keepequal", "dropequal":
		return false
	case "replace":
		return mayBe(r.TargetLabel, name)
	case "labelmap":
		return mayBe(replacementOf(r), name)
	case "lowercase", "uppercase", "hashmod":
		return r.TargetLabel == name
	case "labeldrop":
		return matches(r, name, true)
	case "labelkeep":
		return !matches(r, name, false)
	}
	return true
}

// mayBe says whether a template may expand to a name.
func mayBe(template, name string) bool {
	literal, _, isTemplate := strings.Cut(template, "$")
	if isTemplate {
		return strings.HasPrefix(name, literal)
	}
	return literal == name
}

// matches says whether the expression matches; otherwise, if it cannot be read.
func matches(r *monitoringv1.RelabelConfig, value string, otherwise bool) bool {
	re, err := compile(r)
	if err != nil {
		return otherwise
	}
	return re.MatchString(value)
}

// errCounted says that an expression was not compiled: one that repeats by a number can
// become a thousand times as long as its text.
var errCounted = errors.New("repeats by a number")

// compile anchors the expression as Prometheus does.
func compile(r *monitoringv1.RelabelConfig) (*regexp.Regexp, error) {
	if strings.Contains(r.Regex, "{") {
		return nil, errCounted
	}
	return regexp.Compile("^(?s:" + regexOf(r) + ")$")
}

// matchesAll are the expressions, as people write them, that match any value.
var matchesAll = map[string]bool{"": true, "(.*)": true, ".*": true, "^.*$": true, "^(.*)$": true, "(?s).*": true}

func actionOf(r *monitoringv1.RelabelConfig) string {
	if r.Action == "" {
		return "replace"
	}
	return strings.ToLower(r.Action)
}

func regexOf(r *monitoringv1.RelabelConfig) string {
	if r.Regex == "" {
		return "(.*)"
	}
	return r.Regex
}

func separatorOf(r *monitoringv1.RelabelConfig) string {
	if r.Separator == nil {
		return ";"
	}
	return *r.Separator
}

func replacementOf(r *monitoringv1.RelabelConfig) string {
	if r.Replacement == nil {
		return "$1"
	}
	return *r.Replacement
}

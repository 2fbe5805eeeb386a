package relabeling

import (
	"regexp/syntax"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/model/relabel"
)

// Filters reports whether the relabeling may drop what it is applied to. An unknown action
// does not count: Prometheus refuses it.
func Filters(r *monitoringv1.RelabelConfig) bool {
	switch action, _ := ActionOf(r); action {
	case relabel.Keep, relabel.Drop, relabel.KeepEqual, relabel.DropEqual:
		return true
	}
	return false
}

// MaySet reports whether the relabeling may give a new value to one of the labels, or delete
// it by giving it an empty one. It does not count labeldrop and labelkeep.
func MaySet(r *monitoringv1.RelabelConfig, names ...string) bool {
	switch action, known := ActionOf(r); action {
	case relabel.Keep, relabel.Drop, relabel.KeepEqual, relabel.DropEqual, relabel.LabelDrop, relabel.LabelKeep:
		return false
	case relabel.Replace:
		return slices.ContainsFunc(names, func(name string) bool { return mayExpandTo(r.TargetLabel, name) })
	case relabel.HashMod, relabel.Lowercase, relabel.Uppercase:
		return slices.Contains(names, r.TargetLabel)
	case relabel.LabelMap:
		return slices.ContainsFunc(names, func(name string) bool { return mayExpandTo(ReplacementOf(r), name) }) || breaksOut(r)
	default:
		return !known
	}
}

// MayWrite reports whether the relabeling may change one of the labels: give it a new value,
// or delete it.
func MayWrite(r *monitoringv1.RelabelConfig, names ...string) bool {
	switch action, _ := ActionOf(r); action {
	case relabel.LabelDrop:
		return matchesOneOf(r, names, true)
	case relabel.LabelKeep:
		re, err := CompileRegex(RegexOf(r))
		return err != nil || slices.ContainsFunc(names, func(name string) bool { return !re.MatchString(name) })
	default:
		return MaySet(r, names...)
	}
}

// MayRead reports whether the outcome of the relabeling may depend on the value of one of the
// labels.
func MayRead(r *monitoringv1.RelabelConfig, names ...string) bool {
	switch action, known := ActionOf(r); action {
	case relabel.LabelDrop, relabel.LabelKeep:
		return false
	case relabel.LabelMap:
		return matchesOneOf(r, names, true)
	case relabel.KeepEqual, relabel.DropEqual:
		if slices.Contains(names, r.TargetLabel) {
			return true
		}
		fallthrough
	default:
		reads := slices.ContainsFunc(r.SourceLabels, func(l monitoringv1.LabelName) bool { return slices.Contains(names, string(l)) })
		return reads || !known
	}
}

// MayMove reports whether the relabeling may change where on a target is scraped: its
// address, scheme, path or params.
func MayMove(r *monitoringv1.RelabelConfig) bool {
	// __param_target is the one parameter that a job does not have of its own, and that a
	// labeldrop can therefore take away.
	if MayWrite(r, "__address__", "__scheme__", "__metrics_path__", "__param_target") {
		return true
	}
	template := r.TargetLabel
	switch action, _ := ActionOf(r); action {
	case relabel.LabelMap:
		template = ReplacementOf(r)
	case relabel.KeepEqual, relabel.DropEqual:
		return false
	}
	const params = "__param_"
	literal, _, isTemplate := strings.Cut(template, "$")
	return strings.HasPrefix(literal, params) || isTemplate && strings.HasPrefix(params, literal)
}

// mayExpandTo reports whether a template may expand to a name.
func mayExpandTo(template, name string) bool {
	literal, _, isTemplate := strings.Cut(template, "$")
	if isTemplate {
		return strings.HasPrefix(name, literal)
	}
	return literal == name
}

// breaksOut reports whether the regular expression may match a part of a text. A labelmap
// then replaces that part, and the new name of the label is more than its replacement.
func breaksOut(r *monitoringv1.RelabelConfig) bool {
	if !strings.Contains(r.Regex, ")") {
		return false // it cannot close the group of the anchors
	}
	re, err := ParseRegex(r.Regex)
	if err != nil {
		return true
	}
	_, anchored := insideAnchors(re)
	return !anchored
}

// insideAnchors returns what is between the anchors. anchored is false where the expression
// breaks out of them, as a)|(b does.
func insideAnchors(re *syntax.Regexp) (parts []*syntax.Regexp, anchored bool) {
	if re.Op != syntax.OpConcat {
		return nil, false
	}
	parts = re.Sub
	for len(parts) > 0 && parts[0].Op == syntax.OpBeginText {
		parts = parts[1:]
	}
	anchored = len(parts) < len(re.Sub)
	count := len(parts)
	for len(parts) > 0 && parts[len(parts)-1].Op == syntax.OpEndText {
		parts = parts[:len(parts)-1]
	}
	return parts, anchored && len(parts) < count
}

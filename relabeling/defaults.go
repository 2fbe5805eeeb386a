// Package relabeling reads relabelings as Prometheus does (v0.316, model/relabel): their
// defaults, what they may do to labels and targets, and what is certain about their regular
// expressions. Every other package asks here, so that all give the same answer. It imports
// no other package of promgate.
package relabeling

import (
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/model/relabel"
)

// The defaults are Prometheus' own.
var (
	DefaultSeparator   = relabel.DefaultRelabelConfig.Separator
	DefaultReplacement = relabel.DefaultRelabelConfig.Replacement
	DefaultRegex       = relabel.DefaultRelabelConfig.Regex.String()
)

// ActionOf returns the action of a relabeling: the default one if it is omitted. Prometheus
// ignores its case, and the operator writes it in lower case. known is false of an action
// that Prometheus does not have; nothing is certain about such a relabeling.
func ActionOf(r *monitoringv1.RelabelConfig) (action relabel.Action, known bool) {
	switch action = relabel.Action(strings.ToLower(r.Action)); action {
	case "":
		return relabel.DefaultRelabelConfig.Action, true
	case relabel.Replace, relabel.Keep, relabel.Drop, relabel.KeepEqual, relabel.DropEqual, relabel.HashMod,
		relabel.LabelMap, relabel.LabelDrop, relabel.LabelKeep, relabel.Lowercase, relabel.Uppercase:
		return action, true
	}
	return "", false
}

// SeparatorOf returns the text that joins the values of the source labels.
func SeparatorOf(r *monitoringv1.RelabelConfig) string {
	return valueOr(r.Separator, DefaultSeparator)
}

// ReplacementOf returns the replacement. One that is set to the empty text is no default: it
// deletes the target label.
func ReplacementOf(r *monitoringv1.RelabelConfig) string {
	return valueOr(r.Replacement, DefaultReplacement)
}

// RegexOf returns the regular expression, without the anchors that Prometheus adds. The
// operator does not write an empty one, so that Prometheus uses its default.
func RegexOf(r *monitoringv1.RelabelConfig) string {
	if r.Regex == "" {
		return DefaultRegex
	}
	return r.Regex
}

func valueOr(value *string, byDefault string) string {
	if value == nil {
		return byDefault
	}
	return *value
}

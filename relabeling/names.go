package relabeling

import (
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/relabel"
)

// Names are the names of labels that a Prometheus accepts where a relabeling writes one. The zero
// value accepts any name but an empty one.
type Names struct {
	// Scheme is that of a name that is written out.
	Scheme model.ValidationScheme

	// Templates are the names with $1 or ${1} in them.
	Templates Templates
}

// Templates are the names with variables that a Prometheus accepts: the target label of replace, and
// the replacement of labelmap.
type Templates int

const (
	// TemplatesOfScheme are any with UTF-8, and else the old names with variables in them.
	TemplatesOfScheme Templates = iota

	// OldTemplates are the old names with variables in them, whatever the scheme.
	OldTemplates

	// PlainTemplates are none with the old names, because $ is not one of their characters.
	PlainTemplates
)

// Accept reports whether Prometheus accepts what an action writes to: the target label, or the
// replacement of labelmap.
func (n Names) Accept(action relabel.Action, label string) bool {
	scheme := n.Scheme
	if scheme == model.UnsetValidation {
		scheme = model.UTF8Validation
	}
	if action == relabel.LabelMap || action == relabel.Replace && strings.Contains(label, "$") {
		switch n.Templates {
		case OldTemplates:
			scheme = model.LegacyValidation
		case PlainTemplates:
			return scheme.IsValidLabelName(label)
		case TemplatesOfScheme:
		}
	}
	return onlyNameIn(action, label).Validate(scheme) == nil
}

// onlyNameIn returns a relabeling in which only the name can be wrong.
func onlyNameIn(action relabel.Action, label string) *relabel.Config {
	c := relabel.DefaultRelabelConfig
	c.Action, c.TargetLabel = action, label
	switch action {
	case relabel.HashMod:
		c.Modulus = 1
	case relabel.LabelMap:
		c.TargetLabel, c.Replacement = "", label
	}
	return &c
}

// WritesName reports whether Prometheus validates a name that an action writes to, and whether the name
// is the replacement.
func WritesName(action relabel.Action) (writes, replacement bool) {
	switch action {
	case relabel.LabelMap:
		return true, true
	case relabel.Replace, relabel.HashMod, relabel.Lowercase, relabel.Uppercase, relabel.KeepEqual, relabel.DropEqual:
		return true, false
	case relabel.Keep, relabel.Drop, relabel.LabelDrop, relabel.LabelKeep:
	}
	return false, false
}

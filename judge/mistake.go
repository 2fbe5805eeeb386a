package judge

import (
	"strings"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// A mistake is a field for which Prometheus would refuse its configuration, or the operator
// would leave the object out.
type mistake struct {
	field  fieldpath.Path
	reason string // a clause without a full stop
}

func mistaken(field fieldpath.Path, reason string) mistake {
	return mistake{field, strings.TrimSuffix(reason, ".")}
}

func mistakesOf(rejections []promconfig.Rejection) []mistake {
	var mistakes []mistake
	for _, r := range rejections {
		mistakes = append(mistakes, mistaken(r.Field, r.Reason))
	}
	return mistakes
}

func findings(mistakes []mistake) []validation.Finding {
	var out []validation.Finding
	for _, m := range mistakes {
		out = append(out, m.finding())
	}
	return out
}

// finding makes a denial. Its key names the mistake without its positions.
func (m mistake) finding() validation.Finding {
	return validation.Finding{
		Check: Check, Severity: validation.Deny, Path: m.field, Problem: m.reason,
		Key: validation.Key(m.field.Shape(), m.reason),
	}
}

func (m mistake) warning() validation.Finding {
	f := m.finding()
	f.Severity = validation.Warn
	return f
}

// apartFrom reports whether none of the other places is the mistake's field, in it, or
// around it.
func (m mistake) apartFrom(others *fieldpath.Tree[struct{}]) bool {
	_, within := others.Around(m.field)
	return !within && !others.Inside(m.field)
}

func placesOf(mistakes []mistake) *fieldpath.Tree[struct{}] {
	places := &fieldpath.Tree[struct{}]{}
	for _, m := range mistakes {
		places.Put(m.field, struct{}{})
	}
	return places
}

package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/blang/semver/v4"

	"github.com/promgate/promgate/internal/fieldpath"
)

//go:generate go -C ../../test/versions run ./tables internal/schema/operator_table.go

// An operatorSpan says which releases of the operator have a field, or an allowed value of one, in the CRDs of some
// kinds: those from one minor version on, 0 for all that are older, up to before another one, 0 for none.
type operatorSpan struct {
	kinds, path string
	from, until uint64
}

// A Missing is a field or a value that a release of the operator does not know, and that another one knows.
type Missing struct {
	Path fieldpath.Path

	// Value is the value that is not allowed. It is empty if the field itself is unknown.
	Value string

	// Needs says which releases know it, as a clause.
	Needs string
}

// CheckOperator returns an error if a version of the operator is none that [MissingIn] knows about.
func CheckOperator(v semver.Version) error {
	if v.Major != 0 || v.Minor < oldestOperator || v.Minor > latestOperator {
		return fmt.Errorf("the fields of the operator %d.%d are not known: it must be from 0.%d to 0.%d", v.Major, v.Minor, oldestOperator, latestOperator)
	}
	return nil
}

// MissingIn returns the fields and values of an object that a version of the operator does not know, in the order of their
// paths. The API server of a cluster with its CRDs refuses the values, and the fields as well, or drops them. A
// field below one that is missing is not listed.
func MissingIn(operator semver.Version, kind string, object map[string]any) []Missing {
	w := missingWalk{spans: operatorSpans()[kind], minor: operator.Minor}
	w.value(fieldpath.New("spec"), "spec", object["spec"])
	slices.SortFunc(w.found, func(a, b Missing) int { return a.Path.Compare(b.Path) })
	return w.found
}

// operatorSpans returns the spans by kind and path.
var operatorSpans = sync.OnceValue(func() map[string]map[string][]operatorSpan {
	all := map[string]map[string][]operatorSpan{}
	for _, span := range operatorTable {
		for kind := range strings.SplitSeq(span.kinds, " ") {
			if all[kind] == nil {
				all[kind] = map[string][]operatorSpan{}
			}
			all[kind][span.path] = append(all[kind][span.path], span)
		}
	}
	return all
})

type missingWalk struct {
	spans map[string][]operatorSpan
	minor uint64
	found []Missing
}

// value looks at a value. In name, the path has no indices.
func (w *missingWalk) value(path fieldpath.Path, name string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, field := range slices.Sorted(maps.Keys(v)) {
			below, belowName := path.Field(field), name+"."+field
			if spans := w.spans[belowName]; w.isMissing(spans) {
				w.found = append(w.found, Missing{Path: below, Needs: needs(spans)})
				continue
			}
			w.value(below, belowName, v[field])
		}
	case []any:
		for i, item := range v {
			w.value(path.Index(i), name+"[]", item)
		}
	case string:
		if spans := w.spans[name+"="+v]; w.isMissing(spans) {
			w.found = append(w.found, Missing{Path: path, Value: v, Needs: needs(spans)})
		}
	}
}

// isMissing reports whether there are spans, and the release is in none of them.
func (w *missingWalk) isMissing(spans []operatorSpan) bool {
	return len(spans) > 0 && !slices.ContainsFunc(spans, func(s operatorSpan) bool {
		return w.minor >= s.from && (s.until == 0 || w.minor < s.until)
	})
}

// needs says which releases have one of some spans: "needs the operator 0.78".
func needs(spans []operatorSpan) string {
	var parts []string
	for _, s := range spans {
		switch {
		case s.until == 0:
			parts = append(parts, fmt.Sprintf("the operator 0.%d", s.from))
		case s.from == 0:
			parts = append(parts, fmt.Sprintf("an operator before 0.%d", s.until))
		default:
			parts = append(parts, fmt.Sprintf("an operator from 0.%d to before 0.%d", s.from, s.until))
		}
	}
	return "needs " + strings.Join(parts, ", or ")
}

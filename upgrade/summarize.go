package upgrade

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/promgate/promgate/internal/report/format"
)

// maxPlaces bounds the places that a summary names.
const maxPlaces = 5

// summarize replaces the findings of the check regex-newline by one for each kind, at the first place, with the
// number of places and some of them.
func summarize(found []format.Located) []format.Located {
	var rest []format.Located
	byKind := map[string][]format.Located{}
	var kinds []string
	for _, l := range found {
		if l.Finding.Check != regexNewlineID {
			rest = append(rest, l)
			continue
		}
		if byKind[l.Kind] == nil {
			kinds = append(kinds, l.Kind)
		}
		byKind[l.Kind] = append(byKind[l.Kind], l)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		rest = append(rest, summary(byKind[kind]))
	}
	return rest
}

func summary(all []format.Located) format.Located {
	slices.SortStableFunc(all, func(a, b format.Located) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Start.Line, b.Start.Line), cmp.Compare(a.Start.Column, b.Start.Column),
			cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Finding.Path.String(), b.Finding.Path.String()))
	})
	first := all[0]
	first.Finding.Fix = "look at those that may see a label value with a line break"
	if len(all) == 1 {
		return first
	}
	var places []string
	for _, l := range all[1:min(len(all), maxPlaces)] {
		places = append(places, placeOf(l))
	}
	if more := len(all) - maxPlaces; more > 0 {
		places = append(places, fmt.Sprintf("and %d more", more))
	}
	first.Finding.Problem += fmt.Sprintf(", in this and %d other expressions: %s", len(all)-1, strings.Join(places, ", "))
	return first
}

func placeOf(l format.Located) string {
	if l.File != "" {
		return fmt.Sprintf("%s:%d:%d", l.File, l.Start.Line, l.Start.Column)
	}
	return fmt.Sprintf("%s/%s %s", l.Namespace, l.Name, l.Finding.Path)
}

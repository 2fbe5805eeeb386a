package schema

import (
	"slices"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
)

// nearestName returns the property whose name is most alike, if one is alike enough to be what the
// user meant and the object does not set it already.
func nearestName(name string, properties map[string]schema.Structural, parent map[string]any) string {
	nearest, least := "", len(name)/3+1
	for _, candidate := range sortedNames(properties) {
		if _, set := parent[candidate]; set {
			continue
		}
		d := editDistance(strings.ToLower(name), strings.ToLower(candidate))
		if d < least || d == least && nearest == "" {
			nearest, least = candidate, d
		}
	}
	return nearest
}

func sortedNames(properties map[string]schema.Structural) []string {
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// editDistance returns the Levenshtein distance of two names in bytes: how many bytes have to be
// inserted, deleted or replaced.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

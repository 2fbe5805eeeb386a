package schema

import (
	"slices"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"

	"github.com/promgate/promgate/internal/spelling"
)

// nearestName returns the property whose name is most alike, if one is alike enough to be what the
// user meant and the object does not set it already.
func nearestName(name string, properties map[string]schema.Structural, parent map[string]any) string {
	nearest, least := "", len(name)/3+1
	for _, candidate := range sortedNames(properties) {
		if _, set := parent[candidate]; set {
			continue
		}
		d := spelling.Distance(name, candidate)
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

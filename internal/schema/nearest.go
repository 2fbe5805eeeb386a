package schema

import (
	"slices"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"

	"github.com/promgate/promgate/internal/spelling"
)

// nearestName returns the name that is most alike, the first one of several, if one is alike enough to
// be what the user meant and the object does not set it already.
func nearestName(name string, candidates []string, parent map[string]any) string {
	nearest, least := "", len(name)/3+1
	for _, candidate := range candidates {
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

package judge

import (
	"fmt"
	"strings"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/internal/spelling"
	"github.com/promgate/promgate/promconfig"
)

// featureMistakes returns the feature flags of an object that its Prometheus does not know, and that no older release knew: it starts,
// and only its log says so (v0.316, cmd/prometheus/main.go, setFeatureListOptions).
func featureMistakes(g *promconfig.Generator) []mistake {
	version := dialect.VersionOf(g.SemVer())
	if version.Before(dialect.Oldest()) || dialect.Latest().Before(version) {
		return nil // its flags are not known
	}
	var mistakes []mistake
	for i, f := range g.Common().EnableFeatures {
		field := specPath.Field("enableFeatures").Index(i)
		for name := range strings.SplitSeq(string(f), ",") {
			since, known := dialect.KnowsFeature(name)
			switch {
			case len(mistakes) >= manyMistakes:
				return mistakes
			case name == "":
			case !known:
				mistakes = append(mistakes, mistaken(field, fmt.Sprintf("no Prometheus knows the feature flag %q%s: nothing is turned on", name, nearFeature(name))))
			case version.Before(since):
				mistakes = append(mistakes, mistaken(field, fmt.Sprintf("the feature flag %q needs Prometheus %s, and this is %s: nothing is turned on", name, since, version)))
			}
		}
	}
	return mistakes
}

// manyTypos is from how many letters on another name was hardly meant.
const manyTypos = 4

// nearFeature says which feature flag was probably meant.
func nearFeature(name string) string {
	near, typos := "", manyTypos
	for _, other := range dialect.FeatureNames() {
		if d := spelling.Distance(name, other); d < typos {
			near, typos = ", which may mean "+other, d
		}
	}
	return near
}

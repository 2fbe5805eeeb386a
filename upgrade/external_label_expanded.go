package upgrade

import (
	"maps"
	"regexp"
	"slices"

	"github.com/promgate/promgate/validation"
)

var externalLabelExpanded = validation.Check[*instance]{
	ID: "external-label-expanded", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A dollar sign in an external label is expanded", Since: since,
		Text: `From Prometheus 3.0 on ` + "`$name` and `${name}`" + ` in external labels are replaced by environment variables, or by nothing if there is
none. Before, that needed the feature flag ` + "`expand-external-labels`" + `. From then on write ` + "`$$`" + ` for a dollar sign.`,
	},
	Run: func(i *instance, _ validation.Snapshot) []validation.Finding {
		if !i.reaches(v3) || i.has("expand-external-labels") {
			return nil
		}
		var found []validation.Finding
		for _, name := range slices.Sorted(maps.Keys(i.common.ExternalLabels)) {
			value := i.common.ExternalLabels[name]
			if variable.MatchString(value) {
				found = append(found, spec.At("externalLabels").AtKey(name).Finding(
					"from Prometheus 3.0 on a dollar sign in an external label refers to an environment variable", "with the upgrade, write $$ for a dollar sign", value))
			}
		}
		return found
	},
}

// variable matches what is replaced: a dollar sign with a name or one of the special characters of os.Expand.
var variable = regexp.MustCompile(`\$[A-Za-z0-9_{*#$@!?-]`)

package review

import (
	"slices"
	"strings"

	"github.com/promgate/promgate/validation"
)

// suppress omits the findings that the object's annotation suppresses, as far as the request permits
// that, and returns them separately.
func (v *visit) suppress(found []validation.Finding) (kept, suppressed []validation.Finding) {
	text := v.annotations[validation.SuppressionAnnotation]
	if text == "" {
		return found, nil
	}
	var active []string
	for line := range strings.Lines(text) {
		s, problem := validation.ParseSuppression(line, v.request.Kind.HasCheck)
		if problem == "" && !s.Expired(v.request.Today) {
			active = append(active, s.Check)
		}
	}
	for _, f := range found {
		if slices.Contains(active, f.Check) && v.request.Suppressions.Permits(f) {
			suppressed = append(suppressed, f)
		} else {
			kept = append(kept, f)
		}
	}
	return kept, suppressed
}

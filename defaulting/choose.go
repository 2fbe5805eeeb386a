package defaulting

import (
	"maps"
	"slices"
)

// A Candidate is the set of labels that an object is missing to be selected by an instance: a Prometheus, or an
// Alertmanager.
type Candidate struct {
	Instance string // namespace/name
	Labels   map[string]string
}

// Choose chooses between candidates. Candidates with the same labels count as one, for example two
// replicas of one Prometheus. Among different ones Choose returns that of the default instance.
// It returns nil if only the user can decide.
func Choose(candidates []Candidate, byDefault string) map[string]string {
	if len(candidates) == 0 {
		return nil
	}
	same := true
	for _, c := range candidates {
		if c.Instance == byDefault {
			return c.Labels
		}
		same = same && maps.Equal(c.Labels, candidates[0].Labels)
	}
	if !same {
		return nil
	}
	return candidates[0].Labels
}

// Dropped returns the labels that an update removes and that should be put back: the missing labels
// of a candidate, if the stored object had all of them. A stored object that nothing selected
// gets no labels.
func Dropped(candidates []Candidate, stored Object, byDefault string) map[string]string {
	had := slices.DeleteFunc(slices.Clone(candidates), func(c Candidate) bool {
		for name, value := range c.Labels {
			if now, ok := stored.Labels[name]; !ok || now != value {
				return true
			}
		}
		return false
	})
	return Choose(had, byDefault)
}

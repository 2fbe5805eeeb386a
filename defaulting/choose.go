package defaulting

import (
	"maps"
	"slices"
)

// A Candidate is the labels that an object lacks to be selected by a Prometheus.
type Candidate struct {
	Prometheus string // namespace/name
	Labels     map[string]string
}

// Choose decides between candidates: several that ask for the same labels are one, as
// two replicas of one set-up are. Of those that differ it is the one of the Prometheus
// that is the default, if there is one. Nil means that nobody may decide but the user.
func Choose(candidates []Candidate, byDefault string) map[string]string {
	if len(candidates) == 0 {
		return nil
	}
	same := true
	for _, c := range candidates {
		if c.Prometheus == byDefault {
			return c.Labels
		}
		same = same && maps.Equal(c.Labels, candidates[0].Labels)
	}
	if !same {
		return nil
	}
	return candidates[0].Labels
}

// Dropped decides which labels an update has dropped: those of the candidate whose
// labels the stored object had, all of them. An object that lay dormant stays so.
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

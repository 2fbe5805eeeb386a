package jobs

import "fmt"

// A Scope is how much of a job belongs to one monitor: within it, no other may have the job.
type Scope string

// The scopes, from the laxest to the strictest, as the configuration names them.
const (
	ScopeEndpoint   Scope = "endpoint"   // the same target, scraped in the same way
	ScopeNamespace  Scope = "namespace"  // all of the job in a namespace of a Prometheus
	ScopePrometheus Scope = "prometheus" // all of the job in a Prometheus
)

// ParseScope reads a scope of the configuration.
func ParseScope(s string) (Scope, error) {
	switch v := Scope(s); v {
	case ScopeEndpoint, ScopeNamespace, ScopePrometheus:
		return v, nil
	}
	return "", fmt.Errorf("scope %q is none of endpoint, namespace and prometheus", s)
}

// Includes reports whether claims that clash in another scope also clash in this one. The zero
// value is the laxest scope.
func (s Scope) Includes(other Scope) bool { return other.strictness() <= s.strictness() }

func (s Scope) strictness() int {
	switch s {
	case ScopePrometheus:
		return 2
	case ScopeNamespace:
		return 1
	default:
		return 0
	}
}

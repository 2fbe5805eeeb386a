package jobs

import "fmt"

// A Scope is how much of a job one monitor owns: within it, no other may have the job.
type Scope string

// The scopes, from the laxest to the strictest. These words stand in the configuration.
const (
	ScopeEndpoint   Scope = "endpoint"   // the same target, scraped in the same way
	ScopeNamespace  Scope = "namespace"  // all of the job in a namespace of a Prometheus
	ScopePrometheus Scope = "prometheus" // all of the job in a Prometheus
)

// ParseScope reads one of the three words.
func ParseScope(s string) (Scope, error) {
	switch v := Scope(s); v {
	case ScopeEndpoint, ScopeNamespace, ScopePrometheus:
		return v, nil
	}
	return "", fmt.Errorf("scope %q is none of endpoint, namespace and prometheus", s)
}

// Includes says whether what clashes within another scope clashes within this one too.
// The zero value is the laxest.
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

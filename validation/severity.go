package validation

import (
	"fmt"

	"k8s.io/apimachinery/pkg/labels"
)

// Severity decides what a finding does to the object.
type Severity string

// The severities. The configuration, the answers and the metrics use these words.
const (
	Deny Severity = "deny"
	Warn Severity = "warn"
	Off  Severity = "off"
)

// ParseSeverity returns the severity that a word of the configuration means.
func ParseSeverity(s string) (Severity, error) {
	switch v := Severity(s); v {
	case Deny, Warn, Off:
		return v, nil
	}
	return "", fmt.Errorf("severity %q is not one of deny, warn and off", s)
}

// Policy sets how severe the findings of each check are. The zero Policy is the one as
// installed: each check has the severity that it declares.
type Policy struct {
	// WarnOnly turns every denial into a warning.
	WarnOnly bool

	// Severities by check id, for all namespaces.
	Severities map[string]Severity

	// Overrides are for namespaces by label. The last override that matches the
	// namespace and names the check wins.
	Overrides []Override
}

// Override is a policy for the namespaces that a selector matches.
type Override struct {
	Namespaces labels.Selector
	Severities map[string]Severity
}

// Severity returns the severity of a check in a namespace with these labels. The labels
// may be nil: then only selectors that match an unlabelled namespace match.
func (p Policy) Severity(check Info, namespace labels.Set) Severity {
	s := check.Severity
	if v, ok := p.Severities[check.ID]; ok {
		s = v
	}
	for _, o := range p.Overrides {
		if v, ok := o.Severities[check.ID]; ok && o.Namespaces.Matches(namespace) {
			s = v
		}
	}
	if s == Deny && p.WarnOnly {
		return Warn
	}
	return s
}

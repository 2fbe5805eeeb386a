package validation

import (
	"fmt"

	"k8s.io/apimachinery/pkg/labels"
)

// Severity is what becomes of a finding.
type Severity string

// The severities. These words stand in the configuration, in answers and in metrics.
const (
	Deny Severity = "deny"
	Warn Severity = "warn"
	Off  Severity = "off"
)

// ParseSeverity reads one of the three words.
func ParseSeverity(s string) (Severity, error) {
	switch v := Severity(s); v {
	case Deny, Warn, Off:
		return v, nil
	}
	return "", fmt.Errorf("severity %q is none of deny, warn and off", s)
}

// Policy says how severe the findings of each check are. Its zero value is the
// policy as installed: each check has the severity that it declares.
type Policy struct {
	// WarnOnly turns every denial into a warning.
	WarnOnly bool

	// Severities by check id, for all namespaces.
	Severities map[string]Severity

	// Overrides for namespaces by label. Of those that name a check and match, the
	// last one wins.
	Overrides []Override
}

// Override is a policy for the namespaces that a selector takes.
type Override struct {
	Namespaces labels.Selector
	Severities map[string]Severity
}

// Severity of a check in a namespace with these labels. The labels may be nil:
// then only selectors that take an unlabelled namespace match.
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

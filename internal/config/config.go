// Package config reads promgate.yaml, promgate's configuration file, and notices when it changes.
// The file is decoded strictly: an unknown key, or a key that is given twice, is an error.
package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	yamlutil "k8s.io/apimachinery/pkg/util/yaml"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/exprcost"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/validation"
)

// The apiVersion and kind of the file.
const (
	APIVersion = "promgate.dev/v1alpha1"
	Kind       = "Configuration"
)

// Configuration is the content of the file. Its keys are permanent, and all are optional.
type Configuration struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`

	// WarnOnly turns every denial into a warning.
	WarnOnly bool `json:"warnOnly,omitempty"`

	// Checks sets severities, by check id, that differ from the default ones.
	Checks map[string]Severity `json:"checks,omitempty"`

	// Namespaces sets severities in the namespaces that a selector matches. If several entries name
	// a check, the last one that matches wins.
	Namespaces []Namespaces `json:"namespaces,omitempty"`

	// Defaulting sets the labels that are added to objects. If it is omitted, PrometheusRule
	// objects get app: prometheus-operator and release: prometheus, monitors get release:
	// prometheus, and AlertmanagerConfigs get what an Alertmanager requires alone.
	Defaulting *Defaulting `json:"defaulting,omitempty"`

	// Operator is the scope of the operator. If it is omitted, the operator watches everything.
	Operator *Operator `json:"operator,omitempty"`

	// Readers are the engines that read objects without a Prometheus, PrometheusAgent or ThanosRuler.
	Readers []Reader `json:"readers,omitempty"`

	// DuplicateJobs sets which monitors may share a job.
	DuplicateJobs *DuplicateJobs `json:"duplicateJobs,omitempty"`

	// SelectionLost sets when a change of what a Prometheus selects is refused.
	SelectionLost *SelectionLost `json:"selectionLost,omitempty"`

	// Suppressions sets which findings an object's annotation suppresses: warnings (the default), all,
	// or none.
	Suppressions Suppressions `json:"suppressions,omitempty"`

	// Rules sets how PrometheusRule objects are read.
	Rules *Rules `json:"rules,omitempty"`
}

// Namespaces sets severities in some namespaces.
type Namespaces struct {
	// Selector selects namespaces by label. An empty selector selects all of them.
	Selector *metav1.LabelSelector `json:"selector"`
	Checks   map[string]Severity   `json:"checks"`
}

// Defaulting sets which labels are added. If a known instance selects objects of the kind,
// its selectors decide; otherwise the maps do. An empty map adds no label.
type Defaulting struct {
	// Prometheus and Alertmanager, namespace/name, are the instances whose labels are added if several could select
	// an object.
	Prometheus   string `json:"prometheus,omitempty"`
	Alertmanager string `json:"alertmanager,omitempty"`

	PrometheusRules     map[string]string `json:"prometheusRules,omitempty"`
	Monitors            map[string]string `json:"monitors,omitempty"`
	AlertmanagerConfigs map[string]string `json:"alertmanagerConfigs,omitempty"`
}

// DuplicateJobs sets how much of a job one monitor owns.
type DuplicateJobs struct {
	// Scope defaults to endpoint.
	Scope Scope `json:"scope,omitempty"`
}

// SelectionLost sets when a change of what a Prometheus, PrometheusAgent or ThanosRuler selects is refused.
type SelectionLost struct {
	// DenyFrom is the number of objects from which on a change that lets go of them is refused. 0 means never.
	DenyFrom int `json:"denyFrom,omitempty"`
}

// Rules sets how PrometheusRule objects are read.
type Rules struct {
	// ParseTime is how long Prometheus' parser may take for the expressions of one object. It
	// defaults to 500ms.
	ParseTime ParseTime `json:"parseTime,omitempty"`
}

// ParseTime is a duration in Go's notation: 500ms, 1s.
type ParseTime time.Duration

// UnmarshalJSON reads the duration.
func (p *ParseTime) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return fmt.Errorf("parseTime %s is not a duration such as 500ms", raw)
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("parseTime %q is not a duration such as 500ms", text)
	}
	if d <= 0 || d > exprcost.MaxTime {
		return fmt.Errorf("parseTime %q is not between 0s and %s", text, exprcost.MaxTime)
	}
	*p = ParseTime(d)
	return nil
}

// Scope is one of the three words of [selection.ParseScope].
type Scope string

// UnmarshalJSON accepts the words of [selection.ParseScope].
func (s *Scope) UnmarshalJSON(raw []byte) error {
	var word string
	if err := json.Unmarshal(raw, &word); err != nil {
		return fmt.Errorf("scope %s is none of endpoint, namespace and prometheus", raw)
	}
	parsed, err := jobs.ParseScope(word)
	*s = Scope(parsed)
	return err //nolint:wrapcheck // the error is complete
}

// Suppressions is one of the words of [validation.ParseSuppressions].
type Suppressions string

// UnmarshalJSON accepts the words of [validation.ParseSuppressions].
func (s *Suppressions) UnmarshalJSON(raw []byte) error {
	var word string
	if err := json.Unmarshal(raw, &word); err != nil {
		return fmt.Errorf("suppressions %s is none of warnings, all and none", raw)
	}
	parsed, err := validation.ParseSuppressions(word)
	*s = Suppressions(parsed)
	return err //nolint:wrapcheck // the error is complete
}

// Severity is one of three words. YAML reads the bare word off as false, which therefore also means
// off.
type Severity string

// UnmarshalJSON accepts the words, and false for off.
func (s *Severity) UnmarshalJSON(raw []byte) error {
	if string(raw) == "false" {
		*s = Severity(validation.Off)
		return nil
	}
	var word string
	if err := json.Unmarshal(raw, &word); err != nil {
		return fmt.Errorf("severity %s is none of deny, warn and off", raw)
	}
	parsed, err := validation.ParseSeverity(word)
	*s = Severity(parsed)
	return err
}

// Parse decodes a configuration and validates it: first its keys, then its values. Checks are the
// ids of the existing checks.
func Parse(content []byte, checks []validation.Info) (*Configuration, error) {
	if err := oneDocument(content); err != nil {
		return nil, err
	}
	raw, err := yaml.YAMLToJSONStrict(content)
	if err != nil {
		return nil, err
	}
	c := &Configuration{}
	strict, err := kjson.UnmarshalStrict(raw, c)
	if err != nil {
		return nil, err
	}
	if len(strict) > 0 {
		return nil, errors.Join(strict...)
	}
	if err := c.validate(checks); err != nil {
		return nil, err
	}
	return c, nil
}

// oneDocument rejects a second YAML document, which would otherwise be ignored. A document of
// comments alone does not count.
func oneDocument(content []byte) error {
	documents := 0
	decoder := yamlutil.NewYAMLToJSONDecoder(bytes.NewReader(content))
	for {
		var document any
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if document != nil {
			documents++
		}
		if documents > 1 {
			return errors.New("the file has more than one YAML document")
		}
	}
}

func (c *Configuration) validate(checks []validation.Info) error {
	var wrong []error
	if c.APIVersion != APIVersion || c.Kind != Kind {
		wrong = append(wrong, fmt.Errorf("apiVersion and kind have to be %s and %s, not %q and %q", APIVersion, Kind, c.APIVersion, c.Kind))
	}
	known := map[string]bool{}
	for _, check := range checks {
		known[check.ID] = true
	}
	unknown := func(path string, severities map[string]Severity) {
		for _, id := range slices.Sorted(maps.Keys(severities)) {
			if !known[id] {
				wrong = append(wrong, fmt.Errorf("%s: there is no check %q; promgate checks lists them", path, id))
			}
		}
	}
	unknown("checks", c.Checks)
	for i, n := range c.Namespaces {
		unknown(fmt.Sprintf("namespaces[%d].checks", i), n.Checks)
		if n.Selector == nil {
			wrong = append(wrong, fmt.Errorf("namespaces[%d].selector is missing; {} selects all namespaces", i))
		}
		if _, err := metav1.LabelSelectorAsSelector(n.Selector); err != nil {
			wrong = append(wrong, fmt.Errorf("namespaces[%d].selector: %w", i, err))
		}
	}
	if c.Defaulting != nil {
		at := field.NewPath("defaulting")
		for _, e := range slices.Concat(
			metav1validation.ValidateLabels(c.Defaulting.PrometheusRules, at.Child("prometheusRules")),
			metav1validation.ValidateLabels(c.Defaulting.Monitors, at.Child("monitors")),
			metav1validation.ValidateLabels(c.Defaulting.AlertmanagerConfigs, at.Child("alertmanagerConfigs"))) {
			wrong = append(wrong, e)
		}
		for _, named := range [][2]string{{"prometheus", c.Defaulting.Prometheus}, {"alertmanager", c.Defaulting.Alertmanager}} {
			if named[1] != "" && !namespacedName.MatchString(named[1]) {
				wrong = append(wrong, fmt.Errorf("defaulting.%s: %q is not namespace/name", named[0], named[1]))
			}
		}
	}
	if c.DenyLost() < 0 {
		wrong = append(wrong, errors.New("selectionLost.denyFrom must not be negative; 0 means never"))
	}
	if c.Operator != nil {
		wrong = append(wrong, c.Operator.validate()...)
	}
	wrong = append(wrong, c.validateReaders()...)
	return errors.Join(wrong...)
}

var namespacedName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z0-9]([-.a-z0-9]*[a-z0-9])?$`)

// Policy returns the severities that the configuration sets.
func (c *Configuration) Policy() validation.Policy {
	p := validation.Policy{WarnOnly: c.WarnOnly, Severities: severitiesOf(c.Checks)}
	for _, n := range c.Namespaces {
		selector, err := metav1.LabelSelectorAsSelector(n.Selector)
		if err != nil {
			continue // Parse has rejected such a selector
		}
		p.Overrides = append(p.Overrides, validation.Override{Namespaces: selector, Severities: severitiesOf(n.Checks)})
	}
	return p
}

// Labels returns the labels that objects get.
func (c *Configuration) Labels() defaulting.Rules {
	labels := defaulting.AsInstalled()
	if c.Defaulting == nil {
		return labels
	}
	if c.Defaulting.PrometheusRules != nil {
		labels.PrometheusRules = c.Defaulting.PrometheusRules
	}
	if c.Defaulting.Monitors != nil {
		labels.Monitors = c.Defaulting.Monitors
	}
	if c.Defaulting.AlertmanagerConfigs != nil {
		labels.AlertmanagerConfigs = c.Defaulting.AlertmanagerConfigs
	}
	labels.Prometheus, labels.Alertmanager = c.Defaulting.Prometheus, c.Defaulting.Alertmanager
	return labels
}

// JobScope returns how much of a job one monitor owns.
func (c *Configuration) JobScope() jobs.Scope {
	if c.DuplicateJobs == nil || c.DuplicateJobs.Scope == "" {
		return jobs.ScopeEndpoint
	}
	return jobs.Scope(c.DuplicateJobs.Scope)
}

// DenyLost returns the number of objects from which on a change that lets go of them is refused. 0 means never.
func (c *Configuration) DenyLost() int {
	if c.SelectionLost == nil {
		return 0
	}
	return c.SelectionLost.DenyFrom
}

// ParseTime returns how long Prometheus' parser may take for the expressions of one object.
func (c *Configuration) ParseTime() time.Duration {
	if c.Rules == nil || c.Rules.ParseTime == 0 {
		return validation.DefaultParseTime
	}
	return time.Duration(c.Rules.ParseTime)
}

func severitiesOf(words map[string]Severity) map[string]validation.Severity {
	all := make(map[string]validation.Severity, len(words))
	for id, s := range words {
		all[id] = validation.Severity(s)
	}
	return all
}

// Package config reads promgate.yaml, promgate's configuration file, and notices
// when it changes. The file is decoded strictly: a key that is not known, or
// stands twice, is an error.
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

// What the file says it is.
const (
	APIVersion = "promgate.dev/v1alpha1"
	Kind       = "Configuration"
)

// Configuration is the file. Its keys are permanent. Each key may be left out.
type Configuration struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`

	// WarnOnly turns every denial into a warning.
	WarnOnly bool `json:"warnOnly,omitempty"`

	// Checks gives checks, by id, another severity than the one as installed.
	Checks map[string]Severity `json:"checks,omitempty"`

	// Namespaces does the same for the namespaces that a selector takes. Where
	// several entries name a check, the last that matches wins.
	Namespaces []Namespaces `json:"namespaces,omitempty"`

	// Defaulting says which labels objects get that lack them. Without it: app:
	// prometheus-operator and release: prometheus on PrometheusRule objects, release:
	// prometheus on monitors.
	Defaulting *Defaulting `json:"defaulting,omitempty"`

	// Operator says what the operator looks at. Without it every object counts.
	Operator *Operator `json:"operator,omitempty"`

	// DuplicateJobs says which monitors may have the same job.
	DuplicateJobs *DuplicateJobs `json:"duplicateJobs,omitempty"`

	// Rules says how PrometheusRule objects are read.
	Rules *Rules `json:"rules,omitempty"`
}

// Namespaces are the severities in some namespaces.
type Namespaces struct {
	// Selector takes namespaces by their labels; an empty one takes all.
	Selector *metav1.LabelSelector `json:"selector"`
	Checks   map[string]Severity   `json:"checks"`
}

// Defaulting says which labels are added. Where Prometheus objects are known that take
// objects of a kind, the labels are those that they ask for; the maps are for when none
// is known. An empty map adds no label.
type Defaulting struct {
	// Prometheus, namespace/name, is the one whose labels are added where several could
	// select an object.
	Prometheus string `json:"prometheus,omitempty"`

	PrometheusRules map[string]string `json:"prometheusRules,omitempty"`
	Monitors        map[string]string `json:"monitors,omitempty"`
}

// DuplicateJobs says how much of a job one monitor owns.
type DuplicateJobs struct {
	// Scope is endpoint if it is left out.
	Scope Scope `json:"scope,omitempty"`
}

// Rules says how PrometheusRule objects are read.
type Rules struct {
	// ParseTime is how long Prometheus' parser may take for the expressions of one object;
	// 500ms if it is omitted.
	ParseTime ParseTime `json:"parseTime,omitempty"`
}

// ParseTime is a duration as Go writes it: 500ms, 1s.
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

// UnmarshalJSON takes the words.
func (s *Scope) UnmarshalJSON(raw []byte) error {
	var word string
	if err := json.Unmarshal(raw, &word); err != nil {
		return fmt.Errorf("scope %s is none of endpoint, namespace and prometheus", raw)
	}
	parsed, err := jobs.ParseScope(word)
	*s = Scope(parsed)
	return err //nolint:wrapcheck // it says all
}

// Severity is one of the three words. YAML reads the bare word off as false: both
// mean off.
type Severity string

// UnmarshalJSON takes the words, and false for off.
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

// Parse decodes a configuration and holds it against what is allowed: first its
// keys, then its values. Checks are those that exist.
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

// oneDocument refuses a second YAML document, which would be passed over. What holds
// nothing but comments is none.
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
			wrong = append(wrong, fmt.Errorf("namespaces[%d].selector is missing; {} takes all namespaces", i))
		}
		if _, err := metav1.LabelSelectorAsSelector(n.Selector); err != nil {
			wrong = append(wrong, fmt.Errorf("namespaces[%d].selector: %w", i, err))
		}
	}
	if c.Defaulting != nil {
		at := field.NewPath("defaulting")
		for _, e := range append(
			metav1validation.ValidateLabels(c.Defaulting.PrometheusRules, at.Child("prometheusRules")),
			metav1validation.ValidateLabels(c.Defaulting.Monitors, at.Child("monitors"))...) {
			wrong = append(wrong, e)
		}
		if name := c.Defaulting.Prometheus; name != "" && !namespacedName.MatchString(name) {
			wrong = append(wrong, fmt.Errorf("defaulting.prometheus: %q is not namespace/name", name))
		}
	}
	if c.Operator != nil {
		wrong = append(wrong, c.Operator.validate()...)
	}
	return errors.Join(wrong...)
}

var namespacedName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z0-9]([-.a-z0-9]*[a-z0-9])?$`)

// Policy is the severities as the configuration has them.
func (c *Configuration) Policy() validation.Policy {
	p := validation.Policy{WarnOnly: c.WarnOnly, Severities: severities(c.Checks)}
	for _, n := range c.Namespaces {
		selector, err := metav1.LabelSelectorAsSelector(n.Selector)
		if err != nil {
			continue // Parse has refused it
		}
		p.Overrides = append(p.Overrides, validation.Override{Namespaces: selector, Severities: severities(n.Checks)})
	}
	return p
}

// Labels are the labels that objects get.
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
	return labels
}

// DefaultPrometheus is the one whose labels are added where several could be. It may be
// empty.
func (c *Configuration) DefaultPrometheus() string {
	if c.Defaulting == nil {
		return ""
	}
	return c.Defaulting.Prometheus
}

// JobScope is how much of a job one monitor owns.
func (c *Configuration) JobScope() jobs.Scope {
	if c.DuplicateJobs == nil || c.DuplicateJobs.Scope == "" {
		return jobs.ScopeEndpoint
	}
	return jobs.Scope(c.DuplicateJobs.Scope)
}

// ParseTime is how long Prometheus' parser may take for the expressions of one object.
func (c *Configuration) ParseTime() time.Duration {
	if c.Rules == nil || c.Rules.ParseTime == 0 {
		return validation.DefaultParseTime
	}
	return time.Duration(c.Rules.ParseTime)
}

func severities(words map[string]Severity) map[string]validation.Severity {
	all := make(map[string]validation.Severity, len(words))
	for id, s := range words {
		all[id] = validation.Severity(s)
	}
	return all
}

package dialect

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// A Kind says what a construct is.
type Kind string

// The kinds of constructs.
const (
	Function         Kind = "function"
	Aggregation      Kind = "aggregation"
	Operator         Kind = "operator"
	Modifier         Kind = "modifier"
	Duration         Kind = "duration"
	Number           Kind = "number"
	Name             Kind = "name"
	MetricKeyword    Kind = "metric name"
	LabelKeyword     Kind = "label name"
	Regexp           Kind = "regular expression"
	TemplateFunction Kind = "template function"
	GroupField       Kind = "field of a group"
	RuleField        Kind = "field of a rule"
)

// A Construct is a part of an expression, a template or a rule file that some release refuses.
type Construct struct {
	Kind Kind
	Name string

	// Accepted lists the releases that accept it, in order.
	Accepted []Span
}

// A Span is a range of releases that accept a construct.
type Span struct {
	From  Version // the first of them; zero means all that are older, too
	Until Version // the first one after them; zero means that there is none
	Flag  string  // the feature flag that is needed; empty if none is
}

// Table returns all constructs, in the order of the kinds and names.
func Table() []Construct { return slices.Clone(table) }

// Configurations returns the constructs of configurations. Their kinds are sections of the configuration.
func Configurations() []Construct { return slices.Clone(configurations) }

// FindField returns a field of a section of the configuration, if the releases differ on it, or nil. The section
// of the whole configuration has no name. Fields of HTTP clients are found in each section that makes clients.
func FindField(section, field string) *Construct {
	if c := fields()[[2]string{cmp.Or(section, "top level"), field}]; c != nil || !makesClients(section) {
		return c
	}
	return fields()[[2]string{"HTTP clients", field}]
}

func makesClients(section string) bool {
	switch section {
	case "scrape_configs", "remote_write", "remote_read", "alerting.alertmanagers", "oauth2":
		return true
	}
	return strings.HasSuffix(section, "_sd_configs")
}

var fields = sync.OnceValue(func() map[[2]string]*Construct {
	all := make(map[[2]string]*Construct, len(configurations))
	for i := range configurations {
		all[[2]string{string(configurations[i].Kind), configurations[i].Name}] = &configurations[i]
	}
	return all
})

// Find returns a construct of the table, or nil: every release accepts it, or none does.
func Find(kind Kind, name string) *Construct {
	return byName()[[2]string{string(kind), name}]
}

var byName = sync.OnceValue(func() map[[2]string]*Construct {
	all := make(map[[2]string]*Construct, len(table))
	for i := range table {
		all[[2]string{string(table[i].Kind), table[i].Name}] = &table[i]
	}
	return all
})

// Oldest returns the oldest release that the table is about.
func Oldest() Version { return oldest }

// Latest returns the newest release that the table is about.
func Latest() Version { return latest }

// In reports whether a release with some feature flags accepts the construct.
func (c *Construct) In(v Version, flags []string) bool {
	return slices.ContainsFunc(c.Accepted, func(s Span) bool {
		return s.includes(v) && (s.Flag == "" || slices.Contains(flags, s.Flag))
	})
}

// Flag returns the feature flag with which a release accepts the construct, if it needs one.
func (c *Construct) Flag(v Version) string {
	for _, s := range c.Accepted {
		if s.includes(v) {
			return s.Flag
		}
	}
	return ""
}

// Known reports whether a release accepts the construct, with or without a feature flag.
func (c *Construct) Known(v Version) bool {
	return slices.ContainsFunc(c.Accepted, func(s Span) bool { return s.includes(v) })
}

func (s Span) includes(v Version) bool {
	return !v.Before(s.From) && (s.Until.IsZero() || v.Before(s.Until))
}

// String names the construct in a sentence: the function first_over_time.
func (c *Construct) String() string {
	switch c.Kind {
	case Function, Aggregation, Operator, Modifier, TemplateFunction:
		return "the " + string(c.Kind) + " " + c.Name
	case MetricKeyword, LabelKeyword:
		return c.Name + " as a " + string(c.Kind)
	case Duration:
		if !strings.Contains(c.Name, " ") {
			return c.Name + "() as a duration"
		}
	case GroupField, RuleField:
		return "the " + strings.Replace(string(c.Kind), "field", "field "+c.Name, 1)
	case Number, Name, Regexp:
	}
	return c.Name
}

// Needs says which releases accept the construct: "needs Prometheus 3.14, or the feature flag
// promql-experimental-functions from 3.7 on".
func (c *Construct) Needs() string {
	var releases, flags []string
	for i, s := range c.Accepted {
		switch {
		case s.Flag != "" && i+1 < len(c.Accepted) && c.Accepted[i+1].From == s.Until:
			s.Until = Version{} // from there on it works, too
			flags = append(flags, "the feature flag "+s.Flag+" "+s.releases())
		case s.Flag != "":
			flags = append(flags, "the feature flag "+s.Flag+" "+s.releases())
		case s.Until.IsZero() && len(releases) == 0:
			releases = append(releases, s.From.String())
		default:
			releases = append(releases, s.releases())
		}
	}
	if len(releases) > 0 {
		flags = append([]string{"Prometheus " + strings.Join(releases, ", or ")}, flags...)
	}
	return "needs " + strings.Join(flags, ", or ")
}

func (s Span) releases() string {
	switch {
	case s.Until.IsZero():
		return "from " + s.From.String() + " on"
	case s.From.IsZero():
		return "before " + s.Until.String()
	}
	return "from " + s.From.String() + " to before " + s.Until.String()
}

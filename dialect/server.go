package dialect

import "slices"

//go:generate go -C ../test/versions run ./tables dialect/server_table.go

// An Argument is a command-line flag of Prometheus' server, as a range of releases has it: its name without the leading
// hyphens, and how its value is read (cmd/prometheus/main.go).
type Argument struct {
	Name   string
	Kind   ArgumentKind
	Values []string // those of an enumeration
	Mode   Mode     // the only mode in which Prometheus starts with it; empty means both

	From  Version // the first release that has it so; zero means all that are older, too
	Until Version // the first one after them; zero means that there is none
}

// An ArgumentKind says how Prometheus reads the value of a command-line flag.
type ArgumentKind string

// The kinds of command-line flags.
const (
	BoolArgument       ArgumentKind = "bool" // takes no value
	TextArgument       ArgumentKind = "text"
	TextsArgument      ArgumentKind = "texts" // may be repeated
	IntArgument        ArgumentKind = "int"
	FloatArgument      ArgumentKind = "float"
	BytesArgument      ArgumentKind = "bytes"
	DurationArgument   ArgumentKind = "duration"    // as in the configuration: 1d
	GoDurationArgument ArgumentKind = "go duration" // as Go reads them: 24h
	EnumArgument       ArgumentKind = "enum"
	EnumsArgument      ArgumentKind = "enums" // may be repeated
	EndingArgument     ArgumentKind = "ending" // makes Prometheus print something, and end
)

// A Mode is a way to run Prometheus.
type Mode string

// The modes of Prometheus.
const (
	ServerMode Mode = "server"
	AgentMode  Mode = "agent"
)

// A Feature is a feature flag of Prometheus' server (--enable-feature), with the range of releases in which it does something.
type Feature struct {
	Name string

	From  Version // the first release that has it; zero means all that are older, too
	Until Version // the first one after them; zero means that there is none
}

// Arguments returns the command-line flags of a release, ordered by name.
func Arguments(v Version) []Argument {
	var all []Argument
	for _, a := range arguments {
		if within(v, a.From, a.Until) {
			all = append(all, a)
		}
	}
	return all
}

// ArgumentSpans returns the releases that have a command-line flag, oldest first.
func ArgumentSpans(name string) []Span {
	var spans []Span
	for _, a := range arguments {
		if a.Name == name {
			spans = append(spans, Span{From: a.From, Until: a.Until})
		}
	}
	return inOrder(spans)
}

// FeatureSpans returns the releases in which a feature flag does something, oldest first.
func FeatureSpans(name string) []Span {
	var spans []Span
	for _, f := range features {
		if f.Name == name {
			spans = append(spans, Span{From: f.From, Until: f.Until})
		}
	}
	return inOrder(spans)
}

// KnowsFeature reports whether some release knows a feature flag, if only to say that it is always on, and the first release that
// does.
func KnowsFeature(name string) (since Version, known bool) {
	for _, f := range slices.Concat(features, settled) {
		if f.Name == name && (!known || f.From.Before(since)) {
			since, known = f.From, true
		}
	}
	return since, known
}

// FeatureNames returns the names of all feature flags that do something in some release, ordered.
func FeatureNames() []string {
	var names []string
	for _, f := range features {
		names = append(names, f.Name)
	}
	return slices.Compact(names)
}

// Includes reports whether the span has a release.
func (s Span) Includes(v Version) bool { return within(v, s.From, s.Until) }

func within(v, from, until Version) bool {
	return !v.Before(from) && (until.IsZero() || v.Before(until))
}

func inOrder(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int {
		if a.From.Before(b.From) {
			return -1
		}
		return 1
	})
	return spans
}

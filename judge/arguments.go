package judge

import (
	"fmt"
	"io"
	"net/url"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/promconfig"
)

// A commandLine judges the arguments of one Prometheus with the parser that it reads its command line with itself, and the
// flags that its release has.
type commandLine struct {
	version dialect.Version
	mode    dialect.Mode
	flags   map[string]dialect.Argument
	limits  Limits
}

func newCommandLine(limits Limits, g *promconfig.Generator) *commandLine {
	c := &commandLine{version: dialect.VersionOf(g.SemVer()), mode: dialect.ServerMode, flags: map[string]dialect.Argument{}, limits: limits}
	if g.Agent() {
		c.mode = dialect.AgentMode
	}
	for _, a := range dialect.Arguments(c.version) {
		c.flags[a.Name] = a
	}
	return c
}

// mistakes returns the arguments with which the operator does not start Prometheus, or Prometheus does not
// start.
func (c *commandLine) mistakes(args []promconfig.Argument) []mistake {
	var mistakes []mistake
	var kept []promconfig.Argument
	for i, a := range args {
		reason := managed(a, args[:i])
		isManaged := reason != ""
		if reason == "" {
			reason = c.refuses(a)
		}
		if reason == "" {
			if err := c.parse(append(slices.Clip(kept), a)); err != nil { // it goes alone, and not with the others
				reason = "Prometheus does not start: " + err.Error()
			}
		}
		if reason != "" {
			mistakes = append(mistakes, mistaken(c.fieldOf(a, isManaged), reason))
			continue
		}
		kept = append(kept, a)
	}
	return mistakes
}

// fieldOf returns the field of an argument that is wrong: of the user's, the name if the flag itself is wrong here, or has no
// value, and else the value.
func (c *commandLine) fieldOf(a promconfig.Argument, isManaged bool) fieldpath.Path {
	flag, known := c.flag(a.Name)
	switch {
	case !a.Additional:
		return a.Field
	case isManaged, !known, a.Value == "", flag.Mode != "" && flag.Mode != c.mode:
		return a.Field.Field("name")
	}
	return a.Field.Field("value")
}

// flag returns the flag of a name, which may begin with no-.
func (c *commandLine) flag(name string) (flag dialect.Argument, known bool) {
	if flag, known = c.flags[name]; known {
		return flag, true
	}
	flag, known = c.flags[strings.TrimPrefix(name, "no-")]
	return flag, known
}

// managed says that the operator sets an argument of the user's itself (v0.93.0, pkg/operator/argument.go).
func managed(a promconfig.Argument, before []promconfig.Argument) string {
	if !a.Additional {
		return ""
	}
	positive := strings.TrimPrefix(a.Name, "no-")
	for _, b := range before {
		if !b.Additional && strings.TrimPrefix(b.Name, "no-") == positive {
			return fmt.Sprintf("the operator sets --%s itself, and updates nothing of this Prometheus while it is here too", b.Name)
		}
	}
	return ""
}

// ending are the flags of the parser with which Prometheus prints something, and ends.
var ending = []string{"help", "help-long", "help-man", "version", "completion-bash", "completion-script-bash", "completion-script-zsh"}

// refuses says what is wrong with an argument by itself, or returns "".
func (c *commandLine) refuses(a promconfig.Argument) string {
	flag, known := c.flag(a.Name)
	switch {
	case slices.Contains(ending, a.Name) || flag.Kind == dialect.EndingArgument:
		return fmt.Sprintf("with --%s Prometheus prints something and ends, again and again", a.Name)
	case !known && c.beyondTable():
		return ""
	}
	if err := c.parse([]promconfig.Argument{a}); err != nil {
		return c.words(a, flag, err)
	}
	if flag.Mode != "" && flag.Mode != c.mode {
		return fmt.Sprintf("Prometheus does not start: --%s can be used in %s mode only", a.Name, flag.Mode)
	}
	if a.Name == "agent" && c.mode == dialect.ServerMode {
		return "Prometheus does not start: the operator sets flags of a server; use a PrometheusAgent"
	}
	return c.refusesValue(a)
}

// words says why the parser refuses an argument.
func (c *commandLine) words(a promconfig.Argument, flag dialect.Argument, err error) string {
	switch {
	case flag.Name == "":
		return fmt.Sprintf("Prometheus %s has no flag --%s, and does not start with it", c.version, a.Name)
	case flag.Kind == dialect.BoolArgument && a.Value != "":
		fix := "--" + flag.Name
		if on, err := strconv.ParseBool(a.Value); err == nil && !on {
			fix = "--no-" + flag.Name
		}
		return fmt.Sprintf("--%s takes no value, and Prometheus does not start with one: write %s", a.Name, fix)
	case flag.Kind == dialect.EnumsArgument && strings.Contains(a.Value, ","):
		return fmt.Sprintf("Prometheus does not start: --%s takes one message, and the operator (v0.93.0) writes several as one value; name one of them", a.Name)
	case a.Value == "":
		return fmt.Sprintf("--%s needs a value, and Prometheus does not start without", a.Name)
	}
	return "Prometheus does not start: " + err.Error()
}

// beyondTable reports whether the release is older or newer than those whose flags are known.
func (c *commandLine) beyondTable() bool {
	return c.version.Before(dialect.Oldest()) || dialect.Latest().Before(c.version)
}

// parse parses arguments as Prometheus does. The parser reports what the flags refuse.
func (c *commandLine) parse(args []promconfig.Argument) error {
	app := kingpin.New("prometheus", "").UsageWriter(io.Discard).ErrorWriter(io.Discard).Terminate(nil)
	declared := map[string]bool{}
	var line []string
	for _, a := range args {
		line = append(line, a.String())
		for _, name := range []string{a.Name, strings.TrimPrefix(a.Name, "no-")} {
			if flag, known := c.flags[name]; known && !declared[name] {
				declare(app.Flag(name, ""), flag)
				declared[name] = true
			}
		}
	}
	if c.beyondTable() {
		line = slices.DeleteFunc(line, func(text string) bool {
			name, _, _ := strings.Cut(strings.TrimPrefix(text, "--"), "=")
			return !declared[name] && !declared[strings.TrimPrefix(name, "no-")]
		})
	}
	_, err := app.Parse(line)
	return err //nolint:wrapcheck // the words of the parser
}

func declare(flag *kingpin.FlagClause, a dialect.Argument) {
	switch a.Kind {
	case dialect.BoolArgument, dialect.EndingArgument:
		flag.Bool()
	case dialect.IntArgument:
		flag.Int()
	case dialect.FloatArgument:
		flag.Float64()
	case dialect.BytesArgument:
		flag.Bytes()
	case dialect.DurationArgument:
		flag.SetValue(new(model.Duration))
	case dialect.GoDurationArgument:
		flag.Duration()
	case dialect.EnumArgument:
		flag.Enum(a.Values...)
	case dialect.EnumsArgument:
		flag.Enums(a.Values...)
	case dialect.TextsArgument:
		flag.Strings()
	case dialect.TextArgument:
		flag.String()
	}
}

// refusesValue says what Prometheus does not like about a value that its parser accepts (v0.316, cmd/prometheus/main.go).
func (c *commandLine) refusesValue(a promconfig.Argument) string {
	switch a.Name {
	case "web.external-url":
		if strings.Trim(a.Value, `"'`) != a.Value {
			return "Prometheus does not start: the URL must not begin or end with quotes"
		}
		if _, err := url.Parse(a.Value); err != nil {
			return fmt.Sprintf("Prometheus does not start: %s", err)
		}
	case "web.listen-address":
		if !strings.Contains(a.Value, ":") {
			return "Prometheus does not start: the address has no port"
		}
	case "web.cors.origin":
		if _, err := syntax.Parse("^(?s:"+a.Value+")$", syntax.Perl); err != nil {
			return fmt.Sprintf("Prometheus does not start: %s", err)
		}
	case "auto-gomemlimit.ratio":
		if ratio, err := strconv.ParseFloat(a.Value, 64); err == nil && (ratio <= 0 || ratio > 1) {
			return "Prometheus does not start: the ratio must be greater than 0 and at most 1"
		}
	case "web.search.max-limit":
		if n, err := strconv.ParseFloat(a.Value, 64); err == nil && n < 0 {
			return "Prometheus does not start: the limit must not be negative"
		}
	case "web.max-connections":
		if n, err := strconv.ParseFloat(a.Value, 64); err == nil && n < float64(c.limits.Connections) {
			return fmt.Sprintf("Prometheus needs at least %d; omit the field for the default of 512", c.limits.Connections)
		}
	case "query.max-concurrency":
		if n, err := strconv.ParseFloat(a.Value, 64); err == nil && n > float64(c.limits.Reserved) {
			return c.limits.tooMany()
		}
	case "storage.agent.checkpoint-batch-size":
		if n, err := strconv.ParseFloat(a.Value, 64); err == nil && n <= 0 {
			return "Prometheus does not start: the size must be greater than 0"
		}
	}
	return ""
}

package judge

import (
	"fmt"
	"io"
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
// start. It takes time in proportion to their number: the parser sees each argument alone, and again together with the first
// one of the same flag, because nothing else depends on another argument.
func (c *commandLine) mistakes(args []promconfig.Argument) []mistake {
	own, first := ownNames(args), map[string]promconfig.Argument{}
	var mistakes []mistake
	for _, a := range args {
		reason := managed(a, own)
		isManaged := reason != ""
		if reason == "" {
			reason = c.refuses(a)
		}
		earlier, isAgain := first[positive(a.Name)]
		if reason == "" && isAgain {
			reason = c.refusesAgain(earlier, a)
		}
		if reason != "" { // it goes alone, and not with the earlier one
			mistakes = append(mistakes, mistaken(c.fieldOf(a, isManaged), reason))
			if len(mistakes) >= manyMistakes {
				return mistakes
			}
			continue
		}
		if !isAgain {
			first[positive(a.Name)] = a
		}
	}
	return mistakes
}

// refusesAgain says what is wrong with two arguments of one flag.
func (c *commandLine) refusesAgain(earlier, a promconfig.Argument) string {
	flag, _ := c.flag(a.Name)
	switch flag.Kind {
	case dialect.TextsArgument:
		return "" // any number
	case dialect.EnumsArgument:
		if earlier.Value == a.Value { // Prometheus' own type, which the parser's does not do (v0.316, cmd/prometheus/main.go)
			return fmt.Sprintf("Prometheus does not start: --%s names %s twice", a.Name, a.Value)
		}
	}
	if err := c.parse([]promconfig.Argument{earlier, a}); err != nil {
		return "Prometheus does not start: " + err.Error()
	}
	return ""
}

// positive returns the name of the flag of an argument, which may begin with no-.
func positive(name string) string { return strings.TrimPrefix(name, "no-") }

// ownNames returns the arguments that the operator sets, by the names of their flags.
func ownNames(args []promconfig.Argument) map[string]string {
	own := map[string]string{}
	for _, a := range args {
		if !a.Additional {
			own[positive(a.Name)] = a.Name
		}
	}
	return own
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
	flag, known = c.flags[positive(name)]
	return flag, known
}

// managed says that the operator sets an argument of the user's itself (v0.93.0, pkg/operator/argument.go).
func managed(a promconfig.Argument, own map[string]string) string {
	name, isOwn := own[positive(a.Name)]
	if !a.Additional || !isOwn {
		return ""
	}
	return setByOperator(name, "Prometheus")
}

// setByOperator says that an argument of the user's is one that the operator sets.
func setByOperator(name, kind string) string {
	return fmt.Sprintf("the operator sets --%s itself, and updates nothing of this %s while it is here too", name, kind)
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
		for _, name := range []string{a.Name, positive(a.Name)} {
			if flag, known := c.flags[name]; known && !declared[name] {
				declare(app.Flag(name, ""), flag)
				declared[name] = true
			}
		}
	}
	if c.beyondTable() {
		line = slices.DeleteFunc(line, func(text string) bool {
			name, _, _ := strings.Cut(strings.TrimPrefix(text, "--"), "=")
			return !declared[name] && !declared[positive(name)]
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

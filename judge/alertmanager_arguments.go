package judge

import (
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/alertmanager/featurecontrol"

	"github.com/promgate/promgate/alertmanager"
	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/promconfig"
)

// An alertmanagerLine judges the arguments of one Alertmanager with the parser that it reads its command line with itself,
// and the flags that its release has.
type alertmanagerLine struct {
	g     *alertmanager.Generator
	flags map[string]dialect.Argument
	known bool // that there are no other flags
	paths PathMarks
}

// alertmanagerArguments returns what keeps an Alertmanager from starting with its arguments, and the operator from starting it.
func (l Limits) alertmanagerArguments(g *alertmanager.Generator) []mistake {
	c := &alertmanagerLine{g: g, paths: l.Paths}
	c.flags, c.known = AlertmanagerFlags(g.Version())
	args := g.Arguments()
	own, first := ownNames(args), map[string]promconfig.Argument{}
	var mistakes []mistake
	for _, a := range args {
		name := positive(strings.TrimSuffix(a.Name, "="))
		if _, isOwn := own[positive(a.Name)]; a.Additional && isOwn {
			mistakes = append(mistakes, mistaken(a.Field.Field("name"), setByOperator(name, "Alertmanager")))
			continue
		}
		reason := c.refuses(a)
		if _, again := first[name]; again && reason == "" && c.flags[name].Kind != dialect.TextsArgument {
			reason = fmt.Sprintf("Alertmanager does not start: --%s is there twice", name)
		}
		first[name] = a
		if reason != "" {
			mistakes = append(mistakes, mistaken(c.fieldOf(a, name), reason))
		}
		if len(mistakes) >= manyMistakes {
			break
		}
	}
	if fields, ok := g.WebServer(); ok {
		mistakes = append(mistakes, webMistakes(fields, "Alertmanager", curves)...)
	}
	return append(mistakes, clusterTLSMistakes(g)...)
}

// fieldOf returns the field of an argument that is wrong: of the user's, the name if the flag does not exist or has no value, and
// else the value.
func (c *alertmanagerLine) fieldOf(a promconfig.Argument, flag string) fieldpath.Path {
	_, isFlag := c.flags[flag]
	switch {
	case !a.Additional:
		return a.Field
	case !isFlag, a.Value == "":
		return a.Field.Field("name")
	}
	return a.Field.Field("value")
}

// refuses says what is wrong with an argument by itself, or returns "".
func (c *alertmanagerLine) refuses(a promconfig.Argument) string {
	flag, isFlag := c.flags[positive(strings.TrimSuffix(a.Name, "="))]
	switch {
	case strings.Contains(a.Value, "$("):
		return "" // Kubernetes fills it in
	case slices.Contains(ending, a.Name):
		return fmt.Sprintf("with --%s Alertmanager prints something and ends, again and again", a.Name)
	case !isFlag && !c.known:
		return ""
	case a.Name == "silences.max-per-silence-bytes" && !a.Additional:
		return "Alertmanager does not start: the operator (v0.93.0) writes --silences.max-per-silence-bytes, which no Alertmanager has; " +
			"set --silences.max-silence-size-bytes in additionalArgs instead"
	case a.Name == "web.timeout" && !a.Additional && a.Value != "0":
		return "Alertmanager does not start: the operator (v0.93.0) writes the timeout without a unit; set --web.timeout in additionalArgs instead, such as 30s"
	case !isFlag:
		return fmt.Sprintf("Alertmanager %s has no flag --%s, and does not start with it", c.g.Version(), a.Name)
	}
	app := kingpin.New("alertmanager", "").UsageWriter(io.Discard).ErrorWriter(io.Discard).Terminate(nil)
	declare(app.Flag(flag.Name, ""), flag)
	if _, err := app.Parse([]string{a.String()}); err != nil {
		return "Alertmanager does not start: " + err.Error()
	}
	if reason := c.refusesValue(a, flag); reason != "" {
		return "Alertmanager does not start: " + reason
	}
	return ""
}

// refusesValue says what Alertmanager does not like about a value that its parser accepts (v0.35.0, app and cluster), or
// returns "".
func (c *alertmanagerLine) refusesValue(a promconfig.Argument, flag dialect.Argument) string {
	switch flag.Name {
	case "web.external-url":
		return externalURL(a.Value)
	case "web.route-prefix":
		if reason := c.paths.refusesPrefix(a.Value, c.g.Version().Minor >= 28); reason != "" {
			return "in a prefix of paths, " + reason
		}
	case "enable-feature":
		return c.features(a.Value)
	case "cluster.advertise-address":
		if c.g.Clustered() {
			return advertised(a.Value)
		}
	case "cluster.peer":
		if c.g.Clustered() && a.Value != "" {
			if err := alertmanager.CheckHostPort(a.Value); err != nil {
				return err.Error()
			}
		}
	case "web.cors.origin":
		if _, err := regexp.Compile("^(?:" + a.Value + ")$"); err != nil {
			return err.Error()
		}
	}
	f := alertmanagerFlags[flag.Name]
	if d, err := time.ParseDuration(a.Value); err == nil && d <= 0 && f.positive && c.g.Version().Minor >= 34 && (!f.clustered || c.g.Clustered()) {
		return "it has to be greater than 0"
	}
	return ""
}

// externalURL says why Alertmanager does not take a URL for its own (app/url.go; the same since v0.16.0).
func externalURL(text string) string {
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return err.Error()
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Sprintf("%q has the scheme %q; only http and https are possible", text, u.Scheme)
	}
	return ""
}

// advertised says why an Alertmanager cannot advertise an address in its cluster (cluster/cluster.go and memberlist).
func advertised(text string) string {
	if err := alertmanager.CheckHostPort(text); err != nil {
		return err.Error()
	}
	colon := strings.LastIndex(text, ":")
	host, port := strings.Trim(text[:colon], "[]"), text[colon+1:]
	if _, err := strconv.Atoi(port); err != nil {
		return fmt.Sprintf("the port of %q is no number", text)
	}
	if _, err := netip.ParseAddr(host); host != "" && err != nil {
		return fmt.Sprintf("%q is no IP address, and a name is not possible here", host)
	}
	return ""
}

// features says which feature flag Alertmanager does not know.
func (c *alertmanagerLine) features(text string) string {
	if !c.known || text == "" {
		return ""
	}
	known, names := AlertmanagerFeatures(c.g.Version()), strings.Split(text, ",")
	for _, name := range names {
		if !slices.Contains(known, name) {
			return fmt.Sprintf("the feature %q is not one of version %s, which are %s", name, c.g.Version(), strings.Join(known, ", "))
		}
	}
	if slices.Contains(names, featurecontrol.FeatureClassicMode) && slices.Contains(names, featurecontrol.FeatureUTF8StrictMode) {
		return "the features classic-mode and utf8-strict-mode exclude each other"
	}
	return ""
}

package parity

import (
	"regexp"
	"strings"
)

// Deliberate is one intended difference between promgate and the operator.
type Deliberate struct {
	ID     string
	Reason string
	// Explains reports whether a difference is of this kind.
	Explains func(c *Case, d Difference) bool
}

// Case is the data with which a difference is judged.
type Case struct {
	Request            *Request
	Operator, Promgate *Answer
	// Prometheus is the Prometheus or agent of the request.
	Prometheus meta
	// Excused are the jobs and rule files of objects that only one side includes, if that is
	// explained: Kind/namespace/name.
	Excused map[string]bool

	held map[string]string // the content of the request's Secrets and ConfigMaps
}

// List contains every deliberate difference. An entry that no longer explains anything has to be
// removed.
var List = []Deliberate{
	{
		ID: "selector-values-escaped",
		Reason: "The values of a label selector are texts, not regular expressions. The operator does not escape them, " +
			"so that its web.x also matches webbx.",
		Explains: func(_ *Case, d Difference) bool {
			o, isText := d.Operator.(string)
			p, isTextToo := d.Promgate.(string)
			return d.Section == "config" && isText && isTextToo && selectorPath.MatchString(d.Path) &&
				strings.HasSuffix(o, ");true") && o == escaped.ReplaceAllString(p, "$1")
		},
	},
	{
		ID:     "tracing-headers-sorted",
		Reason: "The operator writes the headers of the tracing configuration in the order of a Go map, which changes each time.",
		Explains: func(_ *Case, d Difference) bool {
			return d.Section == "order" && d.Path == "tracing.headers"
		},
	},
	{
		ID: "unused-discovery-not-gated",
		Reason: "The operator rejects any ScrapeConfig below 2.40, because it checks the version for kinds of discovery " +
			"that the object does not use.",
		Explains: func(_ *Case, d Difference) bool {
			reason, _ := d.Operator.(string)
			return d.Section == "rejected" && strings.HasPrefix(d.Path, "ScrapeConfig/") && d.Promgate == any(absent) &&
				tooOld.MatchString(reason)
		},
	},
	{
		ID: "tracing-certificates",
		Reason: "The operator does not read the certificates of the tracing configuration: it refers to files that " +
			"do not exist. promgate writes them, and refuses references to missing Secrets and ConfigMaps.",
		Explains: func(c *Case, d Difference) bool {
			p, _ := d.Promgate.(string)
			return d.Section == "error" && d.Operator == "" && everyLine(p, "spec.tracingConfig.tlsConfig.") ||
				d.Section == "tls" && d.Operator == any(absent) && strings.Contains(section(c.Operator.Config, "tracing"), "/"+d.Path+"\n")
		},
	},
	{
		ID: "own-namespace",
		Reason: "The references of a scrape class or apiserverConfig are in the namespace of the Prometheus. The operator looks " +
			"them up in the monitor's namespace, and writes an empty value, or the name of a file that does not exist.",
		Explains: ownNamespace,
	},
	{
		ID:     "refused-by-prometheus",
		Reason: "The operator includes objects because of which Prometheus refuses its whole configuration. promgate leaves them out.",
		Explains: func(c *Case, d Difference) bool {
			return d.Section == "rejected" && d.Operator == any(absent) && c.refused(d.Path)
		},
	},
	{
		ID: "whole-refused-by-prometheus",
		Reason: "The operator writes a configuration that Prometheus refuses with any monitors. promgate returns no configuration, " +
			"and reports the reason.",
		Explains: func(c *Case, d Difference) bool {
			p, _ := d.Promgate.(string)
			// The loader is that of only one version.
			return d.Section == "error" && d.Operator == "" && (!c.loads(nil) || everyLine(p, ": ", " needs Prometheus "))
		},
	},
	{
		ID:     "reference-in-target-label",
		Reason: "The operator refuses a targetLabel with ${1} for Prometheus 2, which accepts it.",
		Explains: func(_ *Case, d Difference) bool {
			reason, _ := d.Operator.(string)
			return (d.Section == "rejected" && d.Promgate == any(absent) || d.Section == "error" && d.Promgate == "") &&
				strings.Contains(reason, "is invalid 'target_label'") && strings.Contains(reason, "${")
		},
	},
	{
		ID: "azure-environment",
		Reason: "For Azure discovery with an environment the operator drops the proxy and the authentication that it has " +
			"just written. It does not write their certificates either if the method is not OAuth.",
		Explains: func(c *Case, d Difference) bool {
			switch d.Section {
			case "tls":
				return d.Operator == any(absent) && azureFile(c.Promgate.Config, d.Path)
			case "config":
				return d.Operator == any(absent) && azurePath.MatchString(d.Path) && azureEnvironment(c.Operator.Config, jobName(d.Path))
			case "rejected":
				reason, _ := d.Promgate.(string)
				return d.Operator == any(absent) && azureEnvironment(c.Operator.Config, jobOf(d.Path)) && strings.Contains(reason, "spec.azureSDConfigs[") &&
					!strings.Contains(reason, "has no key")
			}
			return false
		},
	},
	{
		ID: "azure-references",
		Reason: "For Azure discovery without OAuth the operator does not check the references, and then fails because of them " +
			"for all objects, or writes empty values.",
		Explains: func(_ *Case, d Difference) bool {
			o, _ := d.Operator.(string)
			p, _ := d.Promgate.(string)
			return d.Section == "error" && d.Promgate == "" && strings.Contains(o, "client secret scrapeConfig/") ||
				d.Section == "rejected" && d.Operator == any(absent) && strings.Contains(p, "spec.azureSDConfigs[") &&
					strings.Contains(p, "has no key")
		},
	},
	{
		ID: "legacy-names-in-rules",
		Reason: "If nameValidationScheme is Legacy, Prometheus 3 refuses other names in rules too. The operator checks " +
			"only the version.",
		Explains: func(c *Case, d Difference) bool {
			p, _ := d.Promgate.(string)
			return d.Section == "rejected" && d.Operator == any(absent) && strings.HasPrefix(d.Path, "PrometheusRule/") &&
				strings.Contains(p, "is not a label name that Prometheus") && strings.Contains(string(c.Prometheus.Spec), `"nameValidationScheme":"Legacy"`)
		},
	},
	{
		ID: "openstack-availability",
		Reason: "The API spells the availability of OpenStack discovery with a capital, and Prometheus without. The operator " +
			"writes it unchanged, and Prometheus refuses the whole configuration.",
		Explains: func(_ *Case, d Difference) bool {
			o, _ := d.Operator.(string)
			return d.Section == "config" && o != "" && availability.MatchString(d.Path) && d.Promgate == any(strings.ToLower(o))
		},
	},
	{
		ID: "agent-storage-once",
		Reason: "For an agent with several tsdb fields the operator writes the key storage several times, which is not YAML " +
			"that Prometheus accepts.",
		Explains: func(c *Case, d Difference) bool {
			return d.Section == "config" && strings.HasPrefix(d.Path, "storage") &&
				strings.Count("\n"+c.Operator.Config, "\nstorage:") > 1
		},
	},
	{
		ID: "refused-while-running",
		Reason: "The loader accepts it, but a running Prometheus refuses it: an invalid address of a tracer, and files of " +
			"certificates that the operator does not write because they are empty.",
		Explains: func(_ *Case, d Difference) bool {
			p, _ := d.Promgate.(string)
			return (d.Section == "rejected" && d.Operator == any(absent) || d.Section == "error" && d.Operator == "") &&
				runningRefuses.MatchString(p)
		},
	},
	{
		ID: "half-a-pair",
		Reason: "For a certificate by reference with a key in a file, or the other way round, the operator refers to a file " +
			"that it does not write. The file of apiserverConfig may be in no job at all.",
		Explains: func(c *Case, d Difference) bool {
			return d.Section == "tls" && d.Operator == any(absent) &&
				(strings.Contains(c.Operator.Config, "/"+d.Path+"\n") || c.ownFile(d, "apiserverConfig"))
		},
	},
	{
		ID: "unused-asset",
		Reason: "The operator also writes the certificates of objects that it then rejects, or that it refers to by mistake. " +
			"promgate's configuration refers to none of them.",
		Explains: func(c *Case, d Difference) bool {
			return d.Section == "tls" && d.Promgate == any(absent) && !strings.Contains(c.Promgate.Config, "/"+d.Path+"\n")
		},
	},
}

var (
	runningRefuses = regexp.MustCompile(`tracingConfig\.endpoint: parse|is empty or missing, and Prometheus needs|additionalScrapeConfigs\[\d+\]: utf8 metric names`)

	selectorPath = regexp.MustCompile(`^scrape_configs\[.*\]\.relabel_configs\[\d+\]\.regex$`)
	escaped      = regexp.MustCompile(`\\([\\.+*?()|\[\]{}^$])`)
	azurePath    = regexp.MustCompile(`\.azure_sd_configs\[\d+\]\.(proxy_url|no_proxy|proxy_from_environment|proxy_connect_header|oauth2|basic_auth|authorization)$`)
	availability = regexp.MustCompile(`^scrape_configs\[.*\]\.openstack_sd_configs\[\d+\]\.availability$`)
	tooOld       = regexp.MustCompile(`only supported (for|from) Prometheus version`)
)

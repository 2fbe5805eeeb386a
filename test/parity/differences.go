package parity

import (
	"regexp"
	"strings"
)

// Deliberate is one way in which promgate means to differ from the operator.
type Deliberate struct {
	ID     string
	Reason string
	// Explains says that a difference is of this kind.
	Explains func(c *Case, d Difference) bool
}

// Case is what a difference is judged by.
type Case struct {
	Request            *Request
	Operator, Promgate *Answer
	// Prometheus is the one that the request is about.
	Prometheus meta
	// Excused are the jobs and rule files of objects that only one side takes, when that
	// is explained: Kind/namespace/name.
	Excused map[string]bool

	held map[string]string // what the request's Secrets and ConfigMaps hold
}

// List is every deliberate difference. One that explains nothing any more has to go.
var List = []Deliberate{
	{
		ID: "selector-values-escaped",
		Reason: "The values of a label selector are texts and not regular expressions. The operator does not escape them, " +
			"so that its web.x takes webbx as well.",
		Explains: func(_ *Case, d Difference) bool {
			o, isText := d.Operator.(string)
			p, isTextToo := d.Promgate.(string)
			return d.Section == "config" && isText && isTextToo && selectorPath.MatchString(d.Path) &&
				strings.HasSuffix(o, ");true") && o == escaped.ReplaceAllString(p, "$1")
		},
	},
	{
		ID:     "tracing-headers-sorted",
		Reason: "The operator writes the headers of the tracing configuration in the order of a Go map, which is another each time.",
		Explains: func(_ *Case, d Difference) bool {
			return d.Section == "order" && d.Path == "tracing.headers"
		},
	},
	{
		ID: "unused-discovery-not-gated",
		Reason: "The operator rejects any ScrapeConfig below 2.40, because it looks at the version for kinds of discovery " +
			"that the object does not use.",
		Explains: func(_ *Case, d Difference) bool {
			reason, _ := d.Operator.(string)
			return d.Section == "rejected" && strings.HasPrefix(d.Path, "ScrapeConfig/") && d.Promgate == any(absent) &&
				tooOld.MatchString(reason)
		},
	},
	{
		ID: "tracing-certificates",
		Reason: "The operator does not look at the certificates of the tracing configuration: it points at files that " +
			"nobody writes. promgate writes them, and refuses references to what is not there.",
		Explains: func(c *Case, d Difference) bool {
			p, _ := d.Promgate.(string)
			return d.Section == "error" && d.Operator == "" && everyLine(p, "spec.tracingConfig.tlsConfig.") ||
				d.Section == "tls" && d.Operator == any(absent) && strings.Contains(section(c.Operator.Config, "tracing"), "/"+d.Path+"\n")
		},
	},
	{
		ID: "own-namespace",
		Reason: "What a scrape class or apiserverConfig refers to lies in the namespace of the Prometheus. The operator looks " +
			"in the monitor's, and writes what is empty there, or the name of a file that nobody writes.",
		Explains: ownNamespace,
	},
	{
		ID:     "refused-by-prometheus",
		Reason: "The operator passes objects with which Prometheus refuses its whole configuration. promgate leaves them out.",
		Explains: func(c *Case, d Difference) bool {
			return d.Section == "rejected" && d.Operator == any(absent) && c.refused(d.Path)
		},
	},
	{
		ID: "whole-refused-by-prometheus",
		Reason: "The operator writes what Prometheus refuses whatever the monitors say. promgate gives no configuration, " +
			"and says why.",
		Explains: func(c *Case, d Difference) bool {
			p, _ := d.Promgate.(string)
			// The loader is that of one version only.
			return d.Section == "error" && d.Operator == "" && (!c.loads(nil) || everyLine(p, ": ", " needs Prometheus "))
		},
	},
	{
		ID:     "reference-in-target-label",
		Reason: "The operator refuses a targetLabel with ${1} for Prometheus 2, which takes it.",
		Explains: func(_ *Case, d Difference) bool {
			reason, _ := d.Operator.(string)
			return (d.Section == "rejected" && d.Promgate == any(absent) || d.Section == "error" && d.Promgate == "") &&
				strings.Contains(reason, "is invalid 'target_label'") && strings.Contains(reason, "${")
		},
	},
	{
		ID: "azure-environment",
		Reason: "For Azure discovery with an environment the operator drops the proxy and the ways to log in that it has " +
			"just written. Nor does it write their certificates if the method is not OAuth.",
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
		Reason: "For Azure discovery without OAuth the operator does not look at what is referred to, and then fails over " +
			"it for all objects, or writes what is empty.",
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
		Reason: "Where nameValidationScheme is Legacy, Prometheus 3 refuses other names in rules too. The operator looks at " +
			"the version only.",
		Explains: func(c *Case, d Difference) bool {
			p, _ := d.Promgate.(string)
			return d.Section == "rejected" && d.Operator == any(absent) && strings.HasPrefix(d.Path, "PrometheusRule/") &&
				strings.Contains(p, "invalid label name") && strings.Contains(string(c.Prometheus.Spec), `"nameValidationScheme":"Legacy"`)
		},
	},
	{
		ID: "openstack-availability",
		Reason: "The API has the availability of OpenStack discovery with a capital, and Prometheus without. The operator " +
			"writes it as it is, and Prometheus refuses the whole configuration.",
		Explains: func(_ *Case, d Difference) bool {
			o, _ := d.Operator.(string)
			return d.Section == "config" && o != "" && availability.MatchString(d.Path) && d.Promgate == any(strings.ToLower(o))
		},
	},
	{
		ID: "agent-storage-once",
		Reason: "For an agent with several tsdb fields the operator writes the key storage several times, which is no YAML " +
			"that Prometheus takes.",
		Explains: func(c *Case, d Difference) bool {
			return d.Section == "config" && strings.HasPrefix(d.Path, "storage") &&
				strings.Count("\n"+c.Operator.Config, "\nstorage:") > 1
		},
	},
	{
		ID: "refused-while-running",
		Reason: "The loader accepts it, and a running Prometheus refuses it: a tracer's address that is no address, and files of " +
			"certificates that the operator does not write because they are empty.",
		Explains: func(_ *Case, d Difference) bool {
			p, _ := d.Promgate.(string)
			return (d.Section == "rejected" && d.Operator == any(absent) || d.Section == "error" && d.Operator == "") &&
				runningRefuses.MatchString(p)
		},
	},
	{
		ID: "half-a-pair",
		Reason: "For a certificate by reference with a key in a file, or the other way round, the operator points at a file " +
			"that it does not write. That of apiserverConfig may be in no job at all.",
		Explains: func(c *Case, d Difference) bool {
			return d.Section == "tls" && d.Operator == any(absent) &&
				(strings.Contains(c.Operator.Config, "/"+d.Path+"\n") || c.ownFile(d, "apiserverConfig"))
		},
	},
	{
		ID: "unused-asset",
		Reason: "The operator also writes the certificates of objects that it then rejects, or that it points at by mistake. " +
			"promgate's configuration points at none of them.",
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

package parity

import (
	"regexp"
	"strings"

	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/config"
	"go.yaml.in/yaml/v2"
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
		ID: "own-namespace",
		Reason: "What a scrape class or apiserverConfig refers to lies in the namespace of the Prometheus. The operator looks " +
			"in the monitor's, and writes what is empty there, or the name of a file that nobody writes.",
		Explains: ownNamespace,
	},
	{
		ID:     "refused-by-prometheus",
		Reason: "The operator passes objects with which Prometheus refuses its whole configuration. promgate leaves them out.",
		Explains: func(c *Case, d Difference) bool {
			return d.Section == "rejected" && d.Operator == any(absent) && refused(c.Operator.Config, d.Path)
		},
	},
	{
		ID:     "reference-in-target-label",
		Reason: "The operator refuses a targetLabel with ${1} for Prometheus 2, which takes it.",
		Explains: func(_ *Case, d Difference) bool {
			reason, _ := d.Operator.(string)
			return d.Section == "rejected" && d.Promgate == any(absent) &&
				strings.Contains(reason, "is invalid 'target_label'") && strings.Contains(reason, "${")
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
		ID:     "unused-asset",
		Reason: "The operator also writes the certificates of objects that it then rejects. No configuration points at them.",
		Explains: func(c *Case, d Difference) bool {
			return d.Section == "tls" && d.Promgate == any(absent) && !strings.Contains(c.Operator.Config, "/"+d.Path)
		},
	},
}

var (
	selectorPath = regexp.MustCompile(`^scrape_configs\[.*\]\.relabel_configs\[\d+\]\.regex$`)
	escaped      = regexp.MustCompile(`\\([\\.+*?()|\[\]{}^$])`)
	tooOld       = regexp.MustCompile(`only supported (for|from) Prometheus version`)
	assetFile    = regexp.MustCompile(`/certs/([01])_(monitoring|shop|web-1|other)_`)
)

// ownNamespace explains values inside jobs when the Prometheus has something to refer
// with, and the file's name of a certificate in any case.
func ownNamespace(c *Case, d Difference) bool {
	spec := string(c.Prometheus.Spec)
	own := c.Prometheus.Metadata.Namespace
	switch d.Section {
	case "tls":
		// The file that the operator's configuration points at and that is not there.
		return d.Operator == any(absent) && strings.Contains(c.Promgate.Config, "/"+d.Path) &&
			strings.HasPrefix(d.Path[1:], "_"+own+"_")
	case "config":
	default:
		return false
	}
	class := strings.Contains(spec, `"scrapeClasses"`) && strings.HasPrefix(d.Path, "scrape_configs[")
	server := strings.Contains(spec, `"apiserverConfig"`) && strings.Contains(d.Path, ".kubernetes_sd_configs[")
	if !class && !server {
		return false
	}
	o, isText := d.Operator.(string)
	p, isTextToo := d.Promgate.(string)
	if isText && isTextToo && strings.Contains(p, "/certs/") {
		return assetFile.ReplaceAllString(o, "/certs/${1}_"+own+"_") == p
	}
	return secretPath.MatchString(d.Path)
}

// secretPath is where the content of a Secret goes.
var secretPath = regexp.MustCompile(`\.(authorization(\.credentials)?|basic_auth(\.username|\.password)?|http_headers.*|proxy_connect_header.*)$`)

// refused says that Prometheus' loader takes the configuration without the job of an
// object, and refuses it with the job.
func refused(operatorConfig, object string) bool {
	var whole yaml.MapSlice
	if err := yaml.Unmarshal([]byte(operatorConfig), &whole); err != nil {
		return true
	}
	all, _ := field(whole, "scrape_configs").([]any)
	var own []any
	for _, job := range all {
		m, _ := job.(yaml.MapSlice)
		if name, _ := field(m, "job_name").(string); ofObject(name, object) {
			own = append(own, job)
		}
	}
	global := yaml.MapSlice{}
	if g := field(whole, "global"); g != any(absent) {
		global = append(global, yaml.MapItem{Key: "global", Value: g})
	}
	return loads(global) && !loads(append(global, yaml.MapItem{Key: "scrape_configs", Value: own}))
}

func loads(cfg yaml.MapSlice) bool {
	data, err := yaml.Marshal(cfg)
	if err != nil {
		return false
	}
	_, err = config.Load(string(data), promslog.NewNopLogger())
	return err == nil
}

// ofObject says that a job comes from an object that is Kind/namespace/name.
func ofObject(job, object string) bool {
	own := strings.ToLower(object[:1]) + object[1:]
	return job == own || strings.HasPrefix(job, own+"/")
}

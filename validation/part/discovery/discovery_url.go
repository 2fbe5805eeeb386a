package discovery

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// DiscoveryURL is the check discovery-url.
var DiscoveryURL = validation.Check[Discovery]{
	ID: "discovery-url", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A discovery has an address that Prometheus refuses",
		Text: `Prometheus parses the address of a discovery when it loads its configuration, and refuses the
whole configuration if the address is not a URL.

| discovery | address |
|---|---|
| HTTP, PuppetDB | ` + "`http://` or `https://`" + `, and a host |
| Eureka, Kuma | a scheme and a host |
| Docker, Docker Swarm, Kubernetes | any URL, such as ` + "`unix:///var/run/docker.sock`" + ` |
| Nomad | not empty |
| Scaleway | any URL without a slash at its end |`,
		Since: "v0.1.0",
	},
	Run: func(d Discovery, _ validation.Snapshot) []validation.Finding {
		a, ok := addressOf(d.Config)
		if !ok {
			return nil
		}
		problem, fix := a.problem()
		if problem == "" {
			return nil
		}
		return []validation.Finding{d.At(a.field).Finding(problem, fix, a.value)}
	},
}

// A sourceAddress is the address that a discovery asks for targets, and what Prometheus
// v0.316 requires of it.
type sourceAddress struct {
	field, value string
	example      string
	judge        func(u *url.URL, text string) string // nil if any text is allowed
}

func addressOf(config any) (sourceAddress, bool) {
	switch c := config.(type) {
	case *monitoringv1alpha1.HTTPSDConfig:
		return sourceAddress{"url", string(c.URL), "https://example.com/targets", mustBeHTTP}, true
	case *monitoringv1alpha1.PuppetDBSDConfig:
		return sourceAddress{"url", string(c.URL), "https://puppetdb.example.com", mustBeHTTP}, true
	case *monitoringv1alpha1.EurekaSDConfig:
		return sourceAddress{"server", string(c.Server), "http://eureka.example.com:8761/eureka", mustNameHost}, true
	case *monitoringv1alpha1.KumaSDConfig:
		return sourceAddress{"server", string(c.Server), "http://kuma-control-plane.kuma-system.svc:5676", mustNameHost}, true
	case *monitoringv1alpha1.DockerSDConfig:
		return sourceAddress{"host", c.Host, "unix:///var/run/docker.sock", mayBeAny}, true
	case *monitoringv1alpha1.DockerSwarmSDConfig:
		return sourceAddress{"host", c.Host, "unix:///var/run/docker.sock", mayBeAny}, true
	case *monitoringv1alpha1.NomadSDConfig:
		return sourceAddress{"server", string(c.Server), "http://nomad.example.com:4646", nil}, true
	case *monitoringv1alpha1.KubernetesSDConfig:
		if c.APIServer != nil && *c.APIServer != "" { // Prometheus reads an empty one as a URL
			return sourceAddress{"apiServer", *c.APIServer, "https://kubernetes.example.com:6443", mustHaveValue(relabeling.DefaultNoValueTexts())}, true
		}
	case *monitoringv1alpha1.ScalewaySDConfig:
		if c.ApiURL != nil {
			return sourceAddress{"apiURL", string(*c.ApiURL), "https://api.scaleway.com", mustNotEndInSlash}, true
		}
	}
	return sourceAddress{}, false
}

func (a sourceAddress) problem() (problem, fix string) {
	fix = "write a URL such as " + a.example
	switch {
	case a.value == "", a.judge == nil && strings.TrimSpace(a.value) == "":
		return "the address is empty", fix
	case a.judge == nil:
		return "", ""
	}
	u, err := url.Parse(a.value)
	if err != nil {
		return fmt.Sprintf("%q is not a URL: %s", a.value, urlReason(err)), fix
	}
	if wrong := a.judge(u, a.value); wrong != "" {
		return fmt.Sprintf("%q %s", a.value, wrong), fix
	}
	return "", ""
}

// urlReason returns the error without the URL, which the message shows already.
func urlReason(err error) string {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}

func mustBeHTTP(u *url.URL, _ string) string {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return "does not begin with http:// or https://"
	case u.Host == "":
		return "names no host"
	}
	return ""
}

func mustNameHost(u *url.URL, _ string) string {
	switch {
	case u.Scheme == "", u.Opaque != "": // a:80 is scheme a to the parser
		return "has no scheme such as http://"
	case u.Host == "":
		return "names no host"
	}
	return ""
}

func mayBeAny(*url.URL, string) string { return "" }

// mustHaveValue refuses a text that YAML reads as no value: the type of a URL never gets it.
func mustHaveValue(texts relabeling.NoValueTexts) func(*url.URL, string) string {
	return func(_ *url.URL, text string) string {
		if texts.Has(text) {
			return "is a text that YAML reads as no value, quoted or not"
		}
		return ""
	}
}

// mustNotEndInSlash is a rule of the vendor's SDK (v1.39), which Prometheus calls.
func mustNotEndInSlash(_ *url.URL, text string) string {
	if strings.HasSuffix(text, "/") {
		return "ends with a slash"
	}
	return ""
}

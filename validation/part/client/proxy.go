package client

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	commonconfig "github.com/prometheus/common/config"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

// Proxy is the check proxy.
var Proxy = validation.Check[Client]{
	ID: "proxy", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "The settings of a proxy do not go together",
		Text: "There are two ways to name a proxy: `proxyUrl`, with `noProxy` for the hosts that need none,\n" +
			"or `proxyFromEnvironment: true`" + `, which reads both from the environment of Prometheus. For
a mixture of the two Prometheus refuses its whole configuration, as it does for
` + "`noProxy` or `proxyConnectHeader`" + ` where no proxy is named, and for a URL that does not parse.`,
		Since: "v0.1.0",
	},
	Run: func(c Client, s validation.Snapshot) []validation.Finding {
		if !s.Prometheus.Has(c.ProxySince) {
			return nil
		}
		var config commonconfig.ProxyConfig
		if c.Proxy.ProxyURL != nil {
			u, err := url.Parse(*c.Proxy.ProxyURL)
			if err != nil {
				return []validation.Finding{c.ProxyPlace.At("proxyUrl").Finding(
					urlProblem(*c.Proxy.ProxyURL, err), "write a URL such as http://proxy.example.com:3128", "")}
			}
			config.ProxyURL.URL = u
		}
		if !s.Prometheus.Has(since.ProxyConnectHeader) {
			return nil // the operator writes the URL only
		}
		if c.Proxy.ProxyFromEnvironment != nil {
			config.ProxyFromEnvironment = *c.Proxy.ProxyFromEnvironment
		}
		return append(proxyHeaders(c, config), noProxy(c, config)...)
	},
}

// proxyHeaders checks the headers for a proxy. The verdict is Prometheus' own: common v0.72
// config/http_config.go.
func proxyHeaders(c Client, config commonconfig.ProxyConfig) []validation.Finding {
	if len(c.Proxy.ProxyConnectHeader) == 0 {
		return nil
	}
	at := c.ProxyPlace.At("proxyConnectHeader")
	if _, ok := c.Proxy.ProxyConnectHeader[part.MergeKey]; ok {
		return []validation.Finding{at.Finding(fmt.Sprintf("%q is not a header name", part.MergeKey), "write the name of a header", part.MergeKey)}
	}
	if config.ProxyFromEnvironment {
		return nil
	}
	config.ProxyConnectHeader = commonconfig.ProxyHeader{"X": {placeholderSecret}}
	if config.Validate() == nil {
		return nil
	}
	return []validation.Finding{at.Finding("proxyConnectHeader needs a proxy, and none is set",
		"set proxyUrl or proxyFromEnvironment, or remove the headers", "")}
}

// noProxy checks how the ways to name a proxy go together, by the same verdict.
func noProxy(c Client, config commonconfig.ProxyConfig) []validation.Finding {
	if c.Proxy.NoProxy != nil {
		config.NoProxy = *c.Proxy.NoProxy
	}
	if config.Validate() == nil {
		return nil
	}
	at, hosts := c.ProxyPlace, config.NoProxy
	named := config.ProxyURL.URL != nil && config.ProxyURL.String() != ""
	switch {
	case config.ProxyFromEnvironment && named && hosts != "":
		return []validation.Finding{at.At("proxyFromEnvironment").Finding(
			"proxyUrl and noProxy are set too, and Prometheus accepts one or the other",
			"remove proxyFromEnvironment, or the other two", "")}
	case config.ProxyFromEnvironment && named:
		return []validation.Finding{at.At("proxyUrl").Finding("proxyFromEnvironment is set too, and Prometheus accepts one of the two",
			"remove proxyUrl, or set proxyFromEnvironment to false", config.ProxyURL.Redacted())}
	case config.ProxyFromEnvironment:
		return []validation.Finding{at.At("noProxy").Finding("proxyFromEnvironment is set too, which has a list of its own",
			"remove noProxy and set NO_PROXY in the environment of Prometheus, or use proxyUrl", hosts)}
	}
	return []validation.Finding{at.At("noProxy").Finding("noProxy needs a proxy, and none is set", "set proxyUrl, or remove noProxy", hosts)}
}

// urlProblem returns why a text is not a URL. It does not show a text that may hold a
// password.
func urlProblem(text string, err error) string {
	if e := (*url.Error)(nil); errors.As(err, &e) {
		err = e.Err
	}
	if strings.Contains(text, "@") {
		return "it is not a URL; a password in it has to be escaped"
	}
	return fmt.Sprintf("%q is not a URL: %s", text, err)
}

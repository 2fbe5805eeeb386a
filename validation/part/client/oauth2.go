package client

import (
	"fmt"
	"net/url"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

// OAuth2 is the check oauth2.
var OAuth2 = validation.Check[Client]{
	ID: "oauth2", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "OAuth 2 cannot get a token",
		Text: "`oauth2` needs `clientId`, from a Secret or a ConfigMap, and `tokenUrl`" + `. Where one of the two
is missing, Prometheus refuses its whole configuration.

promgate also denies what can never work: an identifier from a Secret and a ConfigMap at once,
for which the operator leaves the object out, and a URL that no request can be sent to, so that
every request fails.`,
		Since: "v0.1.0",
	},
	Run: func(c Client, s validation.Snapshot) []validation.Finding {
		if c.OAuth2 == nil || !s.Prometheus.Has(since.OAuth2) {
			return nil
		}
		at := c.At("oauth2")
		var findings []validation.Finding
		switch id := c.OAuth2.ClientID; {
		case id == monitoringv1.SecretOrConfigMap{}:
			findings = append(findings, at.At("clientId").Finding("clientId is empty",
				"name the key of a Secret or ConfigMap that holds it", ""))
		case id.Validate() != nil:
			findings = append(findings, at.At("clientId").Finding("secret and configMap are set together",
				"keep one of the two", "both"))
		}
		if text := string(c.OAuth2.TokenURL); text == "" {
			findings = append(findings, at.Finding("there is no tokenUrl", endpointHint, ""))
		} else if problem := problemOfTokenURL(text); problem != "" {
			findings = append(findings, at.At("tokenUrl").Finding(problem, endpointHint, text))
		}
		if _, ok := c.OAuth2.EndpointParams[part.MergeKey]; ok {
			findings = append(findings, at.At("endpointParams").Finding(
				fmt.Sprintf("%q is not a name that YAML can hold", part.MergeKey), "remove it", part.MergeKey))
		}
		return findings
	},
}

const endpointHint = "write the URL of the server's token endpoint, such as https://auth.example.com/oauth2/token"

// problemOfTokenURL returns why no token can be fetched from a URL. Prometheus' loader accepts
// any URL; these are net/http's rules for a request.
func problemOfTokenURL(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return urlProblem(text, err)
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Sprintf("%q starts with neither http:// nor https://", text)
	case u.Host == "":
		return fmt.Sprintf("%q names no host", text)
	}
	return ""
}

package client

import (
	"strings"

	commonconfig "github.com/prometheus/common/config"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

// AuthConflict is the check auth-conflict.
var AuthConflict = validation.Check[Client]{
	ID: "auth-conflict", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A client authenticates in two ways at once",
		Text: "Prometheus authenticates to a target in one way: with `basicAuth`, `authorization`, `oauth2`,\n" +
			"`bearerTokenSecret` or `bearerTokenFile`. " + `With two of them it refuses its whole
configuration. The operator passes some pairs on as they are; for the others it leaves the
object out.

The same is true for the client of a service discovery, such as ` + "`httpSDConfigs`" + `.

Keep the one that the target requires. A token goes into ` + "`authorization`" + `; the two fields
for bearer tokens are deprecated.`,
		Since: "v0.1.0",
	},
	Run: func(c Client, s validation.Snapshot) []validation.Finding {
		var config commonconfig.HTTPClientConfig
		var ways []string
		if c.BasicAuth != nil {
			config.BasicAuth = &commonconfig.BasicAuth{}
			ways = append(ways, "basicAuth")
		}
		if c.Authorization != nil && s.Prometheus.Has(since.Authorization) {
			config.Authorization = &commonconfig.Authorization{}
			ways = append(ways, "authorization")
		}
		if c.OAuth2 != nil && s.Prometheus.Has(since.OAuth2) {
			// What it lacks is another check's.
			config.OAuth2 = &commonconfig.OAuth2{ClientID: string(placeholderSecret), TokenURL: string(placeholderSecret)}
			ways = append(ways, "oauth2")
		}
		if c.BearerTokenSecret != nil { //nolint:staticcheck // deprecated, and in use
			config.BearerToken = placeholderSecret
			ways = append(ways, "bearerTokenSecret")
		}
		if c.BearerTokenFile != "" {
			config.BearerTokenFile = string(placeholderSecret)
			ways = append(ways, "bearerTokenFile")
		}
		// Prometheus' own verdict: common v0.72 config/http_config.go.
		if config.Validate() == nil {
			return nil
		}
		return []validation.Finding{c.Finding(
			joinWords(ways)+" are set together, and Prometheus accepts only one way to authenticate",
			"keep the one that the target needs, and remove the rest", strings.Join(ways, ","))}
	},
}

// joinWords joins words as in a sentence.
func joinWords(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

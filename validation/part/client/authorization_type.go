package client

import (
	"fmt"

	commonconfig "github.com/prometheus/common/config"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

// AuthorizationType is the check authorization-type.
var AuthorizationType = validation.Check[Client]{
	ID: "authorization-type", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "The type of an authorization is Basic",
		Text: "`authorization` sends its credentials as they are, for instance a token of type `Bearer`.\n" +
			"For `Basic` a user's name and password have to be encoded first, which Prometheus does for\n" +
			"`basicAuth` only: with `authorization.type: Basic`" + `, in any spelling, it refuses its whole
configuration.

Use ` + "`basicAuth`" + `, which takes the name and the password from a Secret.`,
		Since: "v0.1.0",
	},
	Run: func(c Client, s validation.Snapshot) []validation.Finding {
		if c.Authorization == nil || !s.Prometheus.Has(since.Authorization) {
			return nil
		}
		// Prometheus' own verdict: common v0.72 config/http_config.go.
		config := commonconfig.HTTPClientConfig{Authorization: &commonconfig.Authorization{Type: c.Authorization.Type}}
		if config.Validate() == nil {
			return nil
		}
		return []validation.Finding{c.At("authorization", "type").Finding(
			fmt.Sprintf("%q is a type that Prometheus refuses in this field", c.Authorization.Type),
			"use basicAuth with username and password instead", c.Authorization.Type)}
	},
}

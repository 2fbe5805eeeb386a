package judge

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// Credentials are those of one object: what is wrong with them at any time, and how long their
// certificates are valid. Prometheus takes the configuration either way, so that none of it is a reason
// to leave the object out.
type Credentials struct {
	unusable     []validation.Finding
	certificates []certificates
}

// At returns warnings about credentials that load, and with which requests fail at a time.
func (c Credentials) At(now time.Time) []validation.Finding {
	found := slices.Clip(c.unusable)
	for _, of := range c.certificates {
		if m, invalid := of.at(now); invalid {
			found = append(found, m)
		}
	}
	return found
}

// Next returns the first time after now at which a certificate begins or ceases to be valid. It is
// zero if there is none.
func (c Credentials) Next(now time.Time) time.Time {
	var next time.Time
	for _, of := range c.certificates {
		for _, w := range of.windows {
			for _, t := range []time.Time{w.from, w.until} {
				if t.After(now) && (next.IsZero() || t.Before(next)) {
					next = t
				}
			}
		}
	}
	return next
}

// Credentials returns the credentials of an object. Secrets that were not read are passed over.
func (j *Judge) Credentials(part promconfig.Part) Credentials {
	var found Credentials
	for _, job := range part.Jobs {
		searchCredentials(&found, job.Fields, job.Field, job.Sources, part.Files)
	}
	return found
}

// GlobalCredentials is Credentials for the Prometheus object itself.
func (j *Judge) GlobalCredentials() Credentials {
	var found Credentials
	for _, section := range []yaml.MapSlice{j.global.Before, j.global.After} {
		searchCredentials(&found, section, specPath, j.global.Sources, j.global.Files)
	}
	for _, class := range j.global.Classes {
		searchCredentials(&found, class.Fields, class.Field, class.Sources, j.global.Files)
	}
	for i, config := range j.global.Additional {
		searchCredentials(&found, config, specPath.Field("additionalScrapeConfigs").Index(i), nil, nil)
	}
	return found
}

// searchCredentials adds the credentials in a mapping, whose files are those that the operator writes.
func searchCredentials(c *Credentials, m yaml.MapSlice, field fieldpath.Path, sources []promconfig.Source, files map[string][]byte) {
	s := &credentialSearch{field: field, fields: fieldsOf(sources), files: files}
	s.mapping(m, fieldpath.Path{})
	for _, found := range s.found {
		c.unusable = append(c.unusable, found.warning())
	}
	c.certificates = append(c.certificates, s.certificates...)
}

// A credentialSearch walks through a configuration.
type credentialSearch struct {
	field  fieldpath.Path // of what has no better place
	fields *fields
	files  map[string][]byte

	found        []mistake
	certificates []certificates
}

// users are mappings whose keys the user chooses: a label may be called password.
var users = map[string]bool{
	"external_labels": true, "labels": true, "params": true, "endpoint_params": true, "node_meta": true, "required_matchers": true,
}

func (s *credentialSearch) mapping(m yaml.MapSlice, at fieldpath.Path) {
	for _, item := range m {
		key, ok := item.Key.(string)
		if !ok || users[key] {
			continue
		}
		s.value(key, item.Value, at.Field(key), at)
	}
}

func (s *credentialSearch) value(key string, value any, path, outer fieldpath.Path) {
	switch v := value.(type) {
	case yaml.MapSlice:
		if key == "headers" && (outer.LastField() == "remote_write" || outer.LastField() == "remote_read") {
			s.headers(v, path)
			return
		}
		if key == "tls_config" {
			s.tls(v, path)
			return
		}
		s.mapping(v, path)
	case []yaml.MapSlice:
		for i, entry := range v {
			s.mapping(entry, path.Index(i))
		}
	case []any:
		for i, entry := range v {
			if m, ok := entry.(yaml.MapSlice); ok {
				s.mapping(m, path.Index(i))
			}
		}
	case string:
		s.text(key, v, path, outer)
	}
}

// headers are sent with each request, as they are.
func (s *credentialSearch) headers(m yaml.MapSlice, at fieldpath.Path) {
	for _, item := range m {
		if value, ok := item.Value.(string); ok {
			s.header(value, at)
		}
	}
}

func (s *credentialSearch) text(key, value string, path, outer fieldpath.Path) {
	switch {
	case key == "bearer_token",
		key == "credentials" && outer.LastField() == "authorization",
		key == "token" && outer.LastField() == "consul_sd_configs":
		s.header(value, path)
	case encoded[key] && value != strings.TrimRight(value, "\r\n"):
		s.found = append(s.found, mistaken(s.fields.of(path, s.field),
			"ends in a line break, which is sent as part of it; store it without one (printf %s instead of echo)"))
	}
}

// encoded are credentials that are encoded before they are sent, in base64 for example: any
// byte gets through, and the server compares it.
var encoded = map[string]bool{
	"username": true, "password": true, "client_id": true, "client_secret": true, "access_key": true, "secret_key": true,
	"application_secret": true, "consumer_key": true, "application_credential_secret": true,
}

// header looks for what net/http does not send: it sends nothing then, and the request fails.
func (s *credentialSearch) header(value string, path fieldpath.Path) {
	bad := strings.IndexFunc(value, unsendable)
	if bad < 0 || value == promconfig.Placeholder {
		return
	}
	what, mend := fmt.Sprintf("holds the control character 0x%02x", value[bad]), "remove it"
	switch {
	case strings.TrimRight(value, "\r\n") != value:
		what, mend = "ends in a line break", "store it without one (printf %s instead of echo)"
	case value[bad] == '\n' || value[bad] == '\r':
		what = "holds a line break"
	}
	s.found = append(s.found, mistaken(s.fields.of(path, s.field), what+", which no HTTP header takes: each request with it fails; "+mend))
}

// unsendable reports whether net/http refuses a header for the sake of a character.
func unsendable(r rune) bool {
	return r < ' ' && r != '\t' || r == 0x7f
}

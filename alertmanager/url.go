package alertmanager

import (
	"encoding/json"
	"strings"
	"text/template"

	"github.com/prometheus/alertmanager/config/common"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/promconfig"
)

// UnreadURL stands for a URL in a Secret that was not read.
const UnreadURL = "https://secret.invalid/"

// checkURL reads a URL as the operator does (pkg/alertmanager/validation/validation.go): as a text in JSON,
// without escapes, with the type of Alertmanager.
func checkURL(text string) error {
	if text == "" {
		return nil
	}
	var u common.URL
	return json.Unmarshal([]byte(`"`+text+`"`), &u) //nolint:wrapcheck // the words are Alertmanager's
}

// checkTemplateURL reads a URL that may be a template instead, which has to parse without the functions of
// Alertmanager's templates.
func checkTemplateURL(text string) error {
	if strings.Contains(text, "{{") {
		_, err := template.New("").Parse(text)
		return err //nolint:wrapcheck // the words are those of the template package
	}
	return checkURL(text)
}

func (s *section) checkURL(field string, text *string) {
	if text != nil {
		s.w.reject(s.field.Field(field), checkURL(*text))
	}
}

func (s *section) checkTemplateURL(field string, text *string) {
	if text != nil && *text != "" {
		s.w.reject(s.field.Field(field), checkTemplateURL(*text))
	}
}

// secretURL resolves a reference to a URL. The value is as it is in the Secret; a URL that was not read is a
// valid one.
func (s *section) secretURL(field string, ref *corev1.SecretKeySelector) (value string, found bool) {
	value, found = s.secret(field, ref)
	if value == promconfig.Placeholder {
		return UnreadURL, true
	}
	return value, found
}

// setTrimmedURL writes a URL from a Secret, without the space around it.
func (s *section) setTrimmedURL(key, field string, ref *corev1.SecretKeySelector) string {
	value, found := s.secretURL(field, ref)
	if !found {
		return ""
	}
	value = strings.TrimSpace(value)
	if value == "" {
		s.w.rejectf(s.field.Field(field), "the URL in the Secret is empty")
	} else {
		s.w.reject(s.field.Field(field), checkURL(value))
	}
	s.set(key, field, value)
	return value
}

// setExactURL writes a URL from a Secret as it is. The operator reads it when it puts the configuration
// together: a mistake in it, a line break at the end among them, keeps it from writing any.
func (s *section) setExactURL(key, field string, ref *corev1.SecretKeySelector) {
	value, found := s.secretURL(field, ref)
	if !found {
		return
	}
	if value == "" {
		s.w.failf(s.field.Field(field), "the URL in the Secret is empty")
	} else {
		s.w.fail(s.field.Field(field), checkURL(value))
	}
	s.set(key, field, value)
}

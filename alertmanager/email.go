package alertmanager

import (
	"errors"
	"strings"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
)

// checkEmail checks what the operator checks of a receiver, and what it needs besides to write any configuration: a
// server and a sender.
func (s *section) checkEmail(c *monitoringv1alpha1.EmailConfig) {
	if isEmpty(c.To) {
		s.w.rejectf(s.field.Field("to"), "the address to send to is missing")
	}
	if !isEmpty(c.Smarthost) {
		s.w.reject(s.field.Field("smarthost"), CheckHostPort(*c.Smarthost))
	}
	seen := map[string]bool{}
	for i, h := range c.Headers {
		name := strings.ToLower(h.Key)
		if seen[name] {
			s.w.rejectf(s.field.Field("headers").Index(i).Field("key"), "the header %q is there twice; upper and lower case do not count", name)
		}
		seen[name] = true
	}
	base := s.w.base
	if base == nil || !base.Known {
		return
	}
	if isEmpty(c.Smarthost) && base.Global("smtp_smarthost") == nil {
		s.w.failf(s.field, "it has no smarthost, and the Alertmanager has no global one")
	}
	if isEmpty(c.From) && base.Global("smtp_from") == nil {
		s.w.failf(s.field, "it has no from, and the Alertmanager has no global one")
	}
}

func isEmpty(text *string) bool { return text == nil || *text == "" }

// CheckHostPort reports what is no host and port, as net.SplitHostPort reads them.
func CheckHostPort(text string) error {
	host, port, found := cutLast(text, ":")
	switch {
	case !found:
		return errors.New("the port is missing: write host:port")
	case strings.HasPrefix(host, "[") && !strings.HasSuffix(host, "]"), strings.HasSuffix(host, "]") && !strings.HasPrefix(host, "["):
		return errors.New("a [ or ] is missing around the address")
	case !strings.HasPrefix(host, "[") && strings.Contains(host, ":"):
		return errors.New("there are too many colons; write an address of IPv6 as [address]:port")
	case strings.ContainsAny(strings.Trim(host, "[]"), "[]") || strings.ContainsAny(port, "[]"):
		return errors.New("there is a [ or ] where none can be")
	}
	return nil
}

func cutLast(text, sep string) (before, after string, found bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}

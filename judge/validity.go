package judge

import (
	"fmt"
	"path"
	"time"

	"go.yaml.in/yaml/v2"
	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/pemfile"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// certificates are those of one field, of which one has to be valid: the authorities of a bundle, or a
// client certificate. Prometheus loads expired ones. Its TLS client trusts no authority outside of its
// window, and sends a client certificate whatever its window.
type certificates struct {
	field   fieldpath.Path
	client  bool // a client certificate, as opposed to authorities
	windows []window
}

// A window is how long a certificate is valid.
type window struct{ from, until time.Time }

// tls looks at the certificates of a TLS configuration. Keys have no window.
func (s *credentialSearch) tls(m yaml.MapSlice, at fieldpath.Path) {
	skips := false
	for _, item := range m {
		skips = skips || item.Key == "insecure_skip_verify" && isTrue(item.Value)
	}
	for _, item := range m {
		key, _ := item.Key.(string)
		text, _ := item.Value.(string)
		switch key {
		case "ca_file", "cert_file": // a file of another pod or image is not among the files
			text = string(s.files[path.Base(text)])
		case "ca", "cert":
		default:
			continue
		}
		client := key == "cert_file" || key == "cert"
		if text == promconfig.Placeholder || skips && !client {
			continue
		}
		found := windowsIn(text)
		if client && len(found) > 1 {
			found = found[:1] // the others are intermediates
		}
		if len(found) > 0 {
			s.certificates = append(s.certificates, certificates{s.fields.of(at.Field(key), s.field), client, found})
		}
	}
}

func isTrue(value any) bool {
	switch v := value.(type) {
	case bool:
		return v
	case *bool:
		return v != nil && *v
	}
	return false
}

// windowsIn returns the windows of the certificates in a PEM text.
func windowsIn(text string) []window {
	var found []window
	for _, c := range pemfile.Certificates([]byte(text)) {
		found = append(found, window{c.NotBefore, c.NotAfter})
	}
	return found
}

// at returns a warning if none of the certificates is valid.
func (c certificates) at(now time.Time) (f validation.Finding, invalid bool) {
	var next, last window // the first one that begins later, and the last one that ended
	for _, w := range c.windows {
		switch {
		case now.Before(w.from):
			if next.from.IsZero() || w.from.Before(next.from) {
				next = w
			}
		case now.After(w.until):
			if w.until.After(last.until) {
				last = w
			}
		default:
			return validation.Finding{}, false
		}
	}
	what, effect := "the certificate authority", "each TLS connection that trusts it alone fails"
	switch {
	case c.client:
		what, effect = "the client certificate", "a server that verifies client certificates refuses it"
	case len(c.windows) > 1:
		what, effect = fmt.Sprintf("none of the %d certificate authorities is valid: the nearest", len(c.windows)), "each TLS connection that trusts them alone fails"
	}
	var when, key string
	if !next.from.IsZero() {
		when = fmt.Sprintf("is not valid before %s, in %s, and then until %s", day(next.from), duration.HumanDuration(next.from.Sub(now)), day(next.until))
		key = "from " + day(next.from)
	} else {
		when = fmt.Sprintf("expired on %s, %s ago", day(last.until), duration.HumanDuration(now.Sub(last.until)))
		key = "until " + day(last.until)
	}
	f = mistaken(c.field, fmt.Sprintf("%s %s; %s", what, when, effect)).warning()
	f.Key = validation.Key(c.field.Shape(), key)
	return f, true
}

// day returns a time as it is written in messages.
func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

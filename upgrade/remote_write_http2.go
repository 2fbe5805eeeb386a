package upgrade

import (
	"strings"

	"github.com/promgate/promgate/validation"
)

var remoteWriteHTTP2 = validation.Check[*instance]{
	ID: "remote-write-http2", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "Remote write uses HTTP/1.1", Since: since,
		Text: `From Prometheus 3.0 on remote write uses HTTP/2 only if ` + "`enableHTTP2: true`" + ` says so: it opens a connection for each shard, so that a
load balancer sees more of them. Set the field, to either value, to keep it the same over the upgrade.`,
	},
	Run: func(i *instance, _ validation.Snapshot) []validation.Finding {
		if !i.reaches(v3) {
			return nil
		}
		var found []validation.Finding
		for n, w := range i.common.RemoteWrite {
			if w.EnableHttp2 == nil && strings.HasPrefix(string(w.URL), "https:") {
				found = append(found, spec.At("remoteWrite").Index(n).At("url").Finding(
					"from Prometheus 3.0 on this remote write uses HTTP/1.1 instead of HTTP/2", "set enableHTTP2", string(w.URL)))
			}
		}
		return found
	},
}

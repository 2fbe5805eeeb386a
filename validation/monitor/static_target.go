package monitor

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part/relabel"
)

var staticTarget = validation.Check[*Object]{
	ID: "static-target", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A static target is not a host",
		Text: `A target is a host, or a host and a port: ` + "`shop.example.com:9100`" + `. Prometheus drops a target
with a scheme or a path, and shows that only on its page of dropped targets. The scheme goes into ` + "`scheme`" + `,
the path into ` + "`metricsPath`" + `.

The check ignores a ScrapeConfig with a relabeling that may set the address: there a target may be
a URL for a prober. It also ignores the targets of a Probe.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, _ validation.Snapshot) []validation.Finding {
		if o.ScrapeClass != nil { // the class may have relabelings
			return nil
		}
		var found []validation.Finding
		for _, s := range o.Scrapes {
			if setsAddress(s.Relabelings) {
				continue
			}
			for _, static := range s.Static {
				found = append(found, static.noHosts()...)
			}
		}
		return found
	},
}

func (s Static) noHosts() []validation.Finding {
	if s.Probed {
		return nil
	}
	var found []validation.Finding
	for i, target := range s.Targets {
		if isHost(target) {
			continue
		}
		at := s.Index(i)
		host, fix := hostOf(target), "write host:port, such as shop.example.com:9100"
		if host != "" {
			fix = fmt.Sprintf("write %q, with scheme and metricsPath in fields of their own", host)
		}
		found = append(found, at.Finding(fmt.Sprintf("the target %q is not host or host:port, and Prometheus cannot scrape it", target), fix, target))
	}
	return found
}

// isHost reports whether Prometheus can make a URL of the target, as in scrape/target.go.
func isHost(target string) bool {
	if target == "" || config.CheckTargetAddress(model.LabelValue(target)) != nil {
		return false
	}
	u, err := url.Parse("http://" + target + "/metrics")
	return err == nil && u.Path == "/metrics" && u.User == nil
}

// hostOf returns the host of a URL, and nothing if the URL has none.
func hostOf(target string) string {
	if !strings.Contains(target, "://") {
		target = "http://" + target
	}
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || !isHost(u.Host) {
		return ""
	}
	return u.Host
}

// setsAddress reports whether a relabeling may set the address of a target.
func setsAddress(relabelings relabel.Relabelings) bool {
	for _, r := range relabelings.List {
		if r.TargetLabel == model.AddressLabel || strings.Contains(r.TargetLabel, "$") || strings.EqualFold(r.Action, "labelmap") {
			return true
		}
	}
	return false
}

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
		Text: `A target is a host, or a host and a port: ` + "`shop.example.com:9100`" + `. Prometheus drops one with a
scheme or a path, and only its page of dropped targets says so. The scheme goes into ` + "`scheme`" + `,
the path into ` + "`metricsPath`" + `.

A ScrapeConfig with a relabeling that may set the address is not reported: there a target may be a
URL that a prober is asked for. Nor are the targets of a Probe.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, _ validation.Snapshot) []validation.Finding {
		if o.ScrapeClass != nil { // which has relabelings of its own
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

// isHost says whether Prometheus makes a URL of it, as in scrape/target.go.
func isHost(target string) bool {
	if target == "" || config.CheckTargetAddress(model.LabelValue(target)) != nil {
		return false
	}
	u, err := url.Parse("http://" + target + "/metrics")
	return err == nil && u.Path == "/metrics" && u.User == nil
}

// hostOf is the host of a URL. Empty if there is none.
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

// setsAddress says whether a relabeling may set the address of a target.
func setsAddress(relabelings relabel.Relabelings) bool {
	for _, r := range relabelings.List {
		if r.TargetLabel == model.AddressLabel || strings.Contains(r.TargetLabel, "$") || strings.EqualFold(r.Action, "labelmap") {
			return true
		}
	}
	return false
}

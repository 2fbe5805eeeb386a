package monitor

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/promgate/promgate/validation"
)

var proberURL = validation.Check[Probe]{
	ID: "prober-url", Severity: validation.Deny, LeavesOut: true,
	Doc: validation.Doc{
		Title: "A prober is not a host",
		Text: `In spite of its name, ` + "`prober.url`" + ` is a host, or a host and a port:
` + "`blackbox-exporter.monitoring.svc:9115`" + `. The operator leaves out a Probe with a scheme or a path
here, and Prometheus could not scrape such an address either. The scheme goes into
` + "`prober.scheme`" + `, the path into ` + "`prober.path`" + `, which is ` + "`/probe`" + ` by default.`,
		Since: "v0.1.0",
	},
	Run: func(p Probe, _ validation.Snapshot) []validation.Finding {
		prober := p.ProberSpec.URL
		problem := proberProblem(prober)
		if problem == "" {
			return nil
		}
		fix := "write host and port, such as blackbox-exporter.monitoring.svc:9115"
		if host := hostOf(prober); strings.Contains(prober, "/") && host != "" {
			fix = fmt.Sprintf("write %q, with scheme and path in prober.scheme and prober.path", host)
		}
		return []validation.Finding{p.At("prober", "url").Finding(problem, fix, prober)}
	},
}

// proberProblem returns why the address can never work. It is less strict than the operator,
// whose rules for names of hosts may change.
func proberProblem(prober string) string {
	if prober == "" {
		return "the Probe names no prober"
	}
	if strings.Contains(prober, "/") {
		return fmt.Sprintf("the prober %q has a scheme or a path, and the operator accepts neither", prober)
	}
	host, port, ok := strings.Cut(prober, ":")
	if !ok || strings.Contains(port, ":") { // an IPv6 address
		return ""
	}
	if host == "" {
		return fmt.Sprintf("the prober %q names no host", prober)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return fmt.Sprintf("the prober %q has no port that is a number from 1 to 65535", prober)
	}
	return ""
}

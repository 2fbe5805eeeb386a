package monitor

import (
	"slices"
	"strings"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part/relabel"
)

var portMissing = validation.Check[Scrape]{
	ID: "port-missing", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "An endpoint names no port",
		Text: `Without a port, every port of the Service's or Pod's containers becomes a target. Ports that
serve no metrics are down for ever, and count in ` + "`up == 0`" + `.

Name the port: ` + "`port`" + `, or ` + "`targetPort`" + ` in a ServiceMonitor and ` + "`portNumber`" + ` in a PodMonitor.

The check ignores endpoints with a relabeling that selects ports, containers or addresses, or sets
the address.`,
		Since: "v0.1.0",
	},
	Run: func(s Scrape, _ validation.Snapshot) []validation.Finding {
		if s.Endpoint == nil || slices.ContainsFunc(s.Ports, Port.isNamed) || choosesPort(s.Relabelings) {
			return nil
		}
		return []validation.Finding{s.Finding("no port is named, so every port becomes a target",
			"add port with the name of the port that serves the metrics", "")}
	},
}

// isNamed reports whether the operator writes anything for the port.
func (p Port) isNamed() bool { return p.Value.StrVal != "" || p.Value.IntVal != 0 }

// choosesPort reports whether a relabeling may keep only the right port, or set it.
func choosesPort(relabelings relabel.Relabelings) bool {
	for _, r := range relabelings.List {
		if r.TargetLabel == "__address__" || strings.EqualFold(r.Action, "labelmap") {
			return true
		}
		switch strings.ToLower(r.Action) {
		case "keep", "drop", "keepequal", "dropequal":
		default:
			continue
		}
		if tellsPort(r.TargetLabel) {
			return true
		}
		for _, label := range r.SourceLabels {
			if tellsPort(string(label)) {
				return true
			}
		}
	}
	return false
}

// tellsPort reports whether a label may differ between ports: labels of Pods, containers and
// Endpoints, annotations that name a port, and labels that another relabeling has set.
func tellsPort(label string) bool {
	switch {
	case label == "__address__", label == "endpoint", label == "instance", strings.HasPrefix(label, "__tmp"):
		return true
	}
	return strings.Contains(label, "port") || strings.Contains(label, "container")
}

package monitor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/promgate/promgate/validation"
)

var portIgnored = validation.Check[*Object]{
	ID: "port-ignored", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "An endpoint names its port in two fields",
		Text: `The operator uses only one of the fields, and says nothing about the others: ` + "`port`" + ` in a
ServiceMonitor, and in a PodMonitor the first of ` + "`port`" + `, ` + "`portNumber`" + ` and ` + "`targetPort`" + `. What the
other field names is not scraped.

Remove the field that is not meant. The check is silent about a ` + "`targetPort`" + ` that is the port of the
Pods which the selected Service has behind ` + "`port`" + `, and about a number that the name of the port holds,
such as ` + "`8080-tcp`" + `, since both then name the same.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, snapshot validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for i, s := range o.Scrapes {
			for _, p := range s.IgnoredPorts {
				used := s.Ports[0]
				if samePort(p, snapshot.PodPorts[i]) || holdsNumber(used.Value.String(), p.Value.String()) {
					continue
				}
				found = append(found, p.Finding(
					fmt.Sprintf("%s is ignored, since %s is set: %q is scraped, not %q", p.FieldName(), used.FieldName(), used.Value.String(), p.Value.String()),
					"remove one of the two", p.Value.String()))
			}
		}
		return found
	},
}

// samePort reports whether a port may be the one that all Services have. The name of a port cannot
// be compared with a number.
func samePort(p Port, ofPods []string) bool {
	for _, port := range ofPods {
		if isAllDigits(port) == isAllDigits(p.Value.String()) && port != p.Value.String() {
			return false
		}
	}
	return len(ofPods) > 0
}

// holdsNumber reports whether the name of a port holds a number, as 8080-tcp does.
func holdsNumber(name, number string) bool {
	return isAllDigits(number) && slices.Contains(strings.FieldsFunc(name, func(r rune) bool { return r < '0' || r > '9' }), number)
}

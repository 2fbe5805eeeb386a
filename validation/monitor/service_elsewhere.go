package monitor

import (
	"fmt"
	"strings"

	"github.com/promgate/promgate/validation"
)

var serviceElsewhere = validation.Check[*Object]{
	ID: "service-elsewhere", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "The selected Services are in other namespaces",
		Text: `A ServiceMonitor selects Services in its own namespace, unless ` + "`namespaceSelector`" + ` names others. There is no
Service there that it selects, but in another namespace there is one with the selected labels and a port
that an endpoint names.

Add the namespace to ` + "`namespaceSelector`" + `, or move the ServiceMonitor. If its Service is yet to be created,
there is nothing to do. The check does not count Services that a monitor in their own namespace selects:
the same application may be installed several times.

` + "`promgate lint`" + ` says it only if the files name the namespaces of the ServiceMonitor and of all Services: kustomize, Helm and kubectl may
put the others anywhere.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, s validation.Snapshot) []validation.Finding {
		e := s.Elsewhere
		if e == nil || len(e.Namespaces) == 0 || len(o.Selectors) == 0 {
			return nil
		}
		where := "namespace " + e.Namespaces[0]
		if len(e.Namespaces) > 1 {
			where = "the namespaces " + strings.Join(e.Namespaces[:min(len(e.Namespaces), maxNamespaces)], ", ")
		}
		if len(e.Namespaces) > maxNamespaces {
			where += ", ..."
		}
		others := ""
		switch {
		case e.Services == 2:
			others = " and another"
		case e.Services > 2:
			others = fmt.Sprintf(" and %d others", e.Services-1)
		}
		fix := fmt.Sprintf("set namespaceSelector: {matchNames: [%s]} if that one is meant", e.Namespace)
		if s.Prometheus.Scraping.OwnNamespaces {
			fix = "move the ServiceMonitor there if that one is meant: this Prometheus ignores namespaceSelector"
		}
		return []validation.Finding{o.Selectors[0].Finding(fmt.Sprintf("no Service in %s is selected, only Service %s%s elsewhere", where, e.Service, others), fix, "")}
	},
}

const maxNamespaces = 3

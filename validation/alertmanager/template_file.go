package alertmanager

import (
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part/notification"
)

// templateFile denies template files that Alertmanager cannot read.
var templateFile = validation.Check[*object]{
	ID: "template-file", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "Alertmanager cannot read a template file",
		Text: `Alertmanager reads all template files when it loads its configuration. If one of them cannot be parsed, it refuses the
configuration: it keeps running with the old one, and cannot restart. promgate parses them with Alertmanager's functions
(v0.35.0); a function that an older version does not have is not reported.

A path that ends in ` + "`*`" + ` matches ` + "`..data`" + ` too, a directory that Kubernetes makes in each mounted Secret and ConfigMap.
Alertmanager tries to read it as a file, and refuses the configuration. Write ` + "`*.tmpl`" + `.

What a Secret or ConfigMap holds is known if it is read: ` + "`promgate lint`" + ` reads those among the files.`,
		Since: "v0.1.0",
	},
	Run: func(o *object, s validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		templates := o.templates(s)
		for _, f := range templates.Files {
			if problem := notification.FileProblem(f); problem != "" {
				place := validation.Place{Path: f.Field, Subject: validation.Subject{f.Path}}
				found = append(found, place.Finding("Alertmanager refuses its configuration: the template file cannot be parsed: "+problem, "", f.Path))
			}
		}
		for _, u := range templates.Unreadable {
			found = append(found, validation.Place{Path: u.Field}.Finding("Alertmanager refuses its configuration: "+u.Reason, "", u.Reason))
		}
		return found
	},
}

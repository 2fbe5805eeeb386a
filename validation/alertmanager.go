package validation

import (
	"github.com/prometheus/alertmanager/config"

	"github.com/promgate/promgate/internal/fieldpath"
)

// AlertmanagerView is what a judge knows of an Alertmanager beyond its verdict.
type AlertmanagerView struct {
	// Secret is the name of the Secret with the configuration, and Config the configuration as Alertmanager's loader reads
	// it. Config is nil if the content is not known, or if the loader refuses it. Receivers are those in it as they are
	// written: the loader adds Alertmanager's own texts.
	Secret    string
	Config    *config.Config
	Receivers []map[string]any

	// Fallback reports that the operator uses a configuration of its own, which tells nobody, although the Alertmanager
	// is meant to have one in the Secret.
	Fallback bool

	// Templates are the template files of the Alertmanager.
	Templates Templates

	// Confined is the namespace to whose alerts the operator limits the routes and inhibit rules of the object. It is
	// empty if it does not.
	Confined string
}

// Templates are the template files that an Alertmanager reads, as far as they are known.
type Templates struct {
	Files []TemplateFile

	// Complete reports that the Alertmanager reads no other files.
	Complete bool

	// Missing are paths in the configuration at which there is no file, and Unreadable those at which there is something
	// that Alertmanager cannot read.
	Missing, Unreadable []TemplatePath
}

// A TemplateFile is a file of templates: its path in the pod, its content, and the field that it comes from.
type TemplateFile struct {
	Path    string
	Content string
	Field   fieldpath.Path
}

// A TemplatePath is a path in a configuration, or a reference to a file, and what is wrong with it.
type TemplatePath struct {
	Field  fieldpath.Path
	Reason string
}

package discovery

import "github.com/promgate/promgate/validation"

// A Discovery is one entry of a list of service discoveries.
type Discovery struct {
	validation.Place

	// Kind is the first part of the name of the field: http of httpSDConfigs.
	Kind string

	// Config is a pointer to the entry: *monitoringv1alpha1.HTTPSDConfig and so on.
	Config any

	RefreshInterval validation.Text

	// Durations are those besides the refresh interval.
	Durations []validation.Text
}

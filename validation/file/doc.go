// Package file lists the checks that look at the files which objects are read from, and at what the
// API server makes of them before a webhook sees them. `promgate lint` runs them: in a webhook there
// is no file any more.
package file

// The ids of the checks.
const (
	Syntax             = "file-syntax"
	HelmTemplate       = "helm-template"
	RepeatedKey        = "repeated-key"
	BooleanKey         = "boolean-key"
	MergeOrder         = "merge-order"
	ObjectRepeated     = "object-repeated"
	UnknownField       = "unknown-field"
	Schema             = "schema"
	LabelMissing       = "label-missing"
	RuleFile           = "rule-file"
	SuppressionUnused  = "suppression-unused"
	SuppressionExpired = "suppression-expired"
	SuppressionInvalid = "suppression-invalid"
)

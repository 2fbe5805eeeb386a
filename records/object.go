// Package records knows which series the rules of a cluster record, and which metrics their
// expressions use. Its index answers across objects without going through all of them. It is pure: it
// imports no client, and asks nobody.
package records

import "github.com/promgate/promgate/selection"

// An Object is what the index holds of a PrometheusRule. It must not be changed once it is in the
// index.
type Object struct {
	selection.Ref

	// Records are its recording rules, in order.
	Records []Record

	// Uses are the names of the metrics that its expressions select by their exact name, sorted.
	Uses []string
}

// A Record is a recording rule.
type Record struct {
	Name string

	// Labels are those of the rule and of its group, in a form that is equal for equal labels.
	Labels string

	// Expr is equal for equal expressions, however they are written. It is 0 if nothing is known.
	Expr uint64

	// Presence is equal for expressions that give one series without labels of its own, or nothing, and do so
	// at the same times: whatever else they do, they read the same selectors. It is 0 if nothing is known.
	Presence uint64

	Group string // its name
}

// Collides reports whether two recording rules certainly give the same series: they have the same name and
// labels, and their expressions are the same, or both give one series without labels. Two expressions
// without labels that read different metrics do not count: one may stand in for the other, such as for an
// older version of an exporter.
func (r Record) Collides(other Record) bool {
	if r.Name != other.Name || r.Labels != other.Labels {
		return false
	}
	return r.Expr != 0 && r.Expr == other.Expr || r.Presence != 0 && r.Presence == other.Presence
}

// Recording returns the recording rules of a name.
func (o *Object) Recording(name string) []Record {
	var all []Record
	for _, r := range o.Records {
		if r.Name == name {
			all = append(all, r)
		}
	}
	return all
}

// Package dialect is the table of what the releases of Prometheus accept in expressions, templates
// and rule files, and finds what an expression or a template makes use of. promgate reads
// expressions with the parser of one release; this package tells what other releases would say.
//
// The table is generated: test/versions links the parser and the rule loader of each release, asks
// them, and fails where they and the table disagree. What all releases accept is not in the table.
// Nothing in it is known about releases before the first one; they count as that one. Releases after
// the last one count as the last one.
//
// Of promgate it imports nothing but the walk over templates.
package dialect

//go:generate go -C ../test/versions run ./generate

package format

import (
	"cmp"
	"slices"
	"strings"
)

// Sort orders the findings by file, line, column, check, path and message, and the objects by file,
// kind, namespace and name. The order does not depend on the previous one. Findings without a
// position are grouped by object.
func (r Report) Sort() {
	slices.SortFunc(r.Findings, compareFindings)
	slices.SortFunc(r.Checked, compareObjects)
}

func compareFindings(a, b Located) int {
	if c := cmp.Or(cmp.Compare(a.File, b.File), a.Start.compare(b.Start)); c != 0 {
		return c
	}
	if a.Start == (Position{}) {
		if c := compareObjects(a.object(), b.object()); c != 0 {
			return c
		}
	}
	if c := cmp.Or(
		cmp.Compare(a.Finding.Check, b.Finding.Check),
		a.Finding.Path.Compare(b.Finding.Path),
		cmp.Compare(a.Finding.Problem, b.Finding.Problem),
	); c != 0 {
		return c
	}
	// The rest only decides between findings that a reader cannot tell apart.
	return cmp.Or(
		compareObjects(a.object(), b.object()),
		cmp.Compare(a.Finding.Fix, b.Finding.Fix),
		cmp.Compare(a.Finding.Severity, b.Finding.Severity),
		a.End.compare(b.End),
		cmp.Compare(a.Template, b.Template),
		cmp.Compare(a.Finding.Key, b.Finding.Key),
		slices.Compare(a.Finding.Subject, b.Finding.Subject),
		cmp.Compare(a.SourceLine, b.SourceLine),
		compareExcerpts(a, b),
	)
}

func compareExcerpts(a, b Located) int {
	x, y := a.Finding.Excerpt, b.Finding.Excerpt
	if x == nil || y == nil {
		return compareBool(x != nil, y != nil)
	}
	return cmp.Or(strings.Compare(x.Text, y.Text), cmp.Compare(x.Start, y.Start), cmp.Compare(x.End, y.End))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func compareObjects(a, b Object) int {
	return cmp.Or(
		cmp.Compare(a.File, b.File),
		cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Namespace, b.Namespace),
		cmp.Compare(a.Name, b.Name),
	)
}

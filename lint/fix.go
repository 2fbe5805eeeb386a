package lint

import (
	"bytes"
	"fmt"

	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/source"
)

// A Fixed file is a file whose text changes.
type Fixed struct {
	File  load.File
	Fixed []byte

	// Fixes is the number of findings that the new text does not have.
	Fixes int
}

// fixes returns the files that edits change. An edit is left out if the file with it could not be
// read as it was read before, apart from what the edit is for.
func (l *linter) fixes(read []*fileContent) []Fixed {
	var fixed []Fixed
	for _, f := range read {
		var edits []source.Edit
		for _, o := range f.objects {
			for _, fix := range o.fixes() {
				if !overlaps(edits, *fix) {
					edits = append(edits, *fix)
				}
			}
		}
		if len(edits) == 0 {
			continue
		}
		text := source.Apply(f.Text, edits)
		if len(source.Parse(text).Documents) != len(f.source.Documents) || bytes.Equal(text, f.Text) {
			continue
		}
		fixed = append(fixed, Fixed{File: f.File, Fixed: text, Fixes: len(edits)})
	}
	return fixed
}

func (o *object) fixes() []*source.Edit {
	var fixes []*source.Edit
	for _, found := range o.findings {
		if found.fix != nil {
			fixes = append(fixes, found.fix)
		}
	}
	if o.annotate != nil {
		fixes = append(fixes, o.annotate)
	}
	return fixes
}

func overlaps(edits []source.Edit, e source.Edit) bool {
	for _, other := range edits {
		if e.Start < other.End && other.Start < e.End || e.Start == other.Start {
			return true
		}
	}
	return false
}

// String returns the name of the file and the number of fixes.
func (f Fixed) String() string {
	if f.Fixes == 1 {
		return f.File.Name + ": 1 fix"
	}
	return fmt.Sprintf("%s: %d fixes", f.File.Name, f.Fixes)
}

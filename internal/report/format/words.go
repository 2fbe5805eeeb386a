package format

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/promgate/promgate/internal/report"
)

// limits are those of the answer to kubectl, so that the words are the same at each door.
func limits() report.Limits { return report.ReadableLimits() }

// message returns what is wrong, in one line. It is not empty: GitHub refuses an empty one.
func (l Located) message() string {
	return cmp.Or(report.Problem(l.Finding, limits()), report.OneLine(l.Finding.Check), "unknown")
}

// hint returns how to fix it, in one line. It may be empty.
func (l Located) hint() string { return report.OneLine(l.Finding.Fix) }

// advice returns message and hint in one line, for formats that show only one text. If there is no
// position, the path and the subject come first: nothing else tells the place.
func (l Located) advice() string {
	text := l.message()
	if hint := l.hint(); hint != "" {
		text += "; " + hint
	}
	if l.Start.Line > 0 {
		return text
	}
	place := report.Path(l.Finding.Path, limits())
	if subject := report.Subject(l.Finding, limits()); subject != "" {
		place = strings.TrimPrefix(place+" ("+subject+")", " ")
	}
	if place == "" {
		return text
	}
	return place + ": " + text
}

// String returns kind, namespace and name in one line. It is empty if there is no object.
func (o Object) String() string {
	name := o.Name
	if o.Namespace != "" {
		name = o.Namespace + "/" + name
	}
	return strings.TrimSpace(report.OneLine(report.Clip(o.Kind, limits().Subject) + " " + report.Clip(name, limits().Subject)))
}

// sentence sums the report up in one line.
func (s Summary) sentence() string {
	scope := count(s.Objects, "object")
	if s.Files > 0 {
		scope += fmt.Sprintf(" (%s)", count(s.Files, "file"))
	}
	suppressed := ""
	if s.Suppressed > 0 {
		suppressed = fmt.Sprintf(", %d suppressed", s.Suppressed)
	}
	if s.Deny == 0 && s.Warn == 0 {
		return "nothing found in " + scope + suppressed
	}
	return fmt.Sprintf("%d denied, %s in %s%s", s.Deny, count(s.Warn, "warning"), scope, suppressed)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// where returns the file, or the object if it is a live one, in one line.
func (l Located) where() string {
	return cmp.Or(report.OneLine(l.File), l.object().String(), "unknown")
}

// place returns where followed by line and column, as far as they are known.
func (l Located) place() string {
	place := l.where()
	if l.Start.Line > 0 {
		place += ":" + strconv.Itoa(l.Start.Line)
	}
	if l.Start.Line > 0 && l.Start.Column > 0 {
		place += ":" + strconv.Itoa(l.Start.Column)
	}
	return place
}

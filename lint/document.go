package lint

import (
	"bytes"
	"strings"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/source"
	"github.com/promgate/promgate/validation"
)

// A document is a document of a file, or of a text in one, with what is looked for in all of it, once
// for all objects that it holds.
type document struct {
	*source.Document

	repeatedKeys   []source.DuplicateKey
	overriddenKeys []source.OverriddenKey
	oddKeys        []source.OddKey
	comments       []comment

	last *object // the last object of the document
}

// A comment is a comment that suppresses a check, or is meant to.
type comment struct {
	validation.Suppression

	// problem is what is wrong with it, as a clause, or empty.
	problem, fix string

	// scope is the innermost entry of a list that it belongs to. isStray reports that there is none,
	// and no object either.
	scope   fieldpath.Path
	isStray bool
	span    source.Span
}

// newDocument looks through a document of a text.
func (l *linter) newDocument(of *source.Document, text []byte) *document {
	d := &document{Document: of, repeatedKeys: of.DuplicateKeys(), overriddenKeys: of.OverriddenKeys(), oddKeys: of.OddKeys()}
	if !bytes.Contains(text, []byte(suppressionWord)) {
		return d
	}
	for _, c := range of.Comments() {
		if said, ok := afterSuppressionWord(c.Text); ok {
			d.comments = append(d.comments, l.newComment(of, c, said))
		}
	}
	return d
}

// afterSuppressionWord returns what a comment says after [suppressionWord], if it begins with that.
func afterSuppressionWord(text string) (said string, ok bool) {
	said, ok = strings.CutPrefix(strings.TrimSpace(strings.TrimPrefix(text, "#")), suppressionWord)
	return said, ok && (said == "" || said[0] == ' ' || said[0] == '\t')
}

func (l *linter) newComment(in *source.Document, c source.Comment, said string) comment {
	parsed, problem := validation.ParseSuppression(said, l.isCheck)
	scope, belongs := in.EntryAt(c)
	read := comment{Suppression: parsed, problem: problem, scope: scope, isStray: !belongs, span: c.Span}
	switch {
	case problem != "":
		read.fix = "write " + suppressionWord + " CHECK [until=YYYY-MM-DD] REASON"
	case !belongs:
		read.problem, read.fix = "no rule, endpoint or object follows the comment", "move it to what it is about"
	}
	return read
}

func (l *linter) isCheck(id string) bool {
	_, known := l.infos[id]
	return known
}

// isAbout reports whether the comment is about an object or a part of it. One that is about no object is left
// to the last object of its document.
func (c comment) isAbout(o *object) bool {
	if c.isStray || c.isAbove(o) {
		return o.document.last == o
	}
	return c.scope.Within(o.root)
}

// isAbove reports whether the comment is about the List that an object is in.
func (c comment) isAbove(o *object) bool { return o.root.Within(c.scope) && !o.root.Equal(c.scope) }

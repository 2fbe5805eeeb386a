package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	yamlv2 "go.yaml.in/yaml/v2"
)

// A SyntaxError says why a document cannot be read.
type SyntaxError struct {
	Position Position

	// Message is a clause without a full stop and without a position.
	Message string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Position.Line, e.Position.Column, e.Message)
}

// convert reads a document as YAMLToJSON of sigs.k8s.io/yaml does. It reports unique if no key repeats.
func convert(text []byte) (b body, unique bool, err error) {
	defer recoverTo(&err)
	var read any
	err = yamlv2.UnmarshalStrict(text, &read)
	unique = err == nil
	if _, repeats := errors.AsType[*yamlv2.TypeError](err); repeats {
		read = nil
		err = yamlv2.Unmarshal(text, &read)
	}
	if err != nil {
		return body{}, false, err
	}
	if b, err = newBody(read, text); err == nil && mayEndEarly(text, read) {
		err = readToEnd(text)
	}
	return b, unique, err
}

// mayEndEarly reports whether text may follow the document, which the converter drops. Text cannot
// follow a map or a list in block style that is not indented, unless a marker ends it that kubectl
// does not see because the line before ends in a way that only YAML knows.
func mayEndEarly(text []byte, read any) bool {
	i := max(firstContent(text), 0)
	isIndented := i > 0 && text[i-1] != '\n'
	if isIndented || !isCollection(read) || strings.IndexByte(`{["'|>&*!?`, text[i]) >= 0 {
		return true
	}
	return slices.ContainsFunc([]string{"\r", "\u0085", "\u2028", "\u2029"}, func(lineEnd string) bool {
		return bytes.Contains(text, []byte(lineEnd+"---")) || bytes.Contains(text, []byte(lineEnd+"..."))
	})
}

// readToEnd returns an error if something follows the document.
func readToEnd(text []byte) error {
	decoder := yamlv2.NewDecoder(bytes.NewReader(text))
	for documents := 0; ; documents++ {
		var ignored any
		err := decoder.Decode(&ignored)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case documents > 0:
			return errors.New("yaml: did not find expected <document start>")
		}
	}
}

// recoverTo turns a panic of the libraries into an error.
func recoverTo(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("yaml: the text cannot be read: %v", r)
	}
}

// A problem is a message of the library, with what is known about it.
type problem struct {
	// plain says the same to people who do not know how the library reads.
	plain string

	// isParser means that the line in the message is one less than that of the problem.
	isParser bool

	// begins means that the place where the problem begins says more than the one where it shows.
	begins bool

	// isQuote means that it begins with a quote.
	isQuote bool

	// isEscape means that the problem is an escape, which begins with the backslash before.
	isEscape bool
}

// problems has the messages of the scanner and the parser of go.yaml.in/yaml that people meet.
var problems = map[string]problem{
	"did not find expected key":                                    {plain: "expected a key here: check the indentation, and that quotes and brackets are closed", isParser: true},
	"did not find expected '-' indicator":                          {plain: `expected "-" here: check the indentation of the list`, isParser: true},
	"did not find expected node content":                           {plain: "expected a value here: quote it if it begins with a special character", isParser: true},
	"did not find expected ',' or ']'":                             {plain: `expected "," or "]" here`, isParser: true},
	"did not find expected ',' or '}'":                             {plain: `expected "," or "}" here`, isParser: true},
	"did not find expected <document start>":                       {plain: `the document ends before this text: check the indentation, or begin a new document with "---"`, isParser: true},
	"found undefined tag handle":                                   {plain: `the prefix of the tag is unknown: quote the value if it should begin with "!"`, isParser: true},
	"found duplicate %YAML directive":                              {plain: "the directive is repeated: remove it", isParser: true},
	"found incompatible YAML document":                             {plain: "the version of YAML is not supported: remove the directive", isParser: true},
	"found duplicate %TAG directive":                               {plain: "the directive is repeated: remove it", isParser: true},
	"mapping values are not allowed in this context":               {plain: `": " is not allowed here: quote the value, or check the indentation`},
	"mapping keys are not allowed in this context":                 {plain: `"? " is not allowed here: check the indentation`},
	"block sequence entries are not allowed in this context":       {plain: `"- " is not allowed here: begin the list on the next line`},
	"could not find expected ':'":                                  {plain: `expected "key: value" on this line: check the indentation, and that quotes are closed`, begins: true},
	"found unexpected end of stream":                               {plain: "the quote is not closed", begins: true, isQuote: true},
	"found unexpected document indicator":                          {plain: "the quote is not closed", begins: true, isQuote: true},
	"found character that cannot start any token":                  {plain: "a value cannot begin with this character: quote it; if it is a tab, indent with spaces"},
	"found a tab character where an indentation space is expected": {plain: "the line is indented with a tab: indent with spaces"},
	"found a tab character that violates indentation":              {plain: "the line is indented with a tab: indent with spaces"},
	"found unknown escape character":                               {plain: `the escape is unknown: write \\ for a backslash, or use single quotes`, isEscape: true},
	"did not find expected hexdecimal number":                      {plain: "the escape has too few hexadecimal digits", isEscape: true},
	"found invalid Unicode character escape code":                  {plain: "the escape is not a character", isEscape: true},
	"did not find expected comment or line break":                  {plain: `only a comment may follow "|" or ">" on its line: begin the text on the next line`},
	"did not find expected alphabetic or numeric character":        {plain: `expected a name after "*" or "&": quote the value if it should begin with that character`},
	"did not find expected whitespace or line break":               {plain: `expected a space after the tag: quote the value if it should begin with "!"`},
}

// syntaxError describes an error of the converter, with the place that it is about.
func (f *File) syntaxError(s segment, err error) *SyntaxError {
	l := locator{text: f.lines.text[s.start:s.end], lines: f.lines, segment: s}
	text, hasYAML := strings.CutPrefix(err.Error(), "yaml: ")
	line, message := cutLine(text)
	known, isKnown := problems[message]
	if known.isParser && line > 0 {
		line++
	}
	anchor, isUnknownAnchor := unknownAnchor(message)
	content := firstContent(l.text)
	var offset int
	switch {
	case strings.HasPrefix(message, "control characters are not allowed"):
		offset = l.controlCharacter()
		known.plain = "YAML does not allow this control character"
	case l.text[content] == '%':
		offset = content
		known.plain = `kubectl does not support YAML directives: remove the line`
	case known.begins:
		offset = l.beginning(message, known.isQuote)
	case isKnown || line > 0:
		offset = l.firstSeen(text, max(line, 1))
	case hasYAML && isUnknownAnchor:
		offset = l.unknownAlias(text, anchor)
	default:
		offset = l.unconvertible()
	}
	if known.isParser {
		offset = l.startOfToken(offset)
	}
	if known.isEscape {
		offset = max(bytes.LastIndexByte(l.text[:min(offset+1, len(l.text))], '\\'), 0)
	}
	if known.plain == "" {
		known.plain = plainMessage(message)
	}
	return &SyntaxError{Position: f.lines.position(s.start + offset), Message: known.plain}
}

// YAMLError returns why readers of YAML cannot read a document that kubectl reads as JSON, or nil: YAML has
// fewer escapes.
func (d *Document) YAMLError() *SyntaxError {
	if !d.isJSON {
		return nil
	}
	_, _, err := convert(d.Text())
	if err == nil {
		return nil
	}
	return (&File{lines: d.lines}).syntaxError(d.segment, err)
}

// cutLine separates the line from a message. It is 0 if the message has none.
func cutLine(text string) (line int, message string) {
	rest, ok := strings.CutPrefix(text, "line ")
	number, message, found := strings.Cut(rest, ": ")
	line, err := strconv.Atoi(number)
	if !ok || !found || err != nil {
		return 0, text
	}
	return line, message
}

// unknownAnchor returns the name of an anchor that is not there, if the message is about one.
func unknownAnchor(message string) (name string, ok bool) {
	name, ok = strings.CutPrefix(message, "unknown anchor '")
	return strings.TrimSuffix(name, "' referenced"), ok
}

// plainMessage translates messages that contain a part of the document.
func plainMessage(message string) string {
	name, isUnknownAnchor := unknownAnchor(message)
	switch {
	case isUnknownAnchor:
		return fmt.Sprintf(`no anchor &%s precedes the alias *%s: quote the value if it should begin with "*"`, name, name)
	case strings.HasPrefix(message, "invalid map key"):
		return "the key is a map or a list, not a string: quote it; if it is a template, render it"
	case strings.HasPrefix(message, "unsupported map key"):
		return "the key is not a string: quote it"
	case strings.HasPrefix(message, "map merge requires"):
		return `the value of the merge key "<<" is not a map`
	case strings.HasPrefix(message, "json: unsupported value"):
		return "JSON has no such number: quote it if it should be a string"
	case strings.HasSuffix(message, "value contains itself"):
		return "the alias refers to a value that contains it"
	case strings.HasPrefix(message, "!!binary"):
		return "the value of the tag !!binary is not base64"
	case message == "document contains excessive aliasing":
		return "the aliases expand to too many values: write the values out"
	}
	return message
}

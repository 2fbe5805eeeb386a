package source

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	yamlv2 "go.yaml.in/yaml/v2"
	"sigs.k8s.io/yaml"
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

// convert makes JSON of a document. It reports unique if no key repeats.
func convert(text []byte) (data []byte, unique bool, err error) {
	defer recoverTo(&err)
	data, err = yaml.YAMLToJSONStrict(text)
	var repeats *yamlv2.TypeError
	if errors.As(err, &repeats) {
		data, err = yaml.YAMLToJSON(text)
		return data, false, err
	}
	return data, err == nil, err
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

	// isEscape means that the problem is an escape, which begins with the backslash before.
	isEscape bool
}

// problems has the messages of the scanner and the parser of go.yaml.in/yaml that people meet.
var problems = map[string]problem{
	"did not find expected key":                                    {plain: "a key is expected here: check the indentation, and that quotes and brackets are closed", isParser: true},
	"did not find expected '-' indicator":                          {plain: `"-" is expected here: check the indentation of the list`, isParser: true},
	"did not find expected node content":                           {plain: "a value is expected here: quote it if it begins with a special character", isParser: true},
	"did not find expected ',' or ']'":                             {plain: `"," or "]" is expected here`, isParser: true},
	"did not find expected ',' or '}'":                             {plain: `"," or "}" is expected here`, isParser: true},
	"did not find expected <document start>":                       {plain: `the document has ended before this text: check the indentation, or begin a new document with "---"`, isParser: true},
	"found undefined tag handle":                                   {plain: `the tag has an unknown prefix: quote the value if it is meant to begin with "!"`, isParser: true},
	"found duplicate %YAML directive":                              {plain: "the directive is repeated", isParser: true},
	"found incompatible YAML document":                             {plain: "the version of YAML is not supported: remove the directive", isParser: true},
	"found duplicate %TAG directive":                               {plain: "the directive is repeated", isParser: true},
	"mapping values are not allowed in this context":               {plain: `": " is not allowed here: quote the value, or check the indentation`},
	"mapping keys are not allowed in this context":                 {plain: `"? " is not allowed here: check the indentation`},
	"block sequence entries are not allowed in this context":       {plain: `"- " is not allowed here: begin the list on the next line`},
	"could not find expected ':'":                                  {plain: `the line has no ": " behind a key: check the indentation, and that quotes are closed`, begins: true},
	"found unexpected end of stream":                               {plain: "the quote is not closed", begins: true},
	"found unexpected document indicator":                          {plain: "the quote is not closed", begins: true},
	"found character that cannot start any token":                  {plain: "a value cannot begin with this character: quote it; if it is a tab, indent with spaces"},
	"found a tab character where an indentation space is expected": {plain: "the line is indented with a tab: indent with spaces"},
	"found a tab character that violates indentation":              {plain: "the line is indented with a tab: indent with spaces"},
	"found unknown escape character":                               {plain: `the escape is unknown: write \\ for a backslash, or use single quotes`, isEscape: true},
	"did not find expected hexdecimal number":                      {plain: "the escape needs more hexadecimal digits", isEscape: true},
	"found invalid Unicode character escape code":                  {plain: "the escape is not a character", isEscape: true},
	"did not find expected comment or line break":                  {plain: `nothing but a comment may follow "|" or ">" on its line: begin the text on the next line`},
	"did not find expected alphabetic or numeric character":        {plain: `a name is expected behind "*" or "&": quote the value if it is meant to begin with that character`},
	"did not find expected whitespace or line break":               {plain: "white space is expected behind the tag: quote the value if it is meant to begin with \"!\""},
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
		offset = l.beginning(message)
	case isKnown || line > 0:
		offset = l.firstSeen(text, max(line, 1))
	case hasYAML && strings.HasPrefix(message, "unknown anchor"):
		offset = bytes.LastIndexByte(l.text[:l.firstSeen(text, 0)+1], '*')
	default:
		offset = l.unconvertible()
	}
	if known.isEscape {
		offset = max(bytes.LastIndexByte(l.text[:offset+1], '\\'), 0)
	}
	if known.plain == "" {
		known.plain = plainMessage(message)
	}
	return &SyntaxError{Position: f.lines.position(s.start + offset), Message: known.plain}
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

// plainMessage translates messages that contain a part of the document.
func plainMessage(message string) string {
	name, isAnchor := strings.CutPrefix(message, "unknown anchor '")
	switch {
	case isAnchor:
		name, _, _ = strings.Cut(name, "'")
		return fmt.Sprintf(`the alias *%s has no anchor &%s before it: quote the value if it is meant to begin with "*"`, name, name)
	case strings.HasPrefix(message, "invalid map key"):
		return "a key is a map or a list: quote it if it is meant to be a text; quote a template in braces as well"
	case strings.HasPrefix(message, "unsupported map key"):
		return "the key is no text: quote it"
	case strings.HasPrefix(message, "map merge requires"):
		return `"<<" merges maps, and its value is none`
	case strings.HasPrefix(message, "json: unsupported value"):
		return "JSON has no such number: quote it if it is meant to be a text"
	case strings.HasSuffix(message, "value contains itself"):
		return "the anchor contains an alias of itself"
	case message == "document contains excessive aliasing":
		return "the aliases multiply too much: write the values out"
	}
	return message
}

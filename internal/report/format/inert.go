package format

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/promgate/promgate/internal/report"
)

// CI systems read commands out of a job's log, whoever wrote the line. The functions below keep a
// user's text from being one:
//
//   - GitHub's runner (2.336) runs "::NAME ...::" at the start of a line, after any white space, and
//     "##[NAME ...]" anywhere in it (ActionCommand.TryParseV2 and TryParse);
//   - the agent of Azure Pipelines runs "##vso[...]" anywhere in a line (Command.TryParse);
//   - TeamCity runs "##teamcity[...]".

var commandMark = regexp.MustCompile(`##([A-Za-z]*\[)`)

// inert returns a text in one line that no CI system takes for a command, and no terminal for
// control characters. The result has as many characters as the text, unless that starts with "::".
func inert(text string) string {
	text = inertMarks(report.OneLine(text))
	trimmed := strings.TrimLeftFunc(text, unicode.IsSpace)
	if strings.HasPrefix(trimmed, "::") {
		return text[:len(text)-len(trimmed)] + ": " + trimmed[1:]
	}
	return text
}

// inertMarks replaces the second # of a mark by a character that looks like it.
func inertMarks(line string) string {
	return commandMark.ReplaceAllString(line, "#♯$1")
}

// encodeJSON writes a value as indented JSON. Characters that JSON allows and a terminal does not
// are escaped, and so are marks of commands: a parser reads the same text.
func encodeJSON(b *bytes.Buffer, value any) error {
	var encoded bytes.Buffer
	e := json.NewEncoder(&encoded)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(value); err != nil {
		return fmt.Errorf("encoding JSON: %w", err)
	}
	// Outside of strings JSON has neither such characters nor a #.
	for _, r := range strings.ReplaceAll(encoded.String(), "##", `#\u0023`) {
		if r != '\n' && report.IsControl(r) {
			fmt.Fprintf(b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return nil
}

// encodeXML writes a value as indented XML. XML 1.0 cannot express most control characters, not
// even escaped: the texts of the value must be free of them, except for line ends outside of
// attributes. Marks of commands are escaped.
func encodeXML(b *bytes.Buffer, value any) error {
	encoded, err := xml.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding XML: %w", err)
	}
	// The encoder escapes line ends, which makes a text of several lines hard to read. A user's
	// "&#xA;" cannot be meant: its & is escaped.
	readable := strings.NewReplacer("##", "#&#35;", "&#xA;", "\n").Replace(string(encoded))
	b.WriteString(xml.Header + readable + "\n")
	return nil
}

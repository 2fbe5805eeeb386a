package format

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"unicode"
)

// What follows reads the formats as their consumers do.

func readJSON(t *testing.T, text string, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if d.More() {
		t.Fatalf("more than one JSON value in\n%s", text)
	}
}

func readXML(t *testing.T, text string, into any) {
	t.Helper()
	if err := xml.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
}

// A workflowCommand is what GitHub's runner takes out of a line.
type workflowCommand struct {
	Name       string
	Properties map[string]string
	Data       string
}

// readCommand reads a line as GitHub's runner 2.336 does: the form ::NAME PROPERTIES::DATA first
// (ActionCommand.TryParseV2), then ##[NAME PROPERTIES]DATA (TryParse).
func readCommand(line string) (workflowCommand, bool) {
	if c, ok := readColonCommand(line); ok {
		return c, true
	}
	_, rest, found := strings.Cut(line, "##[")
	if !found {
		return workflowCommand{}, false
	}
	info, data, found := strings.Cut(rest, "]")
	if !found {
		return workflowCommand{}, false
	}
	name, _, _ := strings.Cut(info, " ")
	return workflowCommand{Name: name, Data: data}, isCommand(name)
}

func readColonCommand(line string) (workflowCommand, bool) {
	rest, found := strings.CutPrefix(strings.TrimLeftFunc(line, unicode.IsSpace), "::")
	if !found {
		return workflowCommand{}, false
	}
	info, data, found := strings.Cut(rest, "::")
	if !found {
		return workflowCommand{}, false
	}
	name, properties, _ := strings.Cut(info, " ")
	c := workflowCommand{Name: name, Properties: map[string]string{}, Data: unescapeData(data)}
	for property := range strings.SplitSeq(strings.TrimSpace(properties), ",") {
		name, value, _ := strings.Cut(property, "=")
		// Split with a count of 2 and RemoveEmptyEntries.
		value = strings.TrimLeft(value, "=")
		if name != "" && value != "" {
			c.Properties[name] = unescapeProperty(value)
		}
	}
	return c, isCommand(name)
}

func isCommand(name string) bool {
	switch strings.ToLower(name) {
	case "error", "warning", "notice", "debug", "group", "endgroup", "echo", "add-mask", "add-path", "set-env", "set-output", "save-state", "add-matcher", "remove-matcher", "stop-commands":
		return true
	}
	return false
}

func unescapeData(s string) string {
	for _, r := range [][2]string{{"%0D", "\r"}, {"%0A", "\n"}, {"%25", "%"}} {
		s = strings.ReplaceAll(s, r[0], r[1])
	}
	return s
}

func unescapeProperty(s string) string {
	for _, r := range [][2]string{{"%0D", "\r"}, {"%0A", "\n"}, {"%3A", ":"}, {"%2C", ","}, {"%25", "%"}} {
		s = strings.ReplaceAll(s, r[0], r[1])
	}
	return s
}

// readCommands returns the commands of a log.
func readCommands(log string) []workflowCommand {
	var all []workflowCommand
	for line := range strings.Lines(log) {
		if c, ok := readCommand(line[:len(line)-1]); ok {
			all = append(all, c)
		}
	}
	return all
}

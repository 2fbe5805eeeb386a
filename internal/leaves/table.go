package main

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"strings"

	"sigs.k8s.io/yaml"
)

//go:embed tables
var tableFiles embed.FS

// A table assigns owners to the leaves of one kind, and lists the fields that an object needs
// besides a leaf.
type table struct {
	// owners are the claims by the path of the leaf.
	owners map[string][]claim
	// with holds the fields that an object has besides those that a path leads through. beside
	// holds fields that have to be set next to a leaf. Both are keyed by the path of the object.
	with, beside map[string]map[string]any
	// from is the line of the file that a path was read from. One line may give several paths.
	from map[string]string
	// verdict is the check that gives the judge's verdict on the kind.
	verdict string
}

// A claim assigns an owner to a leaf.
type claim struct {
	owner  string // checked, guarded, crd, free
	check  string // the id of the check
	value  any    // a refused value
	beside map[string]any
	at     string // where the check reports the mistake, if neither at the leaf nor beside it
}

// The owners.
const (
	checked = "checked" // a check; the table gives a value that the check names
	guarded = "guarded" // a check, too; the value that it names is in no table (docs/adr/0011-harmless-inputs.md)
	crd     = "crd"     // the API server admits no harmful value; the table gives a value that it rejects
	free    = "free"    // no value does harm
)

// line is a line of a table. The text after the path is split at the bars.
type line struct {
	where string
	path  string
	parts []string
}

// tableOf reads the table of a kind and the shapes that it uses: those of all tables, and its own at its end.
func tableOf(k kind) (*table, error) {
	shapes, err := linesOf("shapes")
	if err != nil {
		return nil, err
	}
	lines, err := linesOf(k.table)
	if err != nil {
		return nil, err
	}
	all, own := shapesOf(shapes), shapesOf(lines)
	maps.Copy(all, own)
	t := &table{verdict: k.verdict, owners: map[string][]claim{}, with: map[string]map[string]any{}, beside: map[string]map[string]any{}, from: map[string]string{}}
	return t, t.add("", own[""], all)
}

// linesOf reads a file without its comments, which begin with #, and its empty lines.
func linesOf(name string) ([]line, error) {
	file := "tables/" + name + ".txt"
	content, err := fs.ReadFile(tableFiles, file)
	if err != nil {
		return nil, fmt.Errorf("reading a table: %w", err)
	}
	var lines []line
	n := 0
	for text := range strings.Lines(string(content)) {
		n++
		if text = strings.TrimSpace(text); text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		parts := strings.Split(text, " | ")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		for _, path := range expandBraces(parts[0]) {
			lines = append(lines, line{fmt.Sprintf("%s:%d", file, n), path, parts[1:]})
		}
	}
	return lines, nil
}

// expandBraces expands {a,b} as a shell does. {} and {key}, which denote maps, have no comma.
func expandBraces(path string) []string {
	comma := strings.Index(path, ",")
	if comma < 0 {
		return []string{path}
	}
	open, end := strings.LastIndex(path[:comma], "{"), comma+strings.Index(path[comma:], "}")
	var all []string
	for one := range strings.SplitSeq(path[open+1:end], ",") {
		all = append(all, expandBraces(path[:open]+one+path[end+1:])...)
	}
	return all
}

// shapesOf splits the file of shapes. Each shape begins with a line "shape NAME".
func shapesOf(lines []line) map[string][]line {
	shapes := map[string][]line{}
	name := ""
	for _, l := range lines {
		if next, ok := strings.CutPrefix(l.path, "shape "); ok {
			name = next
			continue
		}
		shapes[name] = append(shapes[name], l)
	}
	return shapes
}

// add adds lines whose paths begin below a prefix.
func (t *table) add(prefix string, lines []line, shapes map[string][]line) error {
	for _, l := range lines {
		path := joinPath(prefix, l.path)
		if len(l.parts) == 0 {
			return fmt.Errorf("%s: %s has no owner", l.where, path)
		}
		for _, part := range l.parts {
			if err := t.enter(path, part, shapes); err != nil {
				return fmt.Errorf("%s: %s: %w", l.where, path, err)
			}
		}
		t.from[path] = l.where + " " + l.path
	}
	return nil
}

// joinPath appends a path to a prefix. A dot is the prefix itself.
func joinPath(prefix, path string) string {
	switch {
	case path == ".":
		return prefix
	case prefix == "":
		return path
	case strings.HasPrefix(path, "["):
		return prefix + path
	}
	return prefix + "." + path
}

func (t *table) enter(path, part string, shapes map[string][]line) error {
	word, rest, _ := strings.Cut(part, " ")
	switch word {
	case "shape":
		lines, ok := shapes[rest]
		if !ok {
			return fmt.Errorf("there is no shape %q", rest)
		}
		return t.add(path, lines, shapes)
	case "with":
		return read(rest, func(fields map[string]any) { t.with[path] = fields })
	case "beside":
		return read(rest, func(fields map[string]any) { t.beside[path] = fields })
	}
	if word == "judged" {
		word, rest = checked, t.verdict+" "+rest
	}
	c, err := claimOf(word, rest)
	if err != nil {
		return err
	}
	t.owners[path] = append(t.owners[path], c)
	return nil
}

// claimOf parses "free", "guarded ID", "crd VALUE" or "checked ID VALUE". The latter two may end in
// "beside FIELDS" or "at FIELD".
func claimOf(owner, rest string) (claim, error) {
	c := claim{owner: owner}
	switch owner {
	case free:
		return c, nil
	case guarded:
		c.check = rest
		return c, nil
	case crd:
	case checked:
		c.check, rest, _ = strings.Cut(rest, " ")
	default:
		return c, fmt.Errorf("%q is no owner", owner)
	}
	rest, c.at, _ = strings.Cut(rest, " at ")
	value, beside, more := strings.Cut(rest, " beside ")
	if err := read(value, func(v any) { c.value = v }); err != nil {
		return c, err
	}
	if !more {
		return c, nil
	}
	return c, read(beside, func(fields map[string]any) { c.beside = fields })
}

// read parses YAML.
func read[T any](content string, use func(T)) error {
	var v T
	if err := yaml.Unmarshal([]byte(content), &v); err != nil {
		return fmt.Errorf("reading %s: %w", content, err)
	}
	use(v)
	return nil
}

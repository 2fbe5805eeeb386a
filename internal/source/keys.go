package source

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/internal/fieldpath"
)

// A DuplicateKey is a key that a map has more than once. The last one counts.
type DuplicateKey struct {
	// Map is the path of the map.
	Map fieldpath.Path

	// Name is the key as JSON has it.
	Name string

	// First is where the key is first, Again where it is repeated.
	First, Again Span
}

// An OddKey is a key that YAML 1.1 reads as something else than a string, so that JSON has another
// key than the one that is written: "true" for on, "8" for 010.
type OddKey struct {
	// Map is the path of the map.
	Map fieldpath.Path

	// Written is the key as it is written, JSON the key as JSON has it.
	Written, JSON string

	Span Span
}

// DuplicateKeys returns the keys that repeat an earlier one in their map, in the order of the
// text. Merge keys do not count, and neither does a key that overrides one that is merged. A map
// that has aliases is looked at once, where it is written.
func (d *Document) DuplicateKeys() []DuplicateKey {
	if d.isSimple || d.hasUniqueKeys && !mayHaveOddKeys(d.lines.text[d.start:d.end]) {
		return nil
	}
	var duplicates []DuplicateKey
	d.eachMap(func(at fieldpath.Path, n *node) {
		seen := make(map[string]*node, len(n.children)/2)
		for i := 0; i < len(n.children); i += 2 {
			key := n.children[i]
			if key.isMerge {
				continue
			}
			first, isDuplicate := seen[key.name]
			if !isDuplicate {
				seen[key.name] = key
				continue
			}
			duplicates = append(duplicates, DuplicateKey{
				Map: at, Name: key.name, First: d.lines.span(first.start, first.end), Again: d.lines.span(key.start, key.end),
			})
		}
	})
	return duplicates
}

// OddKeys returns the keys that JSON has under another name, in the order of the text.
func (d *Document) OddKeys() []OddKey {
	if d.isJSON || d.isSimple || !mayHaveOddKeys(d.lines.text[d.start:d.end]) {
		return nil
	}
	var odd []OddKey
	d.eachMap(func(at fieldpath.Path, n *node) {
		for i := 0; i < len(n.children); i += 2 {
			key := n.children[i]
			written := key.followed().value
			if written != key.name {
				odd = append(odd, OddKey{Map: at, Written: written, JSON: key.name, Span: d.lines.span(key.start, key.end)})
			}
		}
	})
	return odd
}

// An OverriddenKey is a key whose value a merge key behind it replaces: the converter lets the later one
// win, where the specification of merge keys lets the key of the map win.
type OverriddenKey struct {
	// Map is the path of the map, and Name the key as JSON has it.
	Map  fieldpath.Path
	Name string

	Key, Merge Span
}

// OverriddenKeys returns the keys that a merge key overrides with another value, in the order of the text.
func (d *Document) OverriddenKeys() []OverriddenKey {
	if d.isJSON || d.isSimple || !bytes.Contains(d.lines.text[d.start:d.end], []byte("<<")) {
		return nil
	}
	var overridden []OverriddenKey
	d.eachMap(func(at fieldpath.Path, n *node) {
		for i := 0; i < len(n.children); i += 2 {
			key := n.children[i]
			merge := n.mergeOver(i)
			if merge == nil {
				continue
			}
			overridden = append(overridden, OverriddenKey{
				Map: at, Name: key.name, Key: d.lines.span(key.start, key.end), Merge: d.lines.span(merge.start, merge.end),
			})
		}
	})
	return overridden
}

// mergeOver returns the merge key that overrides the key of a mapping at that position, or nil.
func (n *node) mergeOver(position int) *node {
	key := n.children[position]
	if last, _ := n.lookUp(key.name); key.isMerge || last != position {
		return nil
	}
	counts, ok := n.entry(key.name, nil, nil)
	if !ok || counts.key == key || counts.value.saysTheSame(n.children[position+1]) {
		return nil
	}
	for i := len(n.children) - 2; i > position; i -= 2 {
		if !n.children[i].isMerge {
			continue
		}
		if _, merges := n.children[i+1].merged(key.name, nil, map[*node]bool{n: true}); merges {
			return n.children[i]
		}
	}
	return nil
}

// saysTheSame reports whether two nodes are the same, or scalars that are read in the same way.
func (n *node) saysTheSame(other *node) bool {
	n, other = n.followed(), other.followed()
	isText := n.kind == scalar && other.kind == scalar && (n.style == plain) == (other.style == plain)
	return n == other || isText && n.value == other.value
}

// eachMap calls a function for each map, those above first.
func (d *Document) eachMap(visit func(fieldpath.Path, *node)) {
	var walk func(fieldpath.Path, *node)
	walk = func(at fieldpath.Path, n *node) {
		switch n.kind {
		case mapping:
			visit(at, n)
			for i := 0; i < len(n.children); i += 2 {
				if key := n.children[i]; key.isMerge {
					walk(at, n.children[i+1])
				} else if n.children[i+1].kind != scalar {
					walk(at.Field(key.name), n.children[i+1])
				}
			}
		case sequence:
			for i, entry := range n.children {
				if entry.kind != scalar {
					walk(at.Index(i), entry)
				}
			}
		}
	}
	walk(fieldpath.Path{}, d.root())
}

// mayHaveOddKeys reports whether a text may have keys that are not strings. It only looks at what
// is in front of colons, and errs on the side of true.
func mayHaveOddKeys(text []byte) bool {
	for _, rare := range []string{"? ", "?\t", "?\n", "?\r", "!!", "!<", "! "} {
		if bytes.Contains(text, []byte(rare)) {
			return true
		}
	}
	for i := 0; ; i++ {
		n := bytes.IndexByte(text[i:], ':')
		if n < 0 {
			return false
		}
		i += n
		end := len(bytes.TrimRight(text[:i], " \t"))
		start := end
		for start > 0 && isWordByte(text[start-1]) {
			start--
		}
		isAlias := start > 0 && text[start-1] == '*'
		isKey := i+1 == len(text) || text[i+1] <= ' ' || text[i+1] >= utf8.RuneSelf
		if isAlias || isKey && mayBeOdd(string(text[start:end])) {
			return true
		}
	}
}

func isWordByte(b byte) bool { return isAlphanumeric(b) || strings.IndexByte("_.+-~", b) >= 0 }

func isAlphanumeric(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}

// mayBeOdd reports whether a plain scalar may be read as something else than a string.
func mayBeOdd(word string) bool {
	if word == "" || len(word) > len("false") {
		return word != "" && strings.IndexByte("0123456789+-.", word[0]) >= 0
	}
	switch strings.ToLower(word) {
	case "y", "yes", "n", "no", "on", "off", "true", "false", "null", "~":
		return true
	}
	return strings.IndexByte("0123456789+-.", word[0]) >= 0
}

// nameOfKey returns what a key becomes in JSON.
func nameOfKey(n *node, from *yamlv3.Node) string {
	if n.kind == alias {
		n, from = n.target, from.Alias
	}
	isTagged := from.Style&yamlv3.TaggedStyle != 0
	isPlain := n.isUnspecific || n.style == plain && !isTagged
	if n.kind != scalar || !isTagged && !isPlain || isPlain && (!mayBeOdd(n.value) || strings.ContainsAny(n.value, " \t\n")) {
		return n.value
	}
	written := n.value
	if isTagged {
		written = rewrite(n.value, from)
	}
	name, ok := convertKey(written)
	if !ok {
		return n.value
	}
	return name
}

// rewrite writes the value of a scalar on one line, in a style that is read in the same way.
func rewrite(value string, from *yamlv3.Node) string {
	quoted, err := json.Marshal(value)
	if err != nil {
		return value // Strings are always marshaled.
	}
	switch {
	case from.Style == 0:
		return value
	case from.Style&yamlv3.TaggedStyle == 0:
		return string(quoted)
	case strings.HasPrefix(from.Tag, "!!"):
		return from.Tag + " " + string(quoted)
	default:
		return "!<" + from.Tag + "> " + string(quoted)
	}
}

// convertKey lets the converter say what it makes of a key.
func convertKey(key string) (name string, ok bool) {
	data, err := yaml.YAMLToJSON([]byte("? " + key + "\n: 0\n"))
	var keys map[string]any
	if err != nil || json.Unmarshal(data, &keys) != nil || len(keys) != 1 {
		return "", false
	}
	for name := range keys {
		return name, true
	}
	return "", false
}

package resultlabels

import (
	"regexp"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// maxPattern is the length up to which a regular expression of label_replace is compiled.
const maxPattern = 1000

// ofReplace returns the labels after label_replace(v, dst, replacement, src, regex).
func ofReplace(n *parser.Call, of Set) Set {
	dst, okDst := text(n.Args, 1)
	replacement, okReplacement := text(n.Args, 2)
	src, okSrc := text(n.Args, 3)
	pattern, okPattern := text(n.Args, 4)
	if !okDst || !okReplacement || !okSrc || !okPattern {
		return unknown()
	}
	old, from := of.Label(dst), of.Label(src)
	if from.Known && len(pattern) <= maxPattern {
		// As in evalLabelReplace.
		if re, err := regexp.Compile("^(?s:" + pattern + ")$"); err == nil {
			return of.with(replaced(n, re, replacement, from, old), dst)
		}
		return unknown()
	}
	value := written(n, pattern, replacement, from)
	if !matchesAll(pattern, from) {
		value = value.either(old)
	}
	value.By = n
	return of.with(value, dst)
}

// replaced is the value of the label that is written, where all values of the source are known.
func replaced(n *parser.Call, re *regexp.Regexp, replacement string, from, old Value) Value {
	var values []string
	allMatch := true
	for _, value := range from.all() {
		at := re.FindStringSubmatchIndex(value)
		if at == nil {
			allMatch = false
			continue
		}
		values = append(values, string(re.ExpandString(nil, replacement, value, at)))
	}
	switch {
	case len(values) == 0:
		return old
	case allMatch:
		return oneOf(values, n)
	}
	value := oneOf(values, n).either(old)
	value.By = n
	return value
}

// written is what the replacement becomes where the expression matches.
func written(n *parser.Call, pattern, replacement string, from Value) Value {
	switch {
	case !strings.Contains(replacement, "$"):
		return oneOf([]string{replacement}, n)
	case isWhole(pattern, replacement):
		if pattern == "(.+)" {
			from.MayLack = false
		}
		return from
	case !strings.HasPrefix(replacement, "$"):
		return given(n)
	}
	return anything()
}

// isWhole reports whether the replacement is all of the source.
func isWhole(pattern, replacement string) bool {
	return (pattern == "(.*)" || pattern == "(.+)") && (replacement == "$1" || replacement == "${1}")
}

// matchesAll reports whether the expression matches each value of the source.
func matchesAll(pattern string, from Value) bool {
	switch pattern {
	case ".*", "(.*)":
		return true
	case ".+", "(.+)":
		return from.Guaranteed()
	}
	return false
}

// ofJoin returns the labels after label_join(v, dst, separator, src...).
func ofJoin(n *parser.Call, of Set) Set {
	dst, okDst := text(n.Args, 1)
	separator, okSeparator := text(n.Args, 2)
	if !okDst || !okSeparator {
		return unknown()
	}
	sources := make([]Value, len(n.Args)-3)
	for i := range sources {
		name, ok := text(n.Args, i+3)
		if !ok {
			return unknown()
		}
		sources[i] = of.Label(name)
	}
	return of.with(joined(n, separator, sources), dst)
}

func joined(n *parser.Call, separator string, sources []Value) Value {
	texts := []string{""}
	for i, s := range sources {
		if !s.Known || len(texts)*len(s.all()) > maxValues {
			return Value{MayLack: mayJoinToNothing(separator, sources), By: n}
		}
		var longer []string
		for _, text := range texts {
			for _, value := range s.all() {
				if i > 0 {
					value = separator + value
				}
				longer = append(longer, text+value)
			}
		}
		texts = longer
	}
	return oneOf(texts, n)
}

func mayJoinToNothing(separator string, sources []Value) bool {
	if separator != "" && len(sources) > 1 {
		return false
	}
	for _, s := range sources {
		if s.Guaranteed() {
			return false
		}
	}
	return true
}

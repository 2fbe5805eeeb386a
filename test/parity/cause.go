package parity

import (
	"regexp"
	"strings"
)

var (
	inBrackets = regexp.MustCompile(`\[[^\]]*\]`)
	jobKind    = regexp.MustCompile(`^scrape_configs\[(\w+)[^\]]*\]`)
	particular = regexp.MustCompile(`"[^"]*"|<[^>]*>|[0-9]+`)
)

// Cause returns what differences have in common that probably have one reason: the place without
// names and indexes, and the message of the side that refuses.
func (d Difference) Cause() string {
	switch d.Section {
	case "config", "order":
		return d.Section + " " + inBrackets.ReplaceAllString(jobKind.ReplaceAllString(d.Path, "$1"), "[]") + side(d)
	case "rejected":
		kind, _, _ := strings.Cut(d.Path, "/")
		return d.Section + " " + kind + side(d) + ": " + wording(d)
	case "error", "bytes":
		return d.Section + side(d) + ": " + wording(d)
	}
	return d.Section + side(d)
}

// side returns which side has a value, if only one has.
func side(d Difference) string {
	switch {
	case d.Operator == any(absent) || d.Operator == "":
		return " only promgate"
	case d.Promgate == any(absent) || d.Promgate == "":
		return " only the operator"
	}
	return ""
}

// wording returns the message of the side that has one, without names and numbers.
func wording(d Difference) string {
	text, _ := d.Operator.(string)
	if text == "" {
		text, _ = d.Promgate.(string)
	}
	text = particular.ReplaceAllString(text, "...")
	if len(text) > 160 {
		text = text[:160]
	}
	return text
}

package validation

import (
	"strconv"
	"strings"
)

// maxQuoted is how many values of a list a message shows.
const maxQuoted = 3

// Quoted lists the first values, quoted, with a separator between them, and dots in place of the others.
func Quoted(values []string, separator string) string {
	var texts []string
	for _, v := range values[:min(len(values), maxQuoted)] {
		texts = append(texts, strconv.Quote(v))
	}
	if len(values) > maxQuoted {
		texts = append(texts, "...")
	}
	return strings.Join(texts, separator)
}

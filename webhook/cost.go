package webhook

// The memory that a review needs at its worst moment, measured by BenchmarkReviewMemory, with a margin.
// It depends less on the bytes of an object than on how many values they contain: the endpoint
// {"port":"a"} becomes a scrape configuration of more than two kilobytes.
const (
	perByte = 20   // the body, its parts, decoded strings, and the YAML that Prometheus loads
	perList = 2500 // an object or a list
	perItem = 1000 // one more value in it
)

// validateMemory returns how much memory the validating webhook may need for a body, in bytes.
func validateMemory(chunks [][]byte) int64 {
	var s scan
	for _, c := range chunks {
		s.read(c)
	}
	return perByte*s.bytes + perList*s.lists + perItem*s.items
}

// scan counts the values in a JSON text. It is fast, and says nothing about whether the text is valid.
type scan struct {
	bytes, lists, items int64

	inString, escaped bool
}

func (s *scan) read(text []byte) {
	s.bytes += int64(len(text))
	for _, c := range text {
		switch {
		case s.escaped:
			s.escaped = false
		case s.inString:
			s.inString, s.escaped = c != '"', c == '\\'
		case c == '"':
			s.inString = true
		case c == '{' || c == '[':
			s.lists++
		case c == ',':
			s.items++
		}
	}
}

// mutateMemory is the same for the mutating webhook, which reads only the metadata of an object.
func mutateMemory(chunks [][]byte) int64 { return 5 * sizeOf(chunks) }

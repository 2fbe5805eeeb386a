package webhook

import "testing"

// TestScan: values are counted, and what looks like one within a string is not, wherever the text is cut.
func TestScan(t *testing.T) {
	const text = `{"a":["b","c\\"],"d{[,":{"\",{":1}, "e":"\\\",\\"}`
	for cut := range len(text) {
		var s scan
		s.read([]byte(text[:cut]))
		s.read([]byte(text[cut:]))
		if s.bytes != int64(len(text)) || s.lists != 3 || s.items != 3 {
			t.Errorf("cut at %d: %d bytes, %d lists, %d items", cut, s.bytes, s.lists, s.items)
		}
	}
}

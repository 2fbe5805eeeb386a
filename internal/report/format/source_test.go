package format

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDrawLine(t *testing.T) {
	long := strings.Repeat("0123456789", 10)
	huge := strings.Repeat("ö123456789", 100_000)
	for name, c := range map[string]struct {
		text       string
		start, end int
		line       string
		carets     string
	}{
		"Word":          {"  a: bad # why", 5, 8, "  a: bad # why", "     ^^^"},
		"Point":         {"a: b", 3, 3, "a: b", "   ^"},
		"Turned":        {"a: b", 3, 1, "a: b", "   ^"},
		"LineEnd":       {"a:", 2, 2, "a:", "  ^"},
		"Beyond":        {"a:", 9, 12, "a:", "  ^"},
		"EndBeyond":     {"a: bc", 3, 99, "a: bc", "   ^^"},
		"Empty":         {"", 0, 0, "", "^"},
		"TabBefore":     {"\ta: b", 4, 5, "    a: b", "       ^"},
		"TabAfterText":  {"ab\tc", 3, 4, "ab  c", "    ^"},
		"TabInPlace":    {"a\tb", 0, 3, "a   b", "^^^^^"},
		"Wide":          {"日本: b", 4, 5, "日本: b", "      ^"},
		"WideInPlace":   {"a: 日本", 3, 5, "a: 日本", "   ^^^^"},
		"Fullwidth":     {"ａ: b", 3, 4, "ａ: b", "    ^"},
		"Emoji":         {"💾 b", 2, 3, "💾 b", "   ^"},
		"Combining":     {"e\u0301e\u0301: b", 6, 7, "e\u0301e\u0301: b", "    ^"},
		"OnlyCombining": {"e\u0301", 1, 2, "e\u0301", " ^"},
		"ZeroWidth":     {"\ufeffa: b", 4, 5, "\ufeffa: b", "   ^"},
		"Hangul":        {"\u1112\u1161\u11ab b", 4, 5, "\u1112\u1161\u11ab b", "   ^"},
		"Escape":        {"\x1b[31mred", 5, 8, " [31mred", "     ^^^"},
		"NotUTF8":       {"\xff\xfe b", 3, 4, "\ufffd\ufffd b", "   ^"},
		"Command":       {"##[error]x", 9, 10, "#♯[error]x", "         ^"},
		"LongAtStart":   {long, 0, 3, long[:34] + "...", "^^^"},
		"LongInMiddle":  {long, 50, 53, "..." + long[28:62] + "...", strings.Repeat(" ", 25) + "^^^"},
		"LongAtEnd":     {long, 99, 100, "..." + long[66:], strings.Repeat(" ", 36) + "^"},
		"LongBehindEnd": {long, 100, 100, "..." + long[66:], strings.Repeat(" ", 37) + "^"},
		"LongPlace":     {long, 50, 90, "..." + long[28:62] + "...", strings.Repeat(" ", 25) + strings.Repeat("^", 12)},
		"HugeAtStart":   {huge, 0, 3, "ö123456789ö123456789ö123456789ö123...", "^^^"},
		"HugeInMiddle":  {huge, 500_000, 500_003, "...89ö123456789ö123456789ö123456789ö1...", strings.Repeat(" ", 25) + "^^^"},
		"HugeAtEnd":     {huge, 999_999, 1_000_000, "...6789ö123456789ö123456789ö123456789", strings.Repeat(" ", 36) + "^"},
		"HugeBeyond":    {huge, 9_999_999, 9_999_999, "...6789ö123456789ö123456789ö123456789", strings.Repeat(" ", 37) + "^"},
		"LongWide":      {strings.Repeat("日", 50), 25, 26, "..." + strings.Repeat("日", 17) + "...", strings.Repeat(" ", 25) + "^^"},
	} {
		t.Run(name, func(t *testing.T) {
			line, carets := drawLine(c.text, c.start, c.end, 40)
			if diff := cmp.Diff(c.line+"\n"+c.carets, line+"\n"+carets); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestDrawLineOfAnything holds for every place in lines of every kind that both lines fit, and that
// the first caret is below the character of the place, or at the end of the line.
func TestDrawLineOfAnything(t *testing.T) {
	const columns = 30
	for _, text := range append(awkwardTexts(), strings.Repeat("a日\te\u0301", 20), strings.Repeat("\t", 30), strings.Repeat("x", 500)) {
		characters := []rune(text)
		for start := range len(characters) + 2 {
			for _, length := range []int{0, 1, 7, 1000} {
				line, carets := drawLine(text, start, start+length, columns)
				shown := cellsOf(line)
				if w := columnAt(shown, len(shown)); w > columns {
					t.Fatalf("the line of %q at %d is %d columns wide: %q", text, start, w, line)
				}
				indent := strings.IndexByte(carets, '^')
				if indent < 0 || strings.Trim(carets, " ^") != "" || len(carets) > columns+1 {
					t.Fatalf("the carets of %q at %d are %q", text, start, carets)
				}
				if start >= len(characters) || runeWidth(characters[start]) == 0 {
					continue
				}
				want := cellsOf(text)[start].text
				if below, ok := textAt(shown, indent); !ok || !strings.HasPrefix(below, want[:1]) {
					t.Fatalf("the caret of %q at %d is below %q, not %q:\n%s\n%s", text, start, below, want, line, carets)
				}
			}
		}
	}
}

// textAt returns what a line shows at a column.
func textAt(cells []cell, column int) (string, bool) {
	for _, c := range cells {
		if c.column == column && c.width > 0 {
			return c.text, true
		}
	}
	return "", false
}

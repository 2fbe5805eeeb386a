package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/validation"
)

func excerptAt(text string, start, end int) validation.Excerpt {
	return validation.Excerpt{Text: text, Start: start, End: end}
}

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("0123456789", 20)
	for name, c := range map[string]struct {
		excerpt validation.Excerpt
		line    string
		carets  string
		reason  string
	}{
		"Word":               {excerptAt("sum by job (up)", 7, 10), "sum by job (up)", "       ^^^", "the place is underlined"},
		"Point":              {excerptAt("sum(up", 6, 6), "sum(up", "      ^", "a point at the end still has a caret"},
		"EndBeforeStart":     {excerptAt("sum(up)", 3, 1), "sum(up)", "   ^", "a place whose end precedes its start is a point"},
		"MultiByteBefore":    {excerptAt(`{a="größe💾"} == x`, 18, 19), `{a="größe💾"} == x`, "             ^", "offsets are bytes, columns are characters"},
		"MultiByteInside":    {excerptAt("größe", 2, 6), "größe", "  ^^", "a caret for each character"},
		"MiddleOfACharacter": {excerptAt("ö", 1, 2), "ö", " ^", "half a character does not panic"},
		"Tab":                {excerptAt("\tup = 0", 4, 5), " up = 0", "    ^", "a tab takes one column in both lines"},
		"EscapeSequence":     {excerptAt("up \x1b[31m= 0", 8, 9), "up  [31m= 0", "        ^", "a text cannot send control sequences to the terminal"},
		"SecondLine":         {excerptAt("up\n  and on job foo\nor x", 12, 15), "  and on job foo", "         ^^^", "only the line of the place is shown"},
		"OverTheLineEnd":     {excerptAt("sum(up)\n+ b", 4, 11), "sum(up)", "    ^^^", "carets stop where the line does"},
		"WindowsLine":        {excerptAt("up\r\nfoo bar", 8, 11), "foo bar", "    ^^^", "the place is found after CR LF"},
		"AfterTheLastLine":   {excerptAt("sum(up\n", 7, 7), "sum(up", "      ^", "the empty line after a block text shows nothing"},
		"AfterManyLines":     {excerptAt("a\nsum(up\r\n\n", 11, 11), "sum(up", "      ^", "several empty lines show nothing"},
		"EmptyText":          {excerptAt("", 0, 0), "", "^", "nothing to show"},
		"OnlyLineEnds":       {excerptAt("\n\n", 1, 2), "", "^", "nothing to show either"},
		"NegativeStart":      {excerptAt("up", -3, 1), "up", "^", "offsets out of range are moved into it"},
		"StartBeyond":        {excerptAt("up", 50, 60), "up", "  ^", "offsets out of range are moved into it"},
		"EndBeyond":          {excerptAt("up == 0", 3, 900), "up == 0", "   ^^^^", "offsets out of range are moved into it"},
		"LongAtStart":        {excerptAt(long, 0, 3), long[:90] + "...", "^^^", "a long line is cut on the right"},
		"LongInTheMiddle":    {excerptAt(long, 100, 103), "..." + long[40:130] + "...", strings.Repeat(" ", 63) + "^^^", "a long line is cut around the place"},
		"LongAtEnd":          {excerptAt(long, 199, 200), "..." + long[110:], strings.Repeat(" ", 92) + "^", "a long line is cut on the left"},
		"LongPlace":          {excerptAt(long, 100, 200), "..." + long[40:130] + "...", strings.Repeat(" ", 63) + strings.Repeat("^", 33), "carets stay in the window"},
		"LongMultiByte":      {excerptAt(strings.Repeat("ö", 200), 200, 202), "..." + strings.Repeat("ö", 90) + "...", strings.Repeat(" ", 63) + "^", "no character is split"},
	} {
		t.Run(name, func(t *testing.T) {
			want := "    " + c.line + "\n    " + c.carets
			if diff := cmp.Diff(want, excerptLines(c.excerpt, 90)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestExcerptOfAnything tries every place in texts of every kind: none may panic,
// and each is two lines with a caret.
func TestExcerptOfAnything(t *testing.T) {
	for _, text := range []string{"", "a", "ö💾\n", "\n\r\n", "a\tb\x00c", "\xff\xfe", strings.Repeat("ö\n", 5) + strings.Repeat("long ", 40)} {
		for start := -2; start < len(text)+3; start++ {
			for _, width := range []int{-1, 0, 1, 3, 500} {
				got := excerptLines(excerptAt(text, start, start+width), 90)
				if strings.Count(got, "\n") != 1 || !strings.HasSuffix(got, "^") {
					t.Fatalf("the place %d+%d of %q is shown as %q", start, width, text, got)
				}
			}
		}
	}
}

package dialect

import (
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

// Names of constructs that are no words of the language.
const (
	NamedGroup = "a group (?<name>...) in a regular expression"

	Underscores = "a number with underscores"
	DurationNum = "a duration as a number"

	NumberDur    = "a number as a duration"
	SignedDur    = "a sign before this duration" // in brackets, or a plus after offset
	Arithmetic   = "arithmetic on durations"
	Parentheses  = "a duration in parentheses"
	PlusParens   = "a plus before a duration in parentheses"
	MinusParens  = "a negative duration in parentheses" // as a whole range or step
	OffsetParens = "a sign before a duration in parentheses after offset"
	StepAsRange  = "step() or range() as the range of a subquery"
	LateRange    = "range() behind a number or a duration"
	SignedSum    = "a sign before arithmetic on durations"

	QuotedMetric    = "a quoted metric name"
	QuotedMatcher   = "a quoted label in a matcher"
	QuotedLabel     = "a quoted label in a list"
	QuotedUTF8Label = "a label in a list with other characters than letters, digits and _"
	ColonLabel      = "a label with a colon in a list"
	UnquotedUTF8    = "a name in UTF-8 without quotes" // the parser decides: Uses does not return it
)

// A tokenizer walks over the tokens of an expression, which show more than the syntax tree: how
// numbers, durations and names are written.
type tokenizer struct {
	*uses

	all []parser.Item

	// seenNumber reports whether there is a number or a duration in any brackets so far: before 3.16
	// the lexer takes the range of a subquery only then.
	seenNumber bool
}

// tokens finds what the tokens show. An unquoted name in UTF-8 ends the walk: the linked lexer
// reads such names only with a feature flag that no other release has.
func (u *uses) tokens(text string) {
	t := tokenizer{uses: u}
	lexer := parser.Lex(text)
	for {
		var item parser.Item
		lexer.NextItem(&item)
		if item.Typ == parser.EOF || item.Typ == parser.ERROR {
			break
		}
		if item.Typ != parser.COMMENT {
			t.all = append(t.all, item)
		}
	}
	for i := 0; i < len(t.all); {
		i = t.step(i)
	}
}

// step looks at the token at i, and returns the index of the next one to look at.
func (t *tokenizer) step(i int) int {
	item := t.all[i]
	if t.metrics[int(item.Pos)] {
		return i + 1 // a keyword as the name of a metric
	}
	switch item.Typ {
	case parser.LEFT_BRACE:
		return t.matchers(i + 1)
	case parser.LEFT_BRACKET:
		return t.brackets(i + 1)
	case parser.OFFSET:
		return t.offset(i + 1)
	case parser.BY, parser.WITHOUT, parser.ON, parser.IGNORING, parser.GROUP_LEFT, parser.GROUP_RIGHT:
		if t.is(i+1, parser.LEFT_PAREN) {
			return t.labels(i + 2)
		}
	case parser.FILL, parser.FILL_LEFT, parser.FILL_RIGHT:
		if t.is(i+1, parser.LEFT_PAREN) {
			t.use(Modifier, "fill", item)
		}
	case parser.TRIM_LOWER, parser.TRIM_UPPER:
		t.use(Operator, item.Val, item)
	case parser.DURATION:
		t.use(Number, DurationNum, item)
	case parser.NUMBER:
		t.number(item)
	}
	return i + 1
}

// matchers looks at the tokens between braces.
func (t *tokenizer) matchers(i int) int {
	for ; i < len(t.all) && t.all[i].Typ != parser.RIGHT_BRACE; i++ {
		item := t.all[i]
		if item.Typ != parser.STRING || t.isMatchOperator(i-1) {
			continue
		}
		if t.isMatchOperator(i + 1) {
			t.use(Name, QuotedMatcher, item)
		} else {
			t.use(Name, QuotedMetric, item)
		}
	}
	return i + 1
}

func (t *tokenizer) isMatchOperator(i int) bool {
	return t.is(i, parser.EQL) || t.is(i, parser.NEQ) || t.is(i, parser.EQL_REGEX) || t.is(i, parser.NEQ_REGEX)
}

// labels looks at a list of labels in parentheses.
func (t *tokenizer) labels(i int) int {
	for ; i < len(t.all) && t.all[i].Typ != parser.RIGHT_PAREN; i++ {
		item := t.all[i]
		switch {
		case item.Typ == parser.COMMA:
		case item.Typ == parser.STRING:
			t.use(Name, QuotedLabel, item)
			if len(item.Val) < 2 || !model.LegacyValidation.IsValidLabelName(item.Val[1:len(item.Val)-1]) {
				t.use(Name, QuotedUTF8Label, item)
			}
		case strings.Contains(item.Val, ":"):
			t.use(Name, ColonLabel, item)
		default:
			t.use(LabelKeyword, strings.ToLower(item.Val), item)
		}
	}
	return i + 1
}

// brackets looks at the durations between brackets.
func (t *tokenizer) brackets(i int) int {
	number := false
	for i < len(t.all) && t.all[i].Typ != parser.RIGHT_BRACKET {
		item := t.all[i]
		switch item.Typ {
		case parser.NUMBER, parser.DURATION:
			t.seenNumber, number = true, true
		case parser.COLON:
			if !t.seenNumber {
				t.use(Duration, StepAsRange, item)
			}
		case parser.RANGE:
			if number {
				t.use(Duration, LateRange, item)
			}
		}
		i = t.duration(i)
	}
	return i + 1
}

// duration looks at a token of a duration expression, and returns the index of the next one.
func (t *tokenizer) duration(i int) int {
	item := t.all[i]
	switch item.Typ {
	case parser.NUMBER:
		t.number(item)
		t.use(Duration, NumberDur, item)
	case parser.ADD, parser.SUB:
		if t.endsDuration(i - 1) {
			t.use(Duration, Arithmetic, item)
		} else {
			t.sign(i)
		}
	case parser.MUL, parser.DIV, parser.MOD, parser.POW:
		t.use(Duration, Arithmetic, item)
	case parser.STEP, parser.RANGE, parser.MIN_OF, parser.MAX_OF:
		t.use(Duration, strings.ToLower(item.Val), item)
		return i + 2 // and the parenthesis, which belongs to the call
	case parser.LEFT_PAREN:
		t.use(Duration, Parentheses, item)
	}
	return i + 1
}

// sign looks at what is behind a sign in brackets.
func (t *tokenizer) sign(i int) {
	switch {
	case t.is(i+1, parser.NUMBER), t.is(i+1, parser.DURATION), t.is(i+1, parser.ADD), t.is(i+1, parser.SUB):
		t.use(Duration, SignedDur, t.all[i])
	case t.is(i+1, parser.LEFT_PAREN) && t.is(i+3, parser.RIGHT_PAREN):
		first, last := t.is(i-1, parser.LEFT_BRACKET) || t.is(i-1, parser.COLON), t.is(i+4, parser.RIGHT_BRACKET) || t.is(i+4, parser.COLON)
		name := PlusParens
		if t.is(i, parser.SUB) && first && last {
			name = MinusParens
		}
		t.use(Duration, name, t.all[i])
	case t.is(i+1, parser.LEFT_PAREN):
		t.use(Duration, SignedSum, t.all[i])
	}
}

// offset looks at the duration behind offset.
func (t *tokenizer) offset(i int) int {
	first := i
	for ; t.is(i, parser.ADD) || t.is(i, parser.SUB); i++ {
		parens := t.is(i+1, parser.LEFT_PAREN)
		switch {
		case parens && i == first && t.is(i+3, parser.RIGHT_PAREN):
			t.use(Duration, OffsetParens, t.all[i])
			t.duration(i + 2)
			return i + 4
		case parens && i == first && t.signedCall(i+2) > 0:
			end := t.signedCall(i + 2)
			t.duration(end - 4)
			return end
		case parens:
			t.use(Duration, SignedSum, t.all[i])
		case t.is(i, parser.ADD) || i > first:
			t.sign(i) // one minus before a plain duration has always been there
		}
	}
	depth := 0
	for i < len(t.all) {
		item := t.all[i]
		next := t.duration(i)
		switch {
		case item.Typ == parser.LEFT_PAREN, next == i+2: // with the parenthesis of a call
			depth++
		case item.Typ == parser.RIGHT_PAREN:
			depth--
		}
		i = next
		if depth == 0 {
			break
		}
	}
	return i
}

// signedCall looks at step() or range(), with or without a sign, up to the end of the parentheses
// around it. Behind offset and a sign these parentheses need nothing of their own. It returns the
// index behind them, or 0 if there is something else.
func (t *tokenizer) signedCall(i int) int {
	for t.is(i, parser.ADD) || t.is(i, parser.SUB) {
		i++
	}
	if !t.is(i, parser.STEP) && !t.is(i, parser.RANGE) || !t.is(i+3, parser.RIGHT_PAREN) {
		return 0
	}
	return i + 4
}

func (t *tokenizer) number(item parser.Item) {
	if strings.Contains(item.Val, "_") {
		t.use(Number, Underscores, item)
	}
}

// endsDuration reports whether a duration may end with the token at i.
func (t *tokenizer) endsDuration(i int) bool {
	return t.is(i, parser.NUMBER) || t.is(i, parser.DURATION) || t.is(i, parser.RIGHT_PAREN)
}

func (t *tokenizer) is(i int, kind parser.ItemType) bool {
	return i >= 0 && i < len(t.all) && t.all[i].Typ == kind
}

func (t *tokenizer) use(kind Kind, name string, item parser.Item) {
	t.add(kind, name, int(item.Pos), int(item.Pos)+len(item.Val))
}

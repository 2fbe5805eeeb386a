package source

import (
	"bytes"
	"strconv"
	"strings"
)

// scalar reads a scalar at the token. A plain scalar that goes on in the next line is indented more than the
// collection that it is in, whose column is given: whoever reads on fails there.
func (r *subsetReader) scalar(column int) any {
	switch c := r.text[r.pos]; c {
	case '|', '>':
		return r.block(column, c == '|')
	case '"', '\'':
		end := r.quoteEnd()
		if end < 0 {
			return r.fail()
		}
		value, ok := r.quoted(r.pos, end)
		if !ok {
			return r.fail()
		}
		r.endLine(end)
		return value
	case '{', '[':
		return r.emptyFlow(c)
	}
	return r.plain()
}

func (r *subsetReader) emptyFlow(opening byte) any {
	closing := r.text[r.pos+1]
	switch {
	case opening == '{' && closing == '}':
		r.endLine(r.pos + 2)
		return map[string]any{}
	case opening == '[' && closing == ']':
		r.endLine(r.pos + 2)
		return []any{}
	}
	return r.fail()
}

// plain reads a plain scalar.
func (r *subsetReader) plain() any {
	start, end := r.pos, r.endOfLine(r.pos)
	if strings.IndexByte("-?:,[]{}#&*!|>'\"%@`", r.text[start]) >= 0 && !r.beginsPlain() || r.colon(start, end) >= 0 {
		return r.fail()
	}
	if i := bytes.Index(r.text[start:end], []byte(" #")); i >= 0 {
		end = start + i
	}
	value, ok := resolvePlain(strings.TrimRight(r.shared[start:end], " "))
	if !ok {
		return r.fail()
	}
	r.endLine(end)
	return value
}

// beginsPlain reports whether the dash at the token begins a plain scalar.
func (r *subsetReader) beginsPlain() bool {
	return r.text[r.pos] == '-' && r.text[r.pos+1] != ' ' && r.text[r.pos+1] != '\n'
}

// resolvePlain returns what a plain scalar means in YAML 1.1. It reports false for what may be a number, other
// than a short decimal one.
func resolvePlain(written string) (value any, ok bool) {
	switch written {
	case "~", "null", "Null", "NULL":
		return nil, true
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return true, true
	case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return false, true
	}
	if strings.IndexByte("0123456789+-.", written[0]) < 0 || strings.ContainsFunc(written, isNeverInNumber) {
		return written, true
	}
	const short = 15 // digits
	isDecimal := len(written) <= short && (written[0] != '0' || written == "0")
	for i := range len(written) {
		isDecimal = isDecimal && written[i] >= '0' && written[i] <= '9'
	}
	if !isDecimal {
		return nil, false
	}
	n, err := strconv.ParseInt(written, 10, 64)
	return n, err == nil
}

// isNeverInNumber reports whether no number has the character: a decimal, hexadecimal, octal or binary one, with
// underscores, a fraction or an exponent, and neither .inf nor .nan.
func isNeverInNumber(c rune) bool {
	return !strings.ContainsRune("0123456789abcdefABCDEFxXoOiInN_+-.", c)
}

// quoteEnd returns the offset behind the quoted scalar at the token, or -1 if it does not end on its line.
func (r *subsetReader) quoteEnd() int {
	quote := r.text[r.pos]
	for i := r.pos + 1; r.text[i] != '\n'; i++ {
		switch {
		case r.text[i] == '\\' && quote == '"':
			i++
			if r.text[i] == '\n' {
				return -1
			}
		case r.text[i] == quote && quote == '\'' && r.text[i+1] == quote:
			i++
		case r.text[i] == quote:
			return i + 1
		}
	}
	return -1
}

// quoted decodes a scalar in quotes, from one offset up to another. It reports false for rare escapes.
func (r *subsetReader) quoted(start, end int) (value string, ok bool) {
	inside := r.shared[start+1 : end-1]
	if r.text[start] == '\'' {
		return strings.ReplaceAll(inside, "''", "'"), true
	}
	if strings.IndexByte(inside, '\\') < 0 {
		return inside, true
	}
	decoded := r.buffer[:0]
	for i := 0; i < len(inside); i++ {
		c := inside[i]
		if c == '\\' {
			i++
			switch inside[i] {
			case '"', '\\':
				c = inside[i]
			case 'n':
				c = '\n'
			case 't':
				c = '\t'
			default:
				r.fail()
				return "", false
			}
		}
		decoded = append(decoded, c)
	}
	r.buffer = decoded
	return string(decoded), true
}

// block reads a literal or folded scalar, as yaml_parser_scan_block_scalar of go.yaml.in/yaml/v2 (v2.4.4) does.
func (r *subsetReader) block(column int, isLiteral bool) any {
	header := bytes.TrimRight(r.text[r.pos+1:r.endOfLine(r.pos)], " ")
	chomping := string(header)
	if chomping != "" && chomping != "-" && chomping != "+" {
		return r.fail()
	}
	line := r.endOfLine(r.pos) + 1
	breaks := 0
	for line < len(r.text) && r.text[line] == '\n' {
		breaks++
		line++
	}
	indent := r.spacesAt(line, len(r.text))
	if indent <= column || r.text[line+indent] == '\n' {
		return r.fail() // it is empty, or begins with a line of spaces
	}
	decoded := r.buffer[:0]
	isFirst, wasIndented := true, false
	for {
		isIndented := r.text[line+indent] == ' '
		switch {
		case isFirst:
		case isLiteral || isIndented || wasIndented:
			decoded = append(decoded, '\n')
		case breaks == 0:
			decoded = append(decoded, ' ')
		}
		for ; breaks > 0; breaks-- {
			decoded = append(decoded, '\n')
		}
		isFirst, wasIndented = false, isIndented
		end := r.endOfLine(line)
		decoded = append(decoded, r.text[line+indent:end]...)
		line = end + 1
		spaces := r.spacesAt(line, indent)
		for line < len(r.text) && r.text[line+spaces] == '\n' {
			breaks++
			line += spaces + 1
			spaces = r.spacesAt(line, indent)
		}
		if line == len(r.text) || spaces < indent {
			break
		}
	}
	if chomping != "-" {
		decoded = append(decoded, '\n')
	}
	if chomping == "+" {
		decoded = append(decoded, bytes.Repeat([]byte("\n"), breaks)...)
	}
	r.buffer = decoded
	r.nextLine(line)
	return string(decoded)
}

// spacesAt returns the number of spaces from an offset on, up to a limit.
func (r *subsetReader) spacesAt(at, limit int) int {
	n := 0
	for n < limit && at+n < len(r.text) && r.text[at+n] == ' ' {
		n++
	}
	return n
}

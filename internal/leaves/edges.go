package main

import (
	"math"
	"strings"
)

// edgeValues are the values of each sort that are most likely to cause trouble.
func edgeValues(s sort) []any {
	switch s {
	case boolean:
		return []any{true, false}
	case pod:
		return []any{map[string]any{}} // what Kubernetes makes of it is its own matter
	case number:
		return anyOf(edgeNumbers)
	case quantity:
		return append(anyOf(edgeTexts), anyOf(edgeQuantities)...)
	case either:
		return append(anyOf(edgeTexts), anyOf(edgeNumbers)...)
	}
	return anyOf(edgeTexts)
}

var edgeNumbers = []int64{0, 1, -1, 65535, 65536, math.MaxInt32, math.MinInt32, math.MaxUint32 + 1, math.MaxInt64, math.MinInt64}

// usualNumbers are harmless everywhere.
var usualNumbers = []int64{1, 100}

var edgeQuantities = []string{"0", "1", "1.1", "-1", "1e30", "1e-30", "1Ki", "0.00000000000000000001", "999999999999999999999999999999", "100E"}

var edgeTexts = []string{
	"", " ", "  a  ", "a\nb", "a\tb\r", "\x00", "\x1b[31m", "\x7f\u0085\u2028\ufeff",
	"ünïcödé", "日本語", "\U0001f525", "\u202eabc",
	`"`, `it's`, "`", `\`, "$", "${1}", "$(SHARD)", "%", "%zz",
	"<<", "!!binary aGk=", "!!int 1", "{{ .Value }}", "{{", "&anchor", "*alias", "- a", "a: b", "? a", "# a", "|", "> a", "[a", "@", ",",
	"Null", "true", "no", "7", "-1", "0x10", ".inf", "2001-01-01", "1:30",
	"(", ")", "*", "a{1001}", "(?!a)", `\8`, "a|b", ".*",
	"http://", "http://[::1", "http://a b", "http://a:99999", "://", "HTTP://EXAMPLE.COM/%", "gopher://a", "//a", "/", "../..", "a/b;c?d#e",
	"a.b", "__name__", "1a", "a,b", "a=b", "a@b:c",
	"5 minutes", "300y", "1s", "-5s",
	strings.Repeat("long", 2500),
}

func anyOf[T any](values []T) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v
	}
	return all
}

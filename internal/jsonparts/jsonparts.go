// Package jsonparts takes large members out of a JSON object before the rest is decoded. encoding/json (Go 1.26) reads such a member
// twice, at some 70 MB/s, only to pass it on as it is; the tokenizer that is to become encoding/json/v2 reads it once, at several times that
// speed.
package jsonparts

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Split returns the members of an object that have one of the names, in the order of the names, and the object without
// them. A member that the object does not have is nil. The members are parts of the object, and must not be changed.
//
// It reports false for what encoding/json has to judge as a whole: a text that is not a valid object, a name that the object has
// twice, and one that encoding/json takes for one of the names although it is written in another case.
func Split(object []byte, names ...string) (members [][]byte, rest []byte, ok bool) {
	// encoding/json permits equal names and invalid UTF-8, too.
	d := jsontext.NewDecoder(bytes.NewBuffer(object), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if d.PeekKind() != jsontext.KindBeginObject {
		return nil, nil, false
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, nil, false
	}
	members, rest = make([][]byte, len(names)), []byte{'{'}
	for d.PeekKind() == jsontext.KindString {
		quoted, err := d.ReadValue()
		if err != nil {
			return nil, nil, false
		}
		at, certain := indexOf(names, quoted)
		if !certain || at >= 0 && members[at] != nil {
			return nil, nil, false
		}
		if at < 0 {
			if len(rest) > 1 {
				rest = append(rest, ',')
			}
			rest = append(append(rest, quoted...), ':')
		}
		value, err := d.ReadValue()
		if err != nil {
			return nil, nil, false
		}
		if at < 0 {
			rest = append(rest, value...)
			continue
		}
		end := int(d.InputOffset())
		members[at] = object[end-len(value) : end : end]
	}
	if d.PeekKind() != jsontext.KindEndObject {
		return nil, nil, false
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, nil, false
	}
	if len(bytes.TrimLeft(object[d.InputOffset():], " \t\r\n")) > 0 {
		return nil, nil, false
	}
	return members, append(rest, '}'), true
}

// indexOf returns the index of the name that a member has, or -1. It is not certain of a name with an escape sequence, nor of one that
// differs in case alone.
func indexOf(names []string, quoted []byte) (at int, certain bool) {
	if bytes.IndexByte(quoted, '\\') >= 0 {
		return -1, false
	}
	name := string(quoted[1 : len(quoted)-1])
	for i, n := range names {
		if name == n {
			return i, true
		}
		if strings.EqualFold(name, n) {
			return -1, false
		}
	}
	return -1, true
}

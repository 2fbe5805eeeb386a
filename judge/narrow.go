package judge

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// maxMistakes bounds how many mistakes of one job are looked for.
const maxMistakes = 10

// narrow finds the fields that make the loader refuse a mapping: the smallest piece
// without which it is content. Where several pieces are wrong, each must earn the
// complaint by itself too, or else the lack of a key that is required would be taken
// for the cause. Then it goes on with the rest.
func narrow(err error, m yaml.MapSlice, base, field string, sources []promconfig.Source, try func(yaml.MapSlice) error) []validation.Finding {
	var findings []validation.Finding
	for range maxMistakes {
		key, rest := culprit(err, m, base, func(candidate any) error {
			mapping, _ := pruned(candidate).(yaml.MapSlice)
			return try(mapping)
		})
		if rest == nil {
			return append(findings, refused(field, words(err)))
		}
		findings = append(findings, refused(fieldOf(key, field, sources), words(err)))
		m, _ = rest.(yaml.MapSlice)
		attempt, _ := pruned(m).(yaml.MapSlice)
		if err = try(attempt); err == nil {
			break
		}
	}
	return findings
}

// required keys stay: without them any entry is refused.
var required = map[any]bool{"job_name": true, "url": true, "role": true}

// culprit gives the path of the smallest piece that earns a complaint, and what is
// left without it. Nil means that no single piece does.
func culprit(complaint error, value any, path string, try func(any) error) (string, any) {
	pieces, assemble := piecesOf(value)
	for i, piece := range pieces {
		if piece.required || !guilty(complaint, pieces, i, assemble, try) {
			continue
		}
		step := path + piece.step
		if path == "" {
			step = strings.TrimPrefix(step, ".")
		}
		inner, rest := culprit(complaint, piece.value, step, func(changed any) error {
			return try(assemble(with(pieces, i, changed)))
		})
		_, inList := piece.key.(int)
		if rest == nil {
			inner = step
		}
		if rest == nil || inList {
			// An entry of a list goes as a whole: one that has lost a key earns
			// complaints that nobody wrote.
			rest = assemble(without(pieces, i))
			return inner, rest
		}
		return inner, assemble(with(pieces, i, rest))
	}
	return "", nil
}

func guilty(complaint error, pieces []piece, i int, assemble func([]piece) any, try func(any) error) bool {
	err := try(assemble(without(pieces, i)))
	if err == nil {
		return true
	}
	if same(err, complaint) {
		return false
	}
	var alone []piece
	for k, p := range pieces {
		if k == i || p.required {
			alone = append(alone, p)
		}
	}
	return len(alone) < len(pieces) && same(try(assemble(alone)), complaint)
}

// A piece is an entry of a mapping or a list.
type piece struct {
	step     string
	key      any
	value    any
	required bool
}

func piecesOf(value any) ([]piece, func([]piece) any) {
	var pieces []piece
	switch v := value.(type) {
	case yaml.MapSlice:
		for _, item := range v {
			pieces = append(pieces, piece{fmt.Sprintf(".%v", item.Key), item.Key, item.Value, required[item.Key]})
		}
		return pieces, func(list []piece) any {
			m := yaml.MapSlice{}
			for _, p := range list {
				m = append(m, yaml.MapItem{Key: p.key, Value: p.value})
			}
			return m
		}
	case []yaml.MapSlice:
		for i, entry := range v {
			if entry != nil {
				pieces = append(pieces, piece{step: fmt.Sprintf("[%d]", i), key: i, value: entry})
			}
		}
		return pieces, func(list []piece) any {
			out := make([]yaml.MapSlice, len(v)) // nil for what is gone: the others keep their index
			for _, p := range list {
				if i, ok := p.key.(int); ok {
					out[i], _ = p.value.(yaml.MapSlice)
				}
			}
			return out
		}
	}
	return nil, nil
}

// pruned takes out the entries of lists that are gone.
func pruned(value any) any {
	switch v := value.(type) {
	case yaml.MapSlice:
		out := make(yaml.MapSlice, 0, len(v))
		for _, item := range v {
			out = append(out, yaml.MapItem{Key: item.Key, Value: pruned(item.Value)})
		}
		return out
	case []yaml.MapSlice:
		out := []yaml.MapSlice{}
		for _, entry := range v {
			if entry != nil {
				mapping, _ := pruned(entry).(yaml.MapSlice)
				out = append(out, mapping)
			}
		}
		return out
	}
	return value
}

func with(pieces []piece, i int, value any) []piece {
	out := append([]piece{}, pieces...)
	out[i].value = value
	return out
}

func without(pieces []piece, i int) []piece {
	return append(pieces[:i:i], pieces[i+1:]...)
}

// same says whether two attempts failed in the same way. The loader's complaints
// about YAML carry line numbers, which move.
func same(err, complaint error) bool {
	return err != nil && words(err) == words(complaint)
}

// fieldOf is the field that a key of the configuration comes from: the one of the
// longest path above it.
func fieldOf(key, field string, sources []promconfig.Source) string {
	longest := ""
	for _, s := range sources {
		if s.Field != "" && len(s.Key) > len(longest) && covers(s.Key, key) {
			longest, field = s.Key, s.Field
		}
	}
	return field
}

func covers(above, key string) bool {
	rest, ok := strings.CutPrefix(key, above)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

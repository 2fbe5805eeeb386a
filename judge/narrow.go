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
// without which its complaint is gone. Then it goes on with the rest.
func (j *Judge) narrow(err error, m yaml.MapSlice, base, field string, sources []promconfig.Source, try func(yaml.MapSlice) error, keep ...string) []validation.Finding {
	var findings []validation.Finding
	for range maxMistakes {
		key, rest := culprit(err, m, base, func(candidate any) error { return try(candidate.(yaml.MapSlice)) })
		if rest == nil {
			return append(findings, refused(field, words(err)))
		}
		findings = append(findings, refused(fieldOf(key, field, sources), words(err)))
		m = rest.(yaml.MapSlice)
		if err = try(m); err == nil {
			break
		}
	}
	return findings
}

// culprit gives the path of the smallest piece whose absence changes the complaint,
// and what is left without it. Nil means that no single piece does.
func culprit(complaint error, value any, path string, try func(any) error) (string, any) {
	switch v := value.(type) {
	case yaml.MapSlice:
		for i, item := range v {
			if item.Key == "job_name" {
				continue
			}
			without := append(v[:i:i], v[i+1:]...)
			if same(try(without), complaint) {
				continue
			}
			step := joinKey(path, fmt.Sprint(item.Key))
			inner, rest := culprit(complaint, item.Value, step, func(piece any) error {
				return try(replaced(v, i, piece))
			})
			if rest != nil {
				return inner, replaced(v, i, rest)
			}
			return step, without
		}
	case []yaml.MapSlice:
		for i, entry := range v {
			without := append(v[:i:i], v[i+1:]...)
			if same(try(without), complaint) {
				continue
			}
			step := fmt.Sprintf("%s[%d]", path, i)
			inner, rest := culprit(complaint, entry, step, func(piece any) error {
				next := append([]yaml.MapSlice{}, v...)
				next[i] = piece.(yaml.MapSlice)
				return try(next)
			})
			if rest != nil {
				next := append([]yaml.MapSlice{}, v...)
				next[i] = rest.(yaml.MapSlice)
				return inner, next
			}
			return step, without
		}
	}
	return "", nil
}

func replaced(m yaml.MapSlice, i int, value any) yaml.MapSlice {
	out := append(yaml.MapSlice{}, m...)
	out[i].Value = value
	return out
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

func joinKey(base, step string) string {
	if base == "" {
		return step
	}
	return base + "." + step
}

package judge

import (
	"errors"
	"fmt"
	"slices"
	"sort"

	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/promconfig"
)

// maxMistakes bounds how many mistakes of one job are looked for.
const maxMistakes = 10

// A search finds the fields that make the loader refuse a mapping.
type search struct {
	field  fieldpath.Path // of the mapping, for keys without a field of their own
	fields *fields
	load   func(yaml.MapSlice) (bytes int, err error)
	budget *budget
	layout layout
}

func newSearch(field fieldpath.Path, sources []promconfig.Source, budget *budget, load func(yaml.MapSlice) (int, error)) *search {
	return &search{field: field, fields: fieldsOf(sources), load: load, budget: budget, layout: ofPrometheus}
}

// A budget bounds the cost of a search: an object with a thousand mistakes must not keep the
// judge busy. Once the budget is spent, mistakes are reported with a less exact field.
type budget struct{ bytes int }

// maxSearch is how many bytes the loader may read for one object, beyond the first time. That
// takes less than half a second.
const maxSearch = 2 << 20

var errSpent = errors.New("the search has become too long")

func newBudget() *budget { return &budget{bytes: maxSearch} }

func (b *budget) spend(bytes int) { b.bytes -= bytes }

// try runs the loader, as long as the budget lasts.
func (s *search) try(value any) error {
	if s.budget.bytes <= 0 {
		return errSpent
	}
	mapping, _ := pruned(value).(yaml.MapSlice)
	bytes, err := s.load(mapping)
	s.budget.spend(bytes)
	return err
}

// narrow finds the smallest piece that causes the complaint, or without which the loader
// accepts the mapping, and continues with the rest. Base is the path of the mapping in the
// configuration.
func (s *search) narrow(err error, m yaml.MapSlice, base fieldpath.Path) []mistake {
	var mistakes []mistake
	for range maxMistakes {
		key, rest := s.layout.culprit(err, m, base, s.try)
		if rest == nil {
			return append(mistakes, mistaken(s.field, words(err)))
		}
		mistakes = append(mistakes, mistaken(s.fields.of(key, s.field), words(err)))
		m, _ = rest.(yaml.MapSlice)
		if err = s.try(m); err == nil || errors.Is(err, errSpent) {
			break
		}
	}
	return mistakes
}

// A layout says how a configuration is taken apart.
type layout struct {
	// required keys are never removed: without them the loader refuses any entry.
	required map[any]bool

	// texts means that lists of texts are taken apart too.
	texts bool
}

var (
	ofPrometheus   = layout{required: map[any]bool{"job_name": true, "url": true, "role": true}}
	ofAlertmanager = layout{required: map[any]bool{"name": true}, texts: true}
)

// culprit returns the path of the smallest piece that causes a complaint, and the value
// without that piece. The value is nil if no single piece does.
func (l layout) culprit(complaint error, value any, path fieldpath.Path, try func(any) error) (fieldpath.Path, any) {
	pieces, assemble := l.piecesOf(value)
	if len(pieces) == 0 {
		return fieldpath.Path{}, nil
	}
	// If no piece at all causes the same complaint, it is about something that is missing.
	lacking := same(try(assemble(kept(pieces))), complaint)
	for i := firstSuspect(complaint, pieces, assemble, try); i < len(pieces); i++ {
		piece := pieces[i]
		if piece.required {
			continue
		}
		among, at := kept(pieces[:i:i]), 0
		at, among = len(among), append(append(among, piece), kept(pieces[i+1:])...)
		if err := try(assemble(among)); errors.Is(err, errSpent) {
			break
		} else if lacking || !same(err, complaint) {
			if try(assemble(without(pieces, i))) != nil {
				continue
			}
			among, at = pieces, i
		}
		step := piece.in(path)
		inner, rest := l.culprit(complaint, piece.value, step, func(changed any) error {
			return try(assemble(with(among, at, changed)))
		})
		if rest == nil {
			inner = step
		}
		if rest == nil || piece.inList() {
			// An entry of a list is removed as a whole: without one of its keys it would
			// cause complaints that are not about the user's object.
			return inner, assemble(without(pieces, i))
		}
		return inner, assemble(with(pieces, i, rest))
	}
	return fieldpath.Path{}, nil
}

// kept returns the required pieces.
func kept(pieces []piece) []piece {
	var out []piece
	for _, p := range pieces {
		if p.required {
			out = append(out, p)
		}
	}
	return out
}

// firstSuspect returns the first entry with which a list causes the complaint. It searches by
// halving: a list may have thousands. For a mapping it is the first piece.
func firstSuspect(complaint error, pieces []piece, assemble func([]piece) any, try func(any) error) int {
	if len(pieces) == 0 || !pieces[0].inList() {
		return 0
	}
	n := sort.Search(len(pieces), func(n int) bool { return same(try(assemble(pieces[:n+1:n+1])), complaint) })
	if n == len(pieces) {
		return 0
	}
	return n
}

// A piece is an entry of a mapping or a list.
type piece struct {
	key      any // the name of a field, or the position in a list
	value    any
	required bool
	listed   bool
}

// in returns the path of the piece in what is at a path.
func (p piece) in(path fieldpath.Path) fieldpath.Path {
	if i, ok := p.key.(int); ok && p.listed {
		return path.Index(i)
	}
	return path.Field(fmt.Sprint(p.key))
}

func (p piece) inList() bool {
	return p.listed
}

func (l layout) piecesOf(value any) ([]piece, func([]piece) any) {
	var pieces []piece
	switch v := value.(type) {
	case yaml.MapSlice:
		for _, item := range v {
			pieces = append(pieces, piece{key: item.Key, value: item.Value, required: l.required[item.Key]})
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
				pieces = append(pieces, piece{key: i, value: entry, listed: true})
			}
		}
		return pieces, func(list []piece) any {
			out := make([]yaml.MapSlice, len(v)) // nil for a removed entry, so that the others keep their index
			for _, p := range list {
				if i, ok := p.key.(int); ok {
					out[i], _ = p.value.(yaml.MapSlice)
				}
			}
			return out
		}
	case []string, []any:
		if l.texts {
			return piecesOfTexts(v)
		}
	}
	return nil, nil
}

func piecesOfTexts(value any) ([]piece, func([]piece) any) {
	texts := textsIn(value)
	if texts == nil {
		return nil, nil
	}
	var pieces []piece
	for i, text := range texts {
		if text != nil {
			pieces = append(pieces, piece{key: i, value: text, listed: true})
		}
	}
	return pieces, func(list []piece) any {
		out := make([]any, len(texts)) // nil for a removed text
		for _, p := range list {
			if i, ok := p.key.(int); ok {
				out[i] = p.value
			}
		}
		return out
	}
}

// textsIn returns the texts of a list that holds nothing else, and nil for the removed ones. It is nil for other lists.
func textsIn(value any) []any {
	list, ok := value.([]any)
	if !ok {
		texts, _ := value.([]string)
		for _, text := range texts {
			list = append(list, text)
		}
	}
	for _, entry := range list {
		if _, ok := entry.(string); !ok && entry != nil {
			return nil
		}
	}
	return list
}

// pruned returns the value without the removed entries of lists.
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
	case []any:
		return slices.DeleteFunc(slices.Clone(v), func(entry any) bool { return entry == nil })
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

// same reports whether two attempts failed in the same way. Complaints of the loader about
// YAML have line numbers, which change.
func same(err, complaint error) bool {
	return err != nil && words(err) == words(complaint)
}

// fields finds the field of the object that a key of the configuration comes from. It looks
// at the sources only when it is asked: most configurations are accepted.
type fields struct {
	sources []promconfig.Source
	tree    *fieldpath.Tree[fieldpath.Path]
}

func fieldsOf(sources []promconfig.Source) *fields { return &fields{sources: sources} }

// of returns the field that a key comes from, or else the innermost mapping around it.
func (f *fields) of(key, otherwise fieldpath.Path) fieldpath.Path {
	if f.tree == nil {
		f.tree = &fieldpath.Tree[fieldpath.Path]{}
		for _, s := range f.sources {
			if !s.Field.IsZero() {
				f.tree.Put(s.Key, s.Field)
			}
		}
	}
	if field, found := f.tree.Around(key); found {
		return field
	}
	return otherwise
}

package lint

import (
	"context"
	"strconv"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/schema"
	"github.com/promgate/promgate/internal/source"
)

// An unquoted value is one that YAML reads as a number or a boolean, where the schema has a string.
type unquoted struct {
	text string
	span source.Span
}

// unquotedValues returns the values that the schema would accept in quotes, by the index of their
// violation. The name of a port is left out: a number there is most likely meant for another field.
func (o *object) unquotedValues(ctx context.Context, s *schema.Schema, violations []schema.Violation) map[int]unquoted {
	found := map[int]unquoted{}
	var quoted map[string]any
	for i, v := range violations {
		if !v.WantsString || v.Path.Last().Kind == fieldpath.Field && v.Path.LastField() == "port" {
			continue
		}
		text, span, ok := o.document.Plain(o.inDocument(v.Path))
		if !ok {
			continue
		}
		if quoted == nil {
			quoted = runtime.DeepCopyJSON(o.fields)
		}
		setText(quoted, v.Path, text)
		found[i] = unquoted{text: text, span: span}
	}
	if len(found) == 0 {
		return nil
	}
	refused := map[string]bool{}
	for _, left := range s.Validate(ctx, quoted) {
		refused[left.Path.String()] = true
	}
	for i := range found {
		if refused[violations[i].Path.String()] {
			delete(found, i)
		}
	}
	return found
}

// setText sets the value at a path that an object has.
func setText(object map[string]any, path fieldpath.Path, text string) {
	var at any = object
	steps := path.Steps()
	for i, step := range steps {
		isLast := i == len(steps)-1
		switch parent := at.(type) {
		case map[string]any:
			if isLast {
				parent[step.Name] = text
			}
			at = parent[step.Name]
		case []any:
			if step.Index >= len(parent) {
				return
			}
			if isLast {
				parent[step.Index] = text
			}
			at = parent[step.Index]
		}
	}
}

func (u unquoted) quoted() string { return strconv.Quote(u.text) }

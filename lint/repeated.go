package lint

import (
	"fmt"
	"reflect"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation/file"
)

// An identity is what the API server knows an object by. The namespace is empty if the file has none:
// kubectl then chooses it.
type identity struct {
	kind            schema.GroupKind
	namespace, name string
}

// reportRepeated warns of an object of the operator's kinds that an earlier one in the file has the name
// of, unless both say the same.
func (l *linter) reportRepeated(f *fileContent) {
	if len(f.objects) < 2 {
		return
	}
	first := map[identity]*object{}
	for _, o := range f.objects {
		if o.rules || o.name == "" || !o.isOurs() {
			continue
		}
		id := identity{kind: o.kind.GroupKind(), name: o.name}
		if o.hasNamespace {
			id.namespace = o.namespace
		}
		earlier, isRepeated := first[id]
		if !isRepeated {
			first[id] = o
			continue
		}
		if !reflect.DeepEqual(earlier.typed, o.typed) || !reflect.DeepEqual(earlier.fields, o.fields) {
			problem := fmt.Sprintf("%s is in the file twice, first in line %d: kubectl applies both, and the last one wins", o, earlier.nameSpan().Start.Line)
			l.add(o, file.ObjectRepeated, fieldpath.New("metadata", "name"), problem, "remove one of the two, or rename it")
		}
	}
}

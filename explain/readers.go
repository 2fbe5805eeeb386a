package explain

import (
	"fmt"
	"strings"

	"github.com/promgate/promgate/selection"
)

// readers returns the engines that take the object without an instance. A user who asks about one instance wants
// to know about that one.
func (e *explainer) readers() []*selection.Reader {
	if e.Instance != "" {
		return nil
	}
	return e.view.Readers(e.ref.Kind, e.object.GetLabels())
}

// explainReaders is about the engines that take the object without an instance.
func (e *explainer) explainReaders() {
	for _, r := range e.readers() {
		e.taken = append(e.taken, r)
		e.yes("read", capital(r.String())+" takes it. promgate does not see what becomes of it there.")
	}
}

// uncheckedWords says why nobody checks rules that only other engines read.
func (e *explainer) uncheckedWords() string {
	var names []string
	for _, r := range e.readers() {
		names = append(names, r.String())
	}
	return fmt.Sprintf("No Prometheus selects it, and promgate does not check rules for %s.", strings.Join(names, " and "))
}

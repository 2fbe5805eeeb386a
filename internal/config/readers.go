package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/selection"
)

// A Reader is an engine that reads objects without a Prometheus object.
type Reader struct {
	// Name is what messages call it.
	Name string `json:"name"`

	Engine Engine `json:"engine"`

	// Kinds are those of the objects that it reads: by default all that the engine can read.
	Kinds []string `json:"kinds,omitempty"`

	// Objects and Namespaces select the objects by their labels and by those of their namespaces. One of them
	// may be omitted, and restricts nothing then.
	Objects    *metav1.LabelSelector `json:"objects,omitempty"`
	Namespaces *metav1.LabelSelector `json:"namespaces,omitempty"`
}

// Engine is one of the words of [selection.ParseEngine].
type Engine string

// UnmarshalJSON accepts the words of [selection.ParseEngine].
func (e *Engine) UnmarshalJSON(raw []byte) error {
	var word string
	if err := json.Unmarshal(raw, &word); err != nil {
		return fmt.Errorf("engine %s is not a name", raw)
	}
	parsed, err := selection.ParseEngine(word)
	*e = Engine(parsed)
	return err //nolint:wrapcheck // the error is complete
}

func (c *Configuration) validateReaders() []error {
	var wrong []error
	names := map[string]bool{}
	for i, r := range c.Readers {
		at := fmt.Sprintf("readers[%d]", i)
		switch {
		case r.Name == "":
			wrong = append(wrong, fmt.Errorf("%s.name is missing", at))
		case names[r.Name]:
			wrong = append(wrong, fmt.Errorf("%s.name: %q is the name of another reader, too", at, r.Name))
		}
		names[r.Name] = true
		if r.Engine == "" {
			wrong = append(wrong, fmt.Errorf("%s.engine is missing", at))
			continue
		}
		if r.Objects == nil && r.Namespaces == nil {
			wrong = append(wrong, fmt.Errorf("%s: objects and namespaces are missing; objects: {} selects everything", at))
		}
		if _, err := r.reader(); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", at, err))
		}
		wrong = append(wrong, r.validateKinds(at)...)
	}
	return wrong
}

func (r Reader) validateKinds(at string) []error {
	var wrong []error
	known := selection.Engine(r.Engine).Kinds()
	for n, kind := range r.Kinds {
		if !slices.Contains(known, kind) {
			wrong = append(wrong, fmt.Errorf("%s.kinds[%d]: %s reads no %q, only %s", at, n, r.Engine, kind, strings.Join(known, ", ")))
		}
	}
	return wrong
}

func (r Reader) reader() (*selection.Reader, error) {
	engine, kinds := selection.Engine(r.Engine), r.Kinds
	if len(kinds) == 0 {
		kinds = engine.Kinds()
	}
	return selection.NewReader(r.Name, engine, kinds, r.Objects, r.Namespaces) //nolint:wrapcheck // it names the reader
}

// OtherReaders returns the engines that read objects without a Prometheus object.
func (c *Configuration) OtherReaders() []*selection.Reader {
	var readers []*selection.Reader
	for _, r := range c.Readers {
		if reader, err := r.reader(); err == nil { // Parse has rejected the others
			readers = append(readers, reader)
		}
	}
	return readers
}

// Package load reads Kubernetes objects from files, directories and standard input, as kubectl
// does: YAML or JSON, several documents in a file, Lists split into their items.
package load

import (
	"fmt"
	"io"
	"strings"

	runtimeschema "k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/promgate/promgate/internal/schema"
	"github.com/promgate/promgate/internal/source"
)

// Stdin is the path that means standard input.
const Stdin = "-"

// An Object is one document that was read. The defaults of the API server are set.
type Object struct {
	File       string
	APIVersion string
	Kind       string
	Namespace  string
	Name       string
	Fields     map[string]any
}

// Where returns where an object was read, for messages.
func (o *Object) Where() string {
	return fmt.Sprintf("%s: %s %s/%s", o.File, o.Kind, o.Namespace, o.Name)
}

// Objects reads all objects under the paths, in order. An object without a namespace gets the given
// one.
func Objects(paths []string, stdin io.Reader, namespace string) ([]Object, error) {
	files, err := Files(paths, stdin)
	if err != nil {
		return nil, err
	}
	var out []Object
	for _, f := range files {
		objects, err := readDocuments(f)
		if err != nil {
			return nil, err
		}
		out = append(out, objects...)
	}
	schemas := schema.New()
	for i := range out {
		if err := out[i].settle(namespace, schemas); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readDocuments reads the objects of a file. A map with a repeated key is an error: kubectl would use
// the last one without a word.
func readDocuments(f File) ([]Object, error) {
	read := source.Parse(f.Text)
	if len(read.Errors) > 0 {
		return nil, fmt.Errorf("reading %s: %w", f.Name, read.Errors[0])
	}
	var out []Object
	for _, document := range read.Documents {
		if repeated := document.DuplicateKeys(); len(repeated) > 0 {
			first := repeated[0]
			return nil, fmt.Errorf("reading %s: line %d: the key %q is there twice, first in line %d", f.Name,
				first.Again.Start.Line, first.Name, first.First.Start.Line)
		}
		value, err := document.Content()
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", f.Name, err)
		}
		if fields, ok := value.(map[string]any); ok {
			out = append(out, objectsIn(f.Name, fields)...)
		}
	}
	return out, nil
}

// objectsIn splits a List into its items, and skips documents that are not Kubernetes objects.
func objectsIn(file string, fields map[string]any) []Object {
	o := Object{File: file, Fields: fields}
	o.APIVersion, _ = fields["apiVersion"].(string)
	o.Kind, _ = fields["kind"].(string)
	if items, ok := fields["items"].([]any); ok {
		var out []Object
		for _, item := range items {
			if m, ok := item.(map[string]any); ok {
				NameItem(fields, m)
				out = append(out, objectsIn(file, m)...)
			}
		}
		return out
	}
	metadata, _ := fields["metadata"].(map[string]any)
	o.Name, _ = metadata["name"].(string)
	o.Namespace, _ = metadata["namespace"].(string)
	if o.Kind == "" || o.APIVersion == "" {
		return nil
	}
	return []Object{o}
}

// NameItem gives an item of a list that has no kind the one that the list is of, as kubectl does (k8s.io/apimachinery,
// unstructured): a PrometheusRuleList holds PrometheusRules.
func NameItem(list, item map[string]any) {
	kind, _ := list["kind"].(string)
	own, _ := item["kind"].(string)
	if of := strings.TrimSuffix(kind, "List"); of != "" && own == "" {
		item["kind"], item["apiVersion"] = of, list["apiVersion"]
	}
}

// settle sets the namespace and the defaults of the operator's CRDs.
func (o *Object) settle(namespace string, schemas *schema.Schemas) error {
	if metadata, ok := o.Fields["metadata"].(map[string]any); ok && o.Namespace == "" && o.Kind != "Namespace" {
		o.Namespace = namespace
		metadata["namespace"] = namespace
	}
	s, known, err := schemas.For(runtimeschema.FromAPIVersionAndKind(o.APIVersion, o.Kind))
	if known && err == nil {
		s.Default(o.Fields)
	}
	return err //nolint:wrapcheck // it names the schema
}

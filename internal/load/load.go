// Package load reads Kubernetes objects from files, directories and standard input, as kubectl
// does: YAML or JSON, several documents in a file, Lists split into their items.
package load

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/util/yaml"
	sigsyaml "sigs.k8s.io/yaml"
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
		objects, err := readDocuments(f.Name, bytes.NewReader(f.Text))
		if err != nil {
			return nil, err
		}
		out = append(out, objects...)
	}
	for i := range out {
		out[i].settle(namespace)
	}
	return out, nil
}

func readDocuments(name string, r io.Reader) ([]Object, error) {
	documents := yaml.NewYAMLReader(bufio.NewReader(r))
	var out []Object
	for n := 1; ; n++ {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		if len(bytes.TrimSpace(document)) == 0 {
			continue
		}
		value, err := decodeDocument(document)
		if err != nil {
			return nil, fmt.Errorf("reading %s, document %d: %w", name, n, err)
		}
		if fields, ok := value.(map[string]any); ok {
			out = append(out, objectsIn(name, fields)...)
		}
	}
}

// decodeDocument keeps numbers as they are written: some do not fit a float.
func decodeDocument(document []byte) (value any, err error) {
	data, err := sigsyaml.YAMLToJSON(document)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
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

func (o *Object) settle(namespace string) {
	if metadata, ok := o.Fields["metadata"].(map[string]any); ok && o.Namespace == "" && o.Kind != "Namespace" {
		o.Namespace = namespace
		metadata["namespace"] = namespace
	}
	o.applyDefaults()
}

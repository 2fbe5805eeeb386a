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
	"io/fs"
	"os"
	"path/filepath"
	"slices"

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

var fileExtensions = []string{".yaml", ".yml", ".json"}

// Objects reads all objects under the paths, in order. In a directory it reads files that end in
// .yaml, .yml or .json, including all subdirectories. An object without a namespace gets the given
// one.
func Objects(paths []string, stdin io.Reader, namespace string) ([]Object, error) {
	var out []Object
	for _, p := range paths {
		objects, err := readPath(p, stdin)
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

func readPath(path string, stdin io.Reader) ([]Object, error) {
	if path == Stdin {
		return readDocuments("stdin", stdin)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, errors.Unwrap(err))
	}
	if !info.IsDir() {
		return readFile(path)
	}
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	var out []Object
	err = filepath.WalkDir(resolved, func(p string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !slices.Contains(fileExtensions, filepath.Ext(p)) {
			return err
		}
		objects, err := readFile(p)
		out = append(out, objects...)
		return err
	})
	return out, err
}

func readFile(path string) ([]Object, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading objects: %w", err)
	}
	defer func() { _ = f.Close() }()
	return readDocuments(path, f)
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

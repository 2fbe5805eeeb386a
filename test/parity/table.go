package parity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
	k8syaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// TableCase is a set of objects that was written by hand.
type TableCase struct {
	Name    string
	Request *Request
	// Rejected are the objects that the operator has to reject.
	Rejected []string
	// Fails means that its whole sync has to fail.
	Fails bool
}

// readCases reads an archive: CASE/in.yaml has the objects, CASE/gates the gates that differ from
// the usual ones, CASE/rejected the objects that the operator rejects, one a line, or the word all
// if its sync fails. The objects of common.yaml belong to every case that follows, unless the case
// has an object with the same name.
func readCases(file string, schemas map[string]*Schema) ([]*TableCase, error) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	topic := strings.TrimSuffix(filepath.Base(file), ".txtar")
	byName := map[string]*TableCase{}
	var cases []*TableCase
	var common []byte
	for _, f := range archive.Files {
		name, part, isCase := strings.Cut(f.Name, "/")
		if !isCase {
			common = f.Data
			continue
		}
		c := byName[name]
		if c == nil {
			c = &TableCase{Name: topic + "/" + name, Request: &Request{Gates: Gates{EndpointSlice: true, RetentionPolicies: true, TopologySharding: true}}}
			byName[name] = c
			cases = append(cases, c)
			if err := c.readObjects(common, schemas); err != nil {
				return nil, fmt.Errorf("reading common.yaml in %s: %w", file, err)
			}
		}
		if err := c.read(part, f.Data, schemas); err != nil {
			return nil, fmt.Errorf("reading %s of %s: %w", f.Name, file, err)
		}
	}
	for _, c := range cases {
		c.addNamespaces()
	}
	return cases, nil
}

// addNamespaces adds the namespaces of the objects, which exist in any cluster.
func (c *TableCase) addNamespaces() {
	for _, data := range slices.Clone(c.Request.Objects) {
		var m meta
		if err := json.Unmarshal(data, &m); err != nil || m.Kind == "Namespace" {
			continue
		}
		var namespace meta
		namespace.Kind, namespace.Metadata.Name = "Namespace", m.Metadata.Namespace
		if c.index(namespace) < 0 {
			c.Request.add(map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{
				"name": namespace.Metadata.Name, "labels": map[string]any{"kubernetes.io/metadata.name": namespace.Metadata.Name},
			}})
		}
	}
}

func (c *TableCase) read(part string, data []byte, schemas map[string]*Schema) error {
	switch part {
	case "in.yaml":
		return c.readObjects(data, schemas)
	case "gates":
		return yaml.UnmarshalStrict(data, &c.Request.Gates)
	case "rejected":
		for _, object := range strings.Fields(string(data)) {
			if object == "all" {
				c.Fails = true
			} else {
				c.Rejected = append(c.Rejected, object)
			}
		}
		return nil
	}
	return errors.New("no part of a case has this name")
}

func (c *TableCase) readObjects(data []byte, schemas map[string]*Schema) error {
	decoder := k8syaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), 4096)
	for {
		var object map[string]any
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if object == nil {
			continue
		}
		kind, _ := object["kind"].(string)
		if schema := schemas[kind]; schema != nil {
			schema.Fill(object["spec"])
		}
		raw, err := json.Marshal(object)
		if err != nil {
			return err
		}
		var m meta
		if err := json.Unmarshal(raw, &m); err != nil {
			return err
		}
		if kind == "Prometheus" || kind == "PrometheusAgent" {
			c.Request.Prometheus = m.Metadata.Namespace + "/" + m.Metadata.Name
		}
		c.put(m, raw)
	}
}

// put adds an object. It replaces an object with the same kind and name.
func (c *TableCase) put(m meta, raw json.RawMessage) {
	if i := c.index(m); i >= 0 {
		c.Request.Objects[i] = raw
		return
	}
	c.Request.Objects = append(c.Request.Objects, raw)
}

// index returns the index of the object with a kind and name, or -1.
func (c *TableCase) index(m meta) int {
	return slices.IndexFunc(c.Request.Objects, func(data json.RawMessage) bool {
		var other meta
		err := json.Unmarshal(data, &other)
		return err == nil && other.Kind == m.Kind && other.Metadata.Namespace == m.Metadata.Namespace && other.Metadata.Name == m.Metadata.Name
	})
}

package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	runtimeschema "k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/promgate/promgate/internal/schema"
)

// TestCRDs: the embedded CRDs refuse the values that they own, and admit those that checks own.
func TestCRDs(t *testing.T) {
	cases, err := allCases()
	if err != nil {
		t.Fatal(err)
	}
	schemas := schema.New()
	for _, c := range cases {
		if c.Owner == "" {
			continue
		}
		_, found, err := admitted(t, schemas, c)
		if err != nil {
			t.Fatal(err)
		}
		if wrong := c.wrongViolations(found); wrong != "" {
			t.Errorf("%s: %s: %s\n%.400v", c.Table, c.Leaf, wrong, c.Object["spec"])
		}
	}
}

func (c testCase) wrongViolations(found []schema.Violation) string {
	var texts []string
	for _, v := range found {
		if c.Owner == crd && slices.ContainsFunc(c.Fields, func(field string) bool { return about(v.Path.String(), field) }) {
			return ""
		}
		texts = append(texts, v.Field+": "+v.Message)
	}
	switch {
	case c.Owner == crd:
		return fmt.Sprintf("the CRD should refuse this at %s, but says %q", c.Fields[0], texts)
	case len(texts) > 0:
		return fmt.Sprintf("the check %s never sees this: the CRD says %q", c.Checks[0], texts)
	}
	return ""
}

func (c testCase) version() string {
	version, _ := c.Object["apiVersion"].(string)
	return version
}

// admitted returns the object of a case as the API server would store it, and why it would refuse it.
func admitted(t *testing.T, schemas *schema.Schemas, c testCase) ([]byte, []schema.Violation, error) {
	t.Helper()
	raw, err := json.Marshal(c.Object)
	if err != nil {
		return nil, nil, err
	}
	var object map[string]any
	if err := utiljson.Unmarshal(raw, &object); err != nil {
		return nil, nil, err
	}
	group, err := runtimeschema.ParseGroupVersion(c.version())
	if err != nil {
		return nil, nil, err
	}
	s, known, err := schemas.For(group.WithKind(c.Kind))
	if err != nil || !known {
		return nil, nil, fmt.Errorf("the schema of %s: %w", c.Kind, err)
	}
	_, found := s.Admit(t.Context(), object)
	raw, err = json.Marshal(object)
	return raw, found, err
}

package format

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// validateSARIF returns how a log breaks the official schema of SARIF 2.1.0 (errata 01), of which
// go-sarif has a copy. That library validates what its own types keep of the log: a value that they
// drop is an error here. They write empty lists where the log has none, and empty values that the
// schema refuses, which get the schema's defaults.
func validateSARIF(log string) error {
	r, err := sarif.FromString(log)
	if err != nil {
		return err
	}
	for _, run := range r.Runs {
		run.NewlineSequences = []string{"\r\n", "\n"}
		run.Language, run.Tool.Driver.Language = "en-US", "en-US"
	}
	if err := r.Validate(); err != nil {
		return err
	}
	kept, err := json.Marshal(r)
	if err != nil {
		return err
	}
	var wrote, read any
	if err := errors.Join(json.Unmarshal([]byte(log), &wrote), json.Unmarshal(kept, &read)); err != nil {
		return err
	}
	return contains(read, wrote, "")
}

// contains returns where a JSON value lacks something of another one.
func contains(whole, part any, path string) error {
	switch part := part.(type) {
	case map[string]any:
		whole, _ := whole.(map[string]any)
		for key, value := range part {
			if err := contains(whole[key], value, path+"."+key); err != nil {
				return err
			}
		}
	case []any:
		whole, _ := whole.([]any)
		if len(whole) != len(part) {
			return fmt.Errorf("%s has %d entries, not %d", path, len(whole), len(part))
		}
		for i := range part {
			if err := contains(whole[i], part[i], fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
	default:
		if whole != part {
			return fmt.Errorf("%s is %v, not %v", path, whole, part)
		}
	}
	return nil
}

func TestSARIFSchema(t *testing.T) {
	for name, log := range map[string]string{
		"Shared":    written(t, "sarif", sharedReport(), sharedOptions()),
		"NoOptions": written(t, "sarif", sharedReport(), Options{}),
		"Empty":     written(t, "sarif", Report{}, Options{}),
		"Zero":      written(t, "sarif", Report{Findings: []Located{{}}}, Options{}),
	} {
		if err := validateSARIF(log); err != nil {
			t.Errorf("%s: %v in\n%s", name, err, log)
		}
	}
}

// TestSARIFSchemaRefuses holds that the schema is really looked at.
func TestSARIFSchemaRefuses(t *testing.T) {
	log := written(t, "sarif", sharedReport(), sharedOptions())
	for _, c := range [][2]string{
		{`"unicodeCodePoints"`, `"characters"`},
		{`"level": "error"`, `"level": "deny"`},
		{`"startLine": 4`, `"startLine": 0`},
		{`"ruleIndex"`, `"ruleNumber"`},
	} {
		broken := strings.Replace(log, c[0], c[1], 1)
		if broken == log {
			t.Fatalf("%s is not in the log", c[0])
		}
		if validateSARIF(broken) == nil {
			t.Errorf("the schema accepts %s", c[1])
		}
	}
}

func readSARIF(t *testing.T, log string) sarifRun {
	t.Helper()
	var got sarifLog
	readJSON(t, log, &got)
	if len(got.Runs) != 1 {
		t.Fatalf("%d runs, want one", len(got.Runs))
	}
	return got.Runs[0]
}

func TestSARIFResults(t *testing.T) {
	r := sharedReport()
	r.Sort()
	run := readSARIF(t, written(t, "sarif", r, sharedOptions()))
	if len(run.Results) != len(r.Findings) {
		t.Fatalf("%d findings went in and %d came out", len(r.Findings), len(run.Results))
	}
	for i, got := range run.Results {
		l := r.Findings[i]
		if id := run.Tool.Driver.Rules[got.RuleIndex].ID; id != l.Finding.Check || got.RuleID != id {
			t.Errorf("result %d is about rule %s and its index is that of %s, want %s", i, got.RuleID, id, l.Finding.Check)
		}
		path, err := url.PathUnescape(strings.TrimPrefix(got.Locations[0].Physical.Artifact.URI, "file:///"))
		if want := l.repositoryPath(""); err != nil || path != want {
			t.Errorf("result %d is in %q (%v), want %q", i, path, err, want)
		}
	}
}

// TestFingerprints holds that they follow a finding when its lines and its place in a list move,
// and that no two findings have the same one.
func TestFingerprints(t *testing.T) {
	r := sharedReport()
	r.Sort()
	before := fingerprints(r.Findings, "")
	if distinct := slices.Compact(slices.Sorted(slices.Values(before))); len(distinct) != len(before) {
		t.Errorf("%d findings have %d fingerprints", len(before), len(distinct))
	}
	for i := range r.Findings {
		if r.Findings[i].Start.Line > 0 {
			r.Findings[i].Start.Line += 7
			r.Findings[i].End.Line += 7
		}
		if r.Findings[i].Finding.Key != "" {
			r.Findings[i].Finding.Path = intervalPath(9)
		}
	}
	if diff := cmp.Diff(before, fingerprints(r.Findings, "")); diff != "" {
		t.Errorf("fingerprints change with the lines (-before +after):\n%s", diff)
	}
	for i := range r.Findings {
		r.Findings[i].Name = "other"
	}
	for i, after := range fingerprints(r.Findings, "") {
		if after == before[i] {
			t.Errorf("finding %d has the same fingerprint for another object", i)
		}
	}
}

// TestSARIFLinks holds that a user's text is no link, which SARIF has in plain text.
func TestSARIFLinks(t *testing.T) {
	for _, result := range readSARIF(t, written(t, "sarif", sharedReport(), Options{})).Results {
		if strings.Contains(result.Message.Text, "](") {
			t.Errorf("%q is a link", result.Message.Text)
		}
	}
}

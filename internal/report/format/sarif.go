package format

import (
	"bytes"
	"strings"

	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/validation"
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	homepage    = "https://github.com/promgate/promgate"

	// fingerprintName is not GitHub's own primaryLocationLineHash: codeql-action (4.36) warns about
	// each result that has one of another value than its own.
	fingerprintName = "promgateFinding/v1"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string        `json:"id"`
	ShortDescription sarifText     `json:"shortDescription"`
	FullDescription  sarifText     `json:"fullDescription"`
	Help             sarifMarkdown `json:"help"`
	HelpURI          string        `json:"helpUri,omitempty"`
	Default          *sarifDefault `json:"defaultConfiguration,omitempty"`
}

type sarifDefault struct {
	Level string `json:"level"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifMarkdown struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
}

type sarifLocation struct {
	Physical sarifPhysical  `json:"physicalLocation"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn,omitempty"`
}

type sarifLogical struct {
	Name          string `json:"name"`
	QualifiedName string `json:"fullyQualifiedName"`
	Kind          string `json:"kind"`
}

func writeSARIF(b *bytes.Buffer, r Report, o Options) error {
	rules, index := sarifRules(r, o)
	results := []sarifResult{}
	prints := fingerprints(r.Findings, o.Root)
	for i, l := range r.Findings {
		results = append(results, sarifResult{
			RuleID:       l.Finding.Check,
			RuleIndex:    index[l.Finding.Check],
			Level:        sarifLevel(l.Finding.Severity),
			Message:      sarifMessage(l),
			Locations:    []sarifLocation{sarifPlace(l, o.Root)},
			Fingerprints: map[string]string{fingerprintName: prints[i]},
		})
	}
	driver := sarifDriver{Name: "promgate", Version: o.Version, InformationURI: homepage, Rules: rules}
	return encodeJSON(b, sarifLog{
		Schema: sarifSchema, Version: "2.1.0",
		Runs: []sarifRun{{Tool: sarifTool{driver}, ColumnKind: "unicodeCodePoints", Results: results}},
	})
}

// sarifRules returns a rule for each check, and the index of each among them. Checks that the caller
// did not describe come last.
func sarifRules(r Report, o Options) ([]sarifRule, map[string]int) {
	rules, index := []sarifRule{}, map[string]int{}
	add := func(id string, rule sarifRule) {
		if _, known := index[id]; known {
			return
		}
		if o.PageOf != nil {
			rule.HelpURI = o.PageOf(id)
		}
		index[id] = len(rules)
		rules = append(rules, rule)
	}
	for _, c := range o.Checks {
		add(c.ID, describedRule(c))
	}
	for _, l := range r.Findings {
		id := l.Finding.Check
		add(id, sarifRule{ID: id, ShortDescription: sarifText{id}, FullDescription: sarifText{id}, Help: sarifMarkdown{id, id}})
	}
	return rules, index
}

func describedRule(c validation.Info) sarifRule {
	return sarifRule{
		ID:               c.ID,
		ShortDescription: sarifText{c.Doc.Title},
		FullDescription:  sarifText{firstParagraph(c.Doc.Text)},
		Help:             sarifMarkdown{Text: c.Doc.Text, Markdown: c.Doc.Text},
		Default:          &sarifDefault{sarifLevel(c.Severity)},
	}
}

// sarifMessage breaks links: SARIF has [TEXT](ADDRESS) in plain text, and viewers follow it. Braces
// stay as they are. The standard (3.11.5) doubles them, but no viewer that we read undoes that
// without arguments, and most expressions have braces.
func sarifMessage(l Located) sarifText {
	return sarifText{strings.ReplaceAll(l.advice(), "](", "] (")}
}

func firstParagraph(text string) string {
	paragraph, _, _ := strings.Cut(strings.TrimSpace(text), "\n\n")
	return report.OneLine(paragraph)
}

func sarifLevel(s validation.Severity) string {
	switch s {
	case validation.Deny:
		return "error"
	case validation.Warn:
		return "warning"
	default:
		return "none"
	}
}

// sarifPlace always has a physical location, as GitHub requires.
func sarifPlace(l Located, root string) sarifLocation {
	place := sarifLocation{Physical: sarifPhysical{Artifact: sarifArtifact{uri(l.repositoryPath(root))}}}
	if l.Start.Line > 0 {
		place.Physical.Region = &sarifRegion{
			StartLine: l.Start.Line, StartColumn: l.Start.Column,
			EndLine: l.end().Line, EndColumn: l.end().Column,
		}
	}
	if object := l.object().String(); object != "" {
		field := object
		if path := report.Path(l.Finding.Path, limits()); path != "" {
			field += " " + path
		}
		place.Logical = []sarifLogical{{Name: report.OneLine(l.Name), QualifiedName: field, Kind: "resource"}}
	}
	return place
}

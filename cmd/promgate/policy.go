package main

import (
	"fmt"
	"os"
	"time"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/config"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// policy is what promgate.yaml says to a command that runs once, and what reviews need besides.
type policy struct {
	settings review.Settings
	operator *selection.Operator
	readers  []*selection.Reader
	labels   defaulting.Rules
	judge    *judge.Judge // of objects that no Prometheus selects
}

// readPolicy reads promgate.yaml. Without a file everything is as installed.
func readPolicy(file string) (policy, error) {
	permissive, err := judge.Permissive()
	if err != nil {
		return policy{}, fmt.Errorf("making the judge: %w", err)
	}
	p := policy{settings: review.Settings{Severity: validation.Policy{}.Severity, Today: time.Now()}, judge: permissive}
	if file == "" {
		return p, nil
	}
	c, _, err := readConfiguration(file, builtin.Checks())
	if err != nil {
		return p, err
	}
	p.settings.Severity, p.settings.DuplicateJobs, p.settings.ParseTime = c.Policy().Severity, c.JobScope(), c.ParseTime()
	p.settings.DenyLost = c.DenyLost()
	p.settings.Suppressions = validation.Suppressions(c.Suppressions)
	p.operator, p.readers = c.OperatorScope(), c.OtherReaders()
	if c.Defaulting != nil { // the labels as installed are a guess
		p.labels = c.Labels()
	}
	return p, nil
}

// readConfiguration reads promgate.yaml, and returns its text as well.
func readConfiguration(file string, checks []validation.Info) (*config.Configuration, []byte, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the configuration: %w", err)
	}
	c, err := config.Parse(content, checks)
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", file, err)
	}
	return c, content, nil
}

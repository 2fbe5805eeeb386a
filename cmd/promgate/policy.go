package main

import (
	"fmt"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/promgate/promgate/internal/config"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/lint"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// policy is what promgate.yaml says to a command that runs once.
type policy struct {
	severity      func(validation.Info, labels.Set) validation.Severity
	duplicateJobs jobs.Scope
	parseTime     time.Duration
	operator      *selection.Operator
	labels        lint.Labels
	suppressions  validation.Suppressions
	judge         validation.Judge // of objects that no Prometheus selects
}

// readPolicy reads promgate.yaml. Without a file everything is as installed.
func readPolicy(file string) (policy, error) {
	permissive, err := judge.Permissive()
	if err != nil {
		return policy{}, fmt.Errorf("making the judge: %w", err)
	}
	p := policy{severity: validation.Policy{}.Severity, judge: permissive}
	if file == "" {
		return p, nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return p, fmt.Errorf("reading the configuration: %w", err)
	}
	c, err := config.Parse(content, builtin.Checks())
	if err != nil {
		return p, fmt.Errorf("reading %s: %w", file, err)
	}
	p.severity, p.duplicateJobs, p.parseTime, p.operator = c.Policy().Severity, c.JobScope(), c.ParseTime(), c.OperatorScope()
	p.suppressions = validation.Suppressions(c.Suppressions)
	p.labels.DefaultPrometheus = c.DefaultPrometheus()
	if c.Defaulting != nil { // the labels as installed are a guess
		p.labels.Rules = c.Labels()
	}
	return p, nil
}

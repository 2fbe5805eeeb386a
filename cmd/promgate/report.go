package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/upgrade"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// errFindings makes the command end with status 1. The findings have been printed already.
var errFindings = errors.New("there are findings")

// parseReportFlags reads the flags -o and --fail-on.
func parseReportFlags(output []string, failOn string) ([]format.Output, validation.Severity, error) {
	outputs, err := format.ParseOutputs(output)
	if err != nil {
		return nil, "", fmt.Errorf("--output: %w", err)
	}
	severity, err := validation.ParseSeverity(failOn)
	if err != nil {
		return nil, "", fmt.Errorf("--fail-on: %w", err)
	}
	return outputs, severity, nil
}

// failing returns an error if the report has a finding at or above a severity.
func failing(r format.Report, failOn validation.Severity) error {
	if failOn == validation.Deny && r.Summary.Deny > 0 || failOn == validation.Warn && len(r.Findings) > 0 {
		return errFindings
	}
	return nil
}

// writeReport writes the report in each format.
func writeReport(stdout io.Writer, outputs []format.Output, r format.Report) error {
	for _, output := range outputs {
		if err := writeOutput(stdout, output, r); err != nil {
			return err
		}
	}
	return nil
}

// checkPage returns the address of the page of a check, or "".
func checkPage(id string) string {
	page, ok := checkPages[id]
	if !ok {
		return ""
	}
	return "https://github.com/promgate/promgate/blob/main/docs/checks/" + page
}

// allChecks returns the checks of all commands.
func allChecks() []validation.Info { return append(builtin.Checks(), upgrade.Checks()...) }

func writeOutput(stdout io.Writer, output format.Output, r format.Report) error {
	options := format.Options{Version: version, Checks: allChecks(), PageOf: checkPage}
	if root, err := os.Getwd(); err == nil {
		options.Root = root
	}
	if output.File == "" {
		options.Color, options.Width = terminalOf(stdout)
		return format.Write(stdout, output.Format, r, options) //nolint:wrapcheck // it says what failed
	}
	file, err := os.Create(output.File)
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if err := format.Write(file, output.Format, r, options); err != nil {
		_ = file.Close()
		return err //nolint:wrapcheck // it says what failed
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// terminalOf reports whether a writer is a terminal that shows colours, and its width.
func terminalOf(w io.Writer) (color bool, width int) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return false, 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		width = 0
	}
	_, noColor := os.LookupEnv("NO_COLOR")
	return !noColor && os.Getenv("TERM") != "dumb", width
}

package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

func checksCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "checks [ID]",
		Short: "List the checks, or explain one",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listChecks(cmd.OutOrStdout())
			}
			return explainCheck(cmd.OutOrStdout(), args[0])
		},
	}
}

func listChecks(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, c := range builtin.Checks() {
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\n", c.ID, c.Severity, c.Doc.Title); err != nil {
			return fmt.Errorf("listing the checks: %w", err)
		}
	}
	return w.Flush()
}

func explainCheck(out io.Writer, id string) error {
	for _, c := range allChecks() {
		if c.ID == id {
			return describe(out, c)
		}
	}
	return fmt.Errorf("there is no check %q; promgate checks lists them", id)
}

func describe(out io.Writer, c validation.Info) error {
	_, err := fmt.Fprintf(out, "%s (%s as installed, since %s)\n\n%s.\n\n%s\n", c.ID, c.Severity, c.Doc.Since, c.Doc.Title, c.Doc.Text)
	return err
}

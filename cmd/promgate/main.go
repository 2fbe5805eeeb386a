// Command promgate is the gate in front of Prometheus on Kubernetes. Each
// subcommand has a file of its own, with its flags and wiring and nothing else.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// version is set when a release is built.
var version = "v0.1.0-dev"

func main() {
	if err := root().Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "promgate: "+err.Error())
		os.Exit(1)
	}
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "promgate",
		Short:         "The gate in front of Prometheus on Kubernetes",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	cmd.AddCommand(serveCommand(), checksCommand())
	return cmd
}

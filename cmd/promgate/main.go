// Command promgate is the gate in front of Prometheus on Kubernetes. Each
// subcommand has a file of its own, with its flags and wiring and nothing else.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// version is set when a release is built.
var version = "v0.1.0-dev"

func main() {
	if err := root().Execute(); err != nil {
		os.Exit(status(err))
	}
}

// status prints the error and returns the exit status.
func status(err error) int {
	if errors.Is(err, errLeftOut) {
		return 1
	}
	fmt.Fprintln(os.Stderr, "promgate: "+err.Error())
	if errors.As(err, new(notRunError)) {
		return 2
	}
	return 1
}

// notRunError is the error of a command that could not do its work. Its status differs from
// that of a command that did its work and found something.
type notRunError struct{ error }

func (n notRunError) Unwrap() error { return n.error }

func couldNotRun(err error) error { return notRunError{err} }

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "promgate",
		Short:         "The gate in front of Prometheus on Kubernetes",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	cmd.AddCommand(serveCommand(), checksCommand(), renderCommand(), reconcileCommand())
	return cmd
}

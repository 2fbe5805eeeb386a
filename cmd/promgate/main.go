// Command promgate is the gate in front of Prometheus on Kubernetes. Each
// subcommand has a file of its own, with its flags and wiring and nothing else.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/promgate/promgate/internal/initgc"
)

// version is set in release builds.
var version = "v0.1.0-dev"

func main() {
	if err := rootCommand().Execute(); err != nil {
		os.Exit(exitStatus(err))
	}
}

// exitStatus prints the error and returns the exit status: 1, or the status that the error asks for.
func exitStatus(err error) int {
	if errors.Is(err, errLeftOut) || errors.Is(err, errFindings) || errors.Is(err, errNotPickedUp) || errors.Is(err, errUnwell) {
		return 1
	}
	fmt.Fprintln(os.Stderr, "promgate: "+err.Error())
	if errors.As(err, new(notRunError)) {
		return 2
	}
	return 1
}

// notRunError is the error of a command that could not do its work, for commands whose status 1
// means that they did it and found something.
type notRunError struct{ error }

func (n notRunError) Unwrap() error { return n.error }

func couldNotRun(err error) error { return notRunError{err} }

func rootCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "promgate",
		Short:         "An admission webhook server for the objects of the Prometheus Operator",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRun: func(cmd *cobra.Command, _ []string) {
			if cmd.Annotations[collectsLate] == "" {
				initgc.Resume()
			}
		},
	}
	cmd.AddCommand(serveCommand(), checksCommand(), lintCommand(), auditCommand(), upgradeCheckCommand(), explainCommand(), doctorCommand(), renderCommand(), reconcileCommand())
	return cmd
}

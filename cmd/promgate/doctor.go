package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/promgate/promgate/doctor"
	"github.com/promgate/promgate/doctor/ask"
)

// errUnwell makes the command end with status 1. The diagnosis has been printed.
var errUnwell = errors.New("a problem was found")

type doctorFlags struct {
	kubeconfig, context, output string
	facts                       ask.Options
}

func doctorCommand() *cobra.Command {
	var f doctorFlags
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say whether promgate itself is well in a running cluster",
		Long: `Look at promgate in a running cluster, step by step, each with ok, problem or unknown, and say what to
do: whether the API server calls it and trusts its certificate, what is behind the webhooks, and what else
keeps it from its work.

It stores nothing in the cluster. To see whether the API server can call promgate, it creates a
ServiceMonitor with a mistake in a dry run; --dry-run=false leaves that out. It also connects to
the addresses of the webhooks from here; --connect=false leaves that out.

Exit status: 0 if there is no problem, 1 if there is one, 2 if the cluster could not be looked at.`,
		Example: `  promgate doctor
  promgate doctor --context production --dry-run-namespace shop -o json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if err := cobra.NoArgs(cmd, args); err != nil {
				return couldNotRun(err)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd.Context(), cmd.OutOrStdout()) },
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return couldNotRun(err) })
	flags := cmd.Flags()
	flags.StringVarP(&f.output, "output", "o", "text", "text or json")
	flags.StringVar(&f.facts.Name, "webhook-configurations", "promgate", "`name` of the validating and of the mutating webhook configuration")
	flags.StringVarP(&f.facts.Namespace, "namespace", "n", "", "namespace of promgate; by default that of the Service that the webhooks call")
	flags.BoolVar(&f.facts.DryRun, "dry-run", true, "create a ServiceMonitor with a mistake in a dry run, to see whether promgate answers")
	flags.StringVar(&f.facts.TrialNamespace, "dry-run-namespace", "", "namespace of the dry run; by default one in which promgate is called")
	flags.BoolVar(&f.facts.Connect, "connect", true, "connect to the addresses of the webhooks from here")
	flags.StringVar(&f.kubeconfig, "kubeconfig", "", "kubeconfig `file`; by default $KUBECONFIG, else ~/.kube/config, else the cluster that promgate runs in")
	flags.StringVar(&f.context, "context", "", "context of the kubeconfig")
	return cmd
}

func (f doctorFlags) run(ctx context.Context, stdout io.Writer) error {
	if f.output != "text" && f.output != "json" {
		return couldNotRun(fmt.Errorf("--output %s: must be text or json", f.output))
	}
	config, err := kubernetesConfig(f.kubeconfig, f.context)
	if err != nil {
		return couldNotRun(err)
	}
	f.facts.Version = version
	facts, err := ask.Gather(ctx, config, f.facts)
	if err != nil {
		return couldNotRun(err)
	}
	return writeDiagnosis(stdout, doctor.Examine(facts), f.output)
}

func writeDiagnosis(stdout io.Writer, d *doctor.Diagnosis, output string) error {
	var err error
	if output == "json" {
		err = doctor.WriteJSON(stdout, d)
	} else {
		o := doctor.TextOptions{}
		o.Color, o.Width = terminalOf(stdout)
		err = doctor.WriteText(stdout, d, o)
	}
	if err != nil {
		return couldNotRun(err)
	}
	if !d.Healthy {
		return errUnwell
	}
	return nil
}

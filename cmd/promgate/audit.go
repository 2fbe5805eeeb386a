package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/audit"
	"github.com/promgate/promgate/internal/live"
	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

type auditFlags struct {
	kubeconfig, context, config, failOn string
	namespaces, outputs                 []string
	watch                               watchFlags
}

func auditCommand() *cobra.Command {
	var f auditFlags
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Check all objects of a running cluster",
		Long: `Check all objects of the Prometheus Operator in a running cluster: as the webhooks would
check them if they were applied now, and as Prometheus would load them with the Secrets
and ConfigMaps that are there, where promgate may read those. It changes nothing.

With --watch it audits again and again until it is told to end, and keeps metrics and
Events instead of a report. Run one replica.

Exit status: 0, 1 if there is a finding at or above --fail-on, 2 if the cluster could
not be read, or --watch could not start.`,
		Example: `  promgate audit
  promgate audit -n shop -o json
  promgate audit --watch --listen :8080`,
		Args: func(cmd *cobra.Command, args []string) error {
			if err := cobra.NoArgs(cmd, args); err != nil {
				return couldNotRun(err)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.watch.check(cmd); err != nil {
				return couldNotRun(err)
			}
			if f.watch.on {
				if err := f.runWatch(cmd.Context()); err != nil {
					return couldNotRun(err)
				}
				return nil
			}
			return f.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return couldNotRun(err) })
	flags := cmd.Flags()
	flags.StringVar(&f.kubeconfig, "kubeconfig", "", "kubeconfig `file`; by default $KUBECONFIG, else ~/.kube/config, else the cluster that promgate runs in")
	flags.StringVar(&f.context, "context", "", "context of the kubeconfig")
	flags.StringSliceVarP(&f.namespaces, "namespace", "n", nil, "report on these namespaces alone (repeatable)")
	flags.StringVar(&f.config, "config", "", "promgate.yaml, for severities and the operator's scope")
	flags.StringArrayVarP(&f.outputs, "output", "o", nil, "FORMAT or FORMAT=FILE: "+strings.Join(format.Formats(), ", ")+" (repeatable)")
	f.watch.add(cmd)
	flags.StringVar(&f.failOn, "fail-on", string(validation.Deny), "the least severity that makes the exit status 1: deny, warn, or off for none")
	return cmd
}

func (f auditFlags) run(ctx context.Context, stdout, stderr io.Writer) error {
	outputs, failOn, err := parseReportFlags(f.outputs, f.failOn)
	if err != nil {
		return couldNotRun(err)
	}
	p, err := readPolicy(f.config)
	if err != nil {
		return couldNotRun(err)
	}
	reader, err := clusterReader(f.kubeconfig, f.context)
	if err != nil {
		return couldNotRun(err)
	}
	read, err := live.Read(ctx, reader, live.WithoutSecrets)
	if err != nil {
		return couldNotRun(err)
	}
	if err := reportUnread(stderr, read); err != nil {
		return couldNotRun(err)
	}
	assets := live.NewLenientAssets(reader)
	assets.Begin(ctx)
	options := f.options(p)
	options.Assets, options.Malformed = assets, read.Malformed
	line := startProgress(stderr, "objects audited")
	options.Progress = line.show
	r, err := audit.Run(ctx, read.Objects, options)
	line.end()
	if err != nil {
		return couldNotRun(err)
	}
	if err := reportUnreadAssets(stderr, assets); err != nil {
		return couldNotRun(err)
	}
	if err := writeReport(stdout, outputs, *r); err != nil {
		return couldNotRun(err)
	}
	return failing(*r, failOn)
}

func (f auditFlags) options(p policy) audit.Options {
	return audit.Options{Settings: p.settings, Kinds: builtin.Kinds(), Judge: p.judge, Operator: p.operator, Readers: p.readers, Namespaces: f.namespaces}
}

// reportUnreadAssets says of which kinds the content of some objects could not be read.
func reportUnreadAssets(stderr io.Writer, assets *live.Assets) error {
	unread := assets.Unread()
	for _, kind := range slices.Sorted(maps.Keys(unread)) {
		if _, err := fmt.Fprintf(stderr, "promgate: not audited: the content of %s objects: %v\n", kind, unread[kind]); err != nil {
			return fmt.Errorf("reporting: %w", err)
		}
	}
	return nil
}

// reportUnread says which kinds could not be read. Without a kind of the operator there is nothing to
// audit.
func reportUnread(stderr io.Writer, read *live.Cluster) error {
	if !read.HasOperators() {
		return errors.New("no kind of the Prometheus Operator could be read: are its CRDs installed, and may you list them?")
	}
	for _, u := range read.Unread {
		if u.Missing {
			continue
		}
		if _, err := fmt.Fprintf(stderr, "promgate: not audited: %s objects: %v\n", u.Kind, u.Err); err != nil {
			return fmt.Errorf("reporting: %w", err)
		}
	}
	return nil
}

// clusterReader returns a client of the cluster that a kubeconfig names.
func clusterReader(kubeconfig, kubeContext string) (client.Reader, error) {
	config, err := kubernetesConfig(kubeconfig, kubeContext)
	if err != nil {
		return nil, err
	}
	return newClient(config)
}

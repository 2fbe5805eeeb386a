package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/blang/semver/v4"
	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/audit"
	"github.com/promgate/promgate/internal/live"
	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/lint"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/upgrade"
	"github.com/promgate/promgate/validation"
)

type upgradeFlags struct {
	lintFlags

	from, to string
}

func upgradeCheckCommand() *cobra.Command {
	var f upgradeFlags
	cmd := &cobra.Command{
		Use:   "upgrade-check --to VERSION [PATH...]",
		Short: "Say what another version of Prometheus changes for objects",
		Long: `Say what breaks, needs a feature flag, or silently changes its meaning when Prometheus
is upgraded: the findings that are new with the version of --to, and the values that
mean something else in it. What is wrong with the version that runs already is not
repeated: promgate lint and promgate audit show it.

The version that runs is that of the Prometheus objects, in the files or in the cluster,
or --from. A path is a file, a directory, or - for standard input. Without a path,
--cluster checks the objects of the running cluster.

Exit status: 0, 1 if there is a finding at or above --fail-on, 2 if nothing could be
checked.`,
		Example: `  promgate upgrade-check --from 2.55 --to 3.16 manifests/
  promgate upgrade-check --to 3.16 --cluster
  helm template my-release my-chart | promgate upgrade-check --from 2.55 --to 3.16 -`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), args)
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return couldNotRun(err) })
	flags := cmd.Flags()
	flags.StringVar(&f.to, "to", "", "version of Prometheus to upgrade to")
	flags.StringVar(&f.from, "from", "", "version of Prometheus that runs, for all Prometheus objects, or if there are none")
	flags.StringVarP(&f.namespace, "namespace", "n", metav1.NamespaceDefault, "namespace of objects without one")
	flags.StringVar(&f.config, "config", "", "promgate.yaml, for severities, label defaults and the operator's scope")
	flags.StringArrayVarP(&f.outputs, "output", "o", nil, "FORMAT or FORMAT=FILE: text, json, sarif, junit, github, gitlab or checkstyle (repeatable)")
	flags.StringVar(&f.failOn, "fail-on", string(validation.Deny), "the least severity that makes the exit status 1: deny, warn, or off for none")
	flags.BoolVar(&f.allowEmpty, "allow-empty", false, "succeed if the paths contain nothing to check")
	flags.BoolVar(&f.configMaps, "configmap-rules", false, "also check the rule files in ConfigMaps")
	flags.BoolVar(&f.cluster, "cluster", false, "check the objects of the running cluster; with paths, only take them into account")
	flags.StringVar(&f.crds, "crds", "", "file or directory with the operator's CRDs, if the cluster has others than those of the operator v0.95.1")
	flags.StringVar(&f.kubeconfig, "kubeconfig", "", "with --cluster: kubeconfig `file`, as for kubectl")
	flags.StringVar(&f.context, "context", "", "with --cluster: context of the kubeconfig")
	return cmd
}

func (f upgradeFlags) run(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer, paths []string) error {
	outputs, failOn, err := parseReportFlags(f.outputs, f.failOn)
	if err != nil {
		return couldNotRun(err)
	}
	if err := f.check(paths); err != nil {
		return couldNotRun(err)
	}
	run, err := f.door(ctx, stdin, stderr, paths)
	if err != nil {
		return couldNotRun(err)
	}
	r, err := f.compare(ctx, run)
	if err != nil {
		return couldNotRun(err)
	}
	if len(r.Checked) == 0 && len(r.Findings) == 0 && !f.allowEmpty {
		return couldNotRun(errors.New("there is nothing to check: no object of the Prometheus Operator, and no rule file; --allow-empty permits that"))
	}
	if err := writeReport(stdout, outputs, r); err != nil {
		return couldNotRun(err)
	}
	return failing(r, failOn)
}

// check checks the flags.
func (f upgradeFlags) check(paths []string) error {
	if f.to == "" {
		return errors.New("--to is required: the version of Prometheus to upgrade to, such as 3.16")
	}
	for flag, version := range map[string]string{"--to": f.to, "--from": f.from} {
		if _, err := semver.ParseTolerant(version); version != "" && err != nil {
			return fmt.Errorf("%s %s: must be a version such as v3.5.0", flag, version)
		}
	}
	if len(paths) == 0 && !f.cluster {
		return errors.New("upgrade-check needs a PATH: a file, a directory, or - for standard input; or --cluster")
	}
	return nil
}

// A checking checks objects with the checks of some kinds, with all Prometheus objects at a version, or as they are if it is
// empty.
type checking func(ctx context.Context, kinds []validation.Kind, version string) (format.Report, error)

// compare checks as it is, as it will be, and what changes its meaning.
func (f upgradeFlags) compare(ctx context.Context, run checking) (format.Report, error) {
	before, err := run(ctx, nil, f.from)
	if err != nil {
		return format.Report{}, err
	}
	after, err := run(ctx, nil, f.to)
	if err != nil {
		return format.Report{}, err
	}
	to, err := semver.ParseTolerant(f.to)
	if err != nil {
		return format.Report{}, fmt.Errorf("--to %s: %w", f.to, err)
	}
	changes, err := run(ctx, upgrade.Kinds(to), f.from)
	if err != nil {
		return format.Report{}, err
	}
	return upgrade.Merge(upgrade.New(before, after), changes), nil
}

// door reads what is to be checked.
func (f upgradeFlags) door(ctx context.Context, stdin io.Reader, stderr io.Writer, paths []string) (checking, error) {
	if len(paths) == 0 {
		return f.clusterDoor(ctx, stderr)
	}
	options, err := f.options(ctx)
	if err != nil {
		return nil, err
	}
	files, err := load.Files(paths, stdin)
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the file
	}
	if f.from != "" {
		if options.StandIn, err = standIn(f.namespace+"/prometheus", f.from); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, kinds []validation.Kind, version string) (format.Report, error) {
		o := options
		if kinds != nil {
			o.Kinds = kinds
		}
		o.Replace = func(object selection.Object) selection.Object { return upgrade.At(object, version) }
		r, err := lint.Run(ctx, files, o)
		if err != nil {
			return format.Report{}, err //nolint:wrapcheck // it says what failed
		}
		return r.Report, nil
	}, nil
}

// clusterDoor reads the objects of the running cluster.
func (f upgradeFlags) clusterDoor(ctx context.Context, stderr io.Writer) (checking, error) {
	p, err := readPolicy(f.config)
	if err != nil {
		return nil, err
	}
	reader, err := clusterReader(f.kubeconfig, f.context)
	if err != nil {
		return nil, err
	}
	read, err := live.Read(ctx, reader, live.WithoutSecrets)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what failed
	}
	if err := reportUnread(stderr, read); err != nil {
		return nil, err
	}
	return func(ctx context.Context, kinds []validation.Kind, version string) (format.Report, error) {
		o := auditFlags{}.options(p)
		if kinds != nil {
			o.Kinds = kinds
		}
		objects := make([]selection.Object, len(read.Objects))
		for i, object := range read.Objects {
			objects[i] = upgrade.At(object, version)
		}
		r, err := audit.Run(ctx, objects, o)
		if err != nil {
			return format.Report{}, err //nolint:wrapcheck // it says what failed
		}
		return *r, nil
	}, nil
}

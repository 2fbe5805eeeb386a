package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/blang/semver/v4"
	"github.com/spf13/cobra"

	"github.com/promgate/promgate/audit"
	"github.com/promgate/promgate/internal/live"
	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/lint"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/upgrade"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
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
	addShared(cmd, &f.lintFlags)
	flags.StringVar(&f.to, "to", "", "version of Prometheus to upgrade to")
	flags.StringVar(&f.operatorVersion, "operator-version", "", "version of the operator to run: report fields and values that it does not know")
	flags.StringVar(&f.from, "from", "", "version of Prometheus that runs, for all Prometheus objects, or if there are none")
	flags.BoolVar(&f.cluster, "cluster", false, "check the objects of the running cluster; with paths, only take them into account")
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
	check, err := f.door(ctx, stdin, stderr, paths)
	if err != nil {
		return couldNotRun(err)
	}
	r, err := f.compare(ctx, check)
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
	if f.to == "" && f.operatorVersion == "" {
		return errors.New("--to or --operator-version is required: the version of Prometheus to upgrade to, such as 3.16, or that of the operator")
	}
	for flag, version := range map[string]string{"--to": f.to, "--from": f.from} {
		if _, err := semver.ParseTolerant(version); version != "" && err != nil {
			return fmt.Errorf("%s %s: must be a version such as v3.5.0", flag, version)
		}
	}
	if len(paths) == 0 && !f.cluster {
		return errors.New("upgrade-check needs a PATH: a file, a directory, or - for standard input; or --cluster")
	}
	if len(paths) == 0 && f.operatorVersion != "" {
		return errors.New("--operator-version needs a PATH: an object in the cluster has fields that nobody wrote, the defaults of its CRD")
	}
	return nil
}

// A run is one of the runs that are compared.
type run struct {
	changes  bool   // the checks on what changes its meaning, instead of those of lint
	version  string // of all Prometheus objects; if it is empty, they are as they are
	operator bool   // with the version of the operator that --operator-version says
}

// A door checks the objects.
type door func(ctx context.Context, r run) (format.Report, error)

// compare checks how it is and how it will be, and what changes its meaning.
func (f upgradeFlags) compare(ctx context.Context, check door) (format.Report, error) {
	before, err := check(ctx, run{version: f.from})
	if err != nil {
		return format.Report{}, err
	}
	note, err := f.uncompared(before)
	if err != nil {
		return format.Report{}, err
	}
	after, err := check(ctx, run{version: cmp.Or(f.to, f.from), operator: true})
	if err != nil {
		return format.Report{}, err
	}
	found := upgrade.New(before, after)
	if f.to == "" {
		return found, nil
	}
	changes, err := check(ctx, run{version: f.from, changes: true})
	if err != nil {
		return format.Report{}, err
	}
	found = upgrade.Merge(found, changes)
	found.Summary.Note = cmp.Or(note, found.Summary.Note)
	return found, nil
}

// uncompared returns an error if it is unknown which version of Prometheus runs, and says what is not compared for that
// reason.
func (f upgradeFlags) uncompared(before format.Report) (note string, err error) {
	if f.to == "" || f.from != "" {
		return "", nil
	}
	rules := 0
	for _, o := range before.Checked {
		if o.Kind == lint.RuleFileKind {
			rules++
		}
	}
	if before.Summary.Note != "" || rules > 0 && rules == len(before.Checked) {
		return "", errors.New("no Prometheus object says which version runs: add one, use --cluster, or say --from VERSION")
	}
	if rules > 0 {
		return fmt.Sprintf("not compared: %d rule files, which no Prometheus object selects; --from says which version loads them", rules), nil
	}
	return "", nil
}

// kinds returns the kinds with the checks of a run, and the checks that others run.
func (f upgradeFlags) kinds(r run) (kinds []validation.Kind, elsewhere []validation.Info, err error) {
	if !r.changes {
		return builtin.Kinds(), upgrade.Checks(), nil
	}
	to, err := semver.ParseTolerant(f.to)
	if err != nil {
		return nil, nil, fmt.Errorf("--to %s: %w", f.to, err)
	}
	return upgrade.Kinds(to), builtin.Checks(), nil
}

// door reads what is to be checked.
func (f upgradeFlags) door(ctx context.Context, stdin io.Reader, stderr io.Writer, paths []string) (door, error) {
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
	return func(ctx context.Context, r run) (format.Report, error) {
		o := options
		var err error
		if o.Kinds, o.Elsewhere, err = f.kinds(r); err != nil {
			return format.Report{}, err
		}
		if !r.operator {
			o.OperatorVersion = nil
		}
		o.Replace = func(object selection.Object) selection.Object { return upgrade.At(object, r.version) }
		result, err := lint.Run(ctx, files, o)
		if err != nil {
			return format.Report{}, err //nolint:wrapcheck // it says what failed
		}
		return result.Report, nil
	}, nil
}

// clusterDoor reads the objects of the running cluster.
func (f upgradeFlags) clusterDoor(ctx context.Context, stderr io.Writer) (door, error) {
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
	return f.auditDoor(p, read.Objects), nil
}

// auditDoor checks objects that are not in files.
func (f upgradeFlags) auditDoor(p policy, objects []selection.Object) door {
	return func(ctx context.Context, r run) (format.Report, error) {
		kinds, _, err := f.kinds(r)
		if err != nil {
			return format.Report{}, err
		}
		o := auditFlags{}.options(p)
		o.Kinds = kinds
		upgraded := make([]selection.Object, len(objects))
		for i, object := range objects {
			upgraded[i] = upgrade.At(object, r.version)
		}
		report, err := audit.Run(ctx, upgraded, o)
		if err != nil {
			return format.Report{}, err //nolint:wrapcheck // it says what failed
		}
		return *report, nil
	}
}

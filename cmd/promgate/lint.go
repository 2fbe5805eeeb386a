package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/blang/semver/v4"
	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/initgc"
	"github.com/promgate/promgate/internal/live"
	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/schema"
	"github.com/promgate/promgate/lint"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/upgrade"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

type lintFlags struct {
	namespace, config, failOn, prometheusVersion string
	outputs, selects                             []string
	configMaps, allowEmpty, fix, diff, cluster   bool
	annotate                                     bool
	kubeconfig, context, crds, operatorVersion   string
}

func lintCommand() *cobra.Command {
	var f lintFlags
	cmd := &cobra.Command{
		Use:   "lint PATH...",
		Short: "Check files as the webhooks would check them, without a cluster",
		Long: `Check the objects of the Prometheus Operator, and plain Prometheus rule files, as the API
server and promgate's webhooks check them at kubectl apply. A path is a file, a
directory, or - for standard input. Objects of other kinds are passed over; Namespaces,
Services, Secrets and Prometheus objects among the files decide about the others.

Exit status: 0, 1 if there is a finding at or above --fail-on, 2 if nothing could be
checked.`,
		Example: `  promgate lint manifests/
  helm template my-release my-chart | promgate lint -
  promgate lint -o text -o sarif=promgate.sarif manifests/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return couldNotRun(errors.New("lint needs a PATH: a file, a directory, or - for standard input"))
			}
			return nil
		},
		Annotations: map[string]string{collectsLate: "true"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), args)
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return couldNotRun(err) })
	flags := cmd.Flags()
	addShared(cmd, &f)
	flags.BoolVar(&f.fix, "fix", false, "write fixes into the files: missing labels, and names that need quotes")
	flags.BoolVar(&f.diff, "diff", false, "print the fixes as a diff instead of the findings, and write nothing")
	flags.BoolVar(&f.annotate, "annotate", false, "with --fix or --diff: also write the annotation that suppresses in a cluster what comments suppress in a file")
	flags.BoolVar(&f.cluster, "cluster", false, "also take the objects of the running cluster into account, such as its Prometheus objects; files replace them")
	flags.StringVar(&f.operatorVersion, "operator-version", "", "report fields and values that the operator of this version does not know")
	flags.StringVar(&f.prometheusVersion, "prometheus-version", "", "check for a Prometheus of this version that is not among the files")
	flags.StringArrayVar(&f.selects, "select", nil, "NAMESPACE/NAME of a Prometheus that is not among the files, and selects all objects (repeatable)")
	return cmd
}

// addShared adds the flags that lint shares with upgrade-check.
func addShared(cmd *cobra.Command, f *lintFlags) {
	flags := cmd.Flags()
	flags.StringVarP(&f.namespace, "namespace", "n", metav1.NamespaceDefault, "namespace of objects without one")
	flags.StringVar(&f.config, "config", "", "promgate.yaml, for severities, label defaults and the operator's scope")
	flags.StringArrayVarP(&f.outputs, "output", "o", nil, "FORMAT or FORMAT=FILE: text, json, sarif, junit, github, gitlab or checkstyle (repeatable)")
	flags.StringVar(&f.failOn, "fail-on", string(validation.Deny), "the least severity that makes the exit status 1: deny, warn, or off for none")
	flags.BoolVar(&f.allowEmpty, "allow-empty", false, "succeed if the paths contain nothing to check")
	flags.BoolVar(&f.configMaps, "configmap-rules", false, "also check the rule files in ConfigMaps")
	flags.StringVar(&f.crds, "crds", "", "file or directory with the operator's CRDs, if the cluster has others than those of the operator v0.95.1")
	flags.StringVar(&f.kubeconfig, "kubeconfig", "", "with --cluster: kubeconfig `file`, as for kubectl")
	flags.StringVar(&f.context, "context", "", "with --cluster: context of the kubeconfig")
}

func (f lintFlags) run(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer, paths []string) error {
	outputs, failOn, err := parseReportFlags(f.outputs, f.failOn)
	if err != nil {
		return couldNotRun(err)
	}
	setInput := func(int) {}
	if f.cluster {
		initgc.Resume()
	} else {
		setInput = collectLate(memlimit.FromCgroup)
	}
	options, err := f.options(ctx)
	if err != nil {
		return couldNotRun(err)
	}
	files, err := load.Files(paths, stdin)
	if err != nil {
		return couldNotRun(err)
	}
	setInput(sizeOf(files))
	line := startProgress(stderr, "files and objects checked")
	options.Progress = line.show
	r, err := lint.Run(ctx, files, options)
	line.end()
	options.Progress = nil
	if err != nil {
		return couldNotRun(err)
	}
	if f.diff {
		return printFixes(stdout, r.Fixes)
	}
	// A fix may show what else to fix: a field within a field whose name was wrong.
	for round := 0; f.fix && len(r.Fixes) > 0 && round < maxRounds; round++ {
		if err := writeFixes(stderr, r.Fixes); err != nil {
			return couldNotRun(err)
		}
		files = withFixes(files, r.Fixes)
		if r, err = lint.Run(ctx, files, options); err != nil {
			return couldNotRun(err)
		}
	}
	if len(r.Checked) == 0 && len(r.Findings) == 0 && !f.allowEmpty {
		return couldNotRun(fmt.Errorf("%d files were read, and there is nothing to check in them: no object of the Prometheus Operator, and no rule file; --allow-empty permits that", len(files)))
	}
	if err := writeReport(stdout, outputs, r.Report); err != nil {
		return couldNotRun(err)
	}
	return failing(r.Report, failOn)
}

func sizeOf(files []load.File) int {
	size := 0
	for _, f := range files {
		size += len(f.Text)
	}
	return size
}

func (f lintFlags) options(ctx context.Context) (lint.Options, error) {
	p, err := readPolicy(f.config)
	if err != nil {
		return lint.Options{}, err
	}
	o := lint.Options{
		Settings: p.settings, Kinds: builtin.Kinds(), Elsewhere: upgrade.Checks(), Judge: p.judge,
		JudgeWith: func(known cluster.Known) validation.Judge { return p.judge.With(known) },
		Schemas:   schema.New(), Labels: p.labels, Operator: p.operator, Readers: p.readers,
		Namespace: f.namespace, ConfigMaps: f.configMaps, Annotate: f.annotate,
	}
	if err := useCRDs(o.Schemas, f.crds); err != nil {
		return o, err
	}
	if o.OperatorVersion, err = parseOperatorVersion(f.operatorVersion); err != nil {
		return o, err
	}
	if o.Others, err = f.standIns(); err != nil || !f.cluster {
		return o, err
	}
	reader, err := clusterReader(f.kubeconfig, f.context)
	if err != nil {
		return o, err
	}
	read, err := live.Read(ctx, reader, live.WithoutSecrets)
	if err != nil {
		return o, err //nolint:wrapcheck // it says what failed
	}
	o.Others = append(o.Others, read.Objects...)
	o.Whole = read.HasWhole(func(k selection.Kind) bool { return !k.Notifies })
	return o, nil
}

// parseOperatorVersion reads a version of the operator. It returns nil if there is none.
func parseOperatorVersion(text string) (*semver.Version, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no version is no error
	}
	v, err := semver.ParseTolerant(text)
	if err != nil {
		return nil, fmt.Errorf("--operator-version %s: must be a version such as v0.80.0", text)
	}
	if err := schema.CheckOperator(v); err != nil {
		return nil, fmt.Errorf("--operator-version %s: %w", text, err)
	}
	return &v, nil
}

// useCRDs replaces the embedded schemas by those of the CRDs under a path.
func useCRDs(schemas *schema.Schemas, path string) error {
	if path == "" {
		return nil
	}
	objects, err := load.Objects([]string{path}, nil, metav1.NamespaceDefault)
	if err != nil {
		return err //nolint:wrapcheck // it names the file
	}
	used := 0
	for _, o := range objects {
		raw, err := json.Marshal(o.Fields)
		if err != nil {
			return fmt.Errorf("reading %s: %w", o.Where(), err)
		}
		isCRD, err := schemas.Use(raw)
		if err != nil {
			return fmt.Errorf("reading %s: %w", o.File, err)
		}
		if isCRD {
			used++
		}
	}
	if used == 0 {
		return fmt.Errorf("--crds %s: there is no CRD", path)
	}
	return nil
}

// standIns returns the Prometheus objects that the flags describe.
func (f lintFlags) standIns() ([]selection.Object, error) {
	names := f.selects
	if len(names) == 0 && f.prometheusVersion != "" {
		names = []string{f.namespace + "/prometheus"}
	}
	var objects []selection.Object
	for _, name := range names {
		p, err := standIn(name, f.prometheusVersion)
		if err != nil {
			return nil, err
		}
		objects = append(objects, p)
	}
	return objects, nil
}

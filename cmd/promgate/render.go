package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/types"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
)

// errLeftOut makes the command end with status 1. The details have been printed already.
var errLeftOut = errors.New("objects were left out")

type renderFlags struct {
	prometheus, alertmanager string
	out, namespace           string
	env, gates               []string
}

func renderCommand() *cobra.Command {
	var f renderFlags
	cmd := &cobra.Command{
		Use:   "render PATH... [--prometheus NAMESPACE/NAME | --alertmanager NAMESPACE/NAME]",
		Short: "Print the configuration that the operator would generate from files, without a cluster",
		Long: `Print the configuration that the Prometheus Operator (v0.93.0) would generate for a
Prometheus from the objects under the paths. A path is a file, a directory, or - for
standard input. The files have to include the Secrets and ConfigMaps that the objects
refer to.

Each object is judged by Prometheus' own code. Objects that Prometheus would refuse
are left out, and named on standard error.

With --alertmanager it is the configuration of an Alertmanager, with the
AlertmanagerConfigs that it selects, loaded by Alertmanager's own code.

Exit status: 0, 1 if an object was left out, 2 if nothing could be rendered.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return couldNotRun(errors.New("render needs a PATH: a file, a directory, or - for standard input"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), args)
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return couldNotRun(err) })
	cmd.Flags().StringVar(&f.prometheus, "prometheus", "", "the Prometheus or PrometheusAgent to render for, NAMESPACE/NAME; optional if the files contain only one")
	cmd.Flags().StringVar(&f.alertmanager, "alertmanager", "", "the Alertmanager to render for, NAMESPACE/NAME")
	cmd.Flags().StringVar(&f.out, "out", "", "write prometheus.yaml, rules/ and certs/ to this directory, with paths relative to it")
	cmd.MarkFlagsMutuallyExclusive("prometheus", "alertmanager")
	cmd.MarkFlagsMutuallyExclusive("out", "alertmanager")
	cmd.Flags().StringVarP(&f.namespace, "namespace", "n", "default", "namespace of objects without one")
	cmd.Flags().StringArrayVar(&f.env, "env", nil, "replace the placeholder $(NAME), as the pod of a Prometheus does: SHARD=0, POD_NAME=prometheus-0 (repeatable)")
	cmd.Flags().StringSliceVar(&f.gates, "feature-gates", nil, "the operator's feature gates, as passed to the operator: PrometheusShardRetentionPolicy=false,PrometheusTopologySharding=false; and EndpointSlice=false, PodTopologyLabels=false for older clusters")
	return cmd
}

func (f renderFlags) run(stdin io.Reader, stdout, stderr io.Writer, paths []string) error {
	options, err := optionsOf(f.gates)
	if err != nil {
		return couldNotRun(err)
	}
	if f.out != "" {
		options.Paths = promconfig.Paths{Rules: "rules", Certificates: "certs"}
	}
	objects, err := load.Objects(paths, stdin, f.namespace)
	if err != nil {
		return couldNotRun(err)
	}
	if f.alertmanager != "" {
		return f.runAlertmanager(objects, stdout, stderr)
	}
	model, bad := modelOf(objects, false)
	name, err := f.choose(model)
	if err != nil {
		return couldNotRun(err)
	}
	result, err := render.Render(model, name, options, time.Now())
	if err != nil {
		return couldNotRun(err)
	}
	if result.Config, err = substituteVariables(result.Config, f.env); err != nil {
		return couldNotRun(err)
	}
	if err := f.write(stdout, result); err != nil {
		return couldNotRun(err)
	}
	return reportOmissions(stderr, name, result, bad)
}

// choose returns the named Prometheus, or the only one.
func (f renderFlags) choose(model *cluster.Model) (types.NamespacedName, error) {
	if f.prometheus != "" {
		namespace, name, ok := strings.Cut(f.prometheus, "/")
		if !ok {
			return types.NamespacedName{}, fmt.Errorf("--prometheus %s: must be NAMESPACE/NAME", f.prometheus)
		}
		return types.NamespacedName{Namespace: namespace, Name: name}, nil
	}
	all := model.Instances()
	if len(all) == 1 {
		return all[0].Ref.NamespacedName(), nil
	}
	names := make([]string, len(all))
	for i, of := range all {
		names[i] = of.Name()
	}
	if len(names) == 0 {
		return types.NamespacedName{}, errors.New("there is no Prometheus and no PrometheusAgent among the objects")
	}
	return types.NamespacedName{}, fmt.Errorf("there are %d of them: set --prometheus to one of %s", len(names), strings.Join(names, ", "))
}

func optionsOf(gates []string) (promconfig.Options, error) {
	o := promconfig.AsInstalled()
	known := map[string]*bool{
		"PrometheusShardRetentionPolicy": &o.RetentionPolicies,
		"PrometheusTopologySharding":     &o.TopologySharding,
		"EndpointSlice":                  &o.EndpointSlice,
		"PodTopologyLabels":              &o.PodTopologyLabels,
	}
	for _, gate := range gates {
		name, value, _ := strings.Cut(gate, "=")
		target, ok := known[name]
		if !ok || value != "true" && value != "false" {
			return o, fmt.Errorf("--feature-gates %s: must be one of PrometheusShardRetentionPolicy, PrometheusTopologySharding, EndpointSlice and PodTopologyLabels, with =true or =false", gate)
		}
		*target = value == "true"
	}
	return o, nil
}

// substituteVariables replaces variables as the operator's config-reloader does in the pod.
func substituteVariables(config []byte, env []string) ([]byte, error) {
	if len(env) == 0 {
		return config, nil
	}
	values, err := valuesOf(env)
	if err != nil {
		return nil, err
	}
	out := promconfig.Resolve(config, values)
	if err := judge.Text(out); err != nil {
		return nil, fmt.Errorf("with --env, Prometheus rejects the configuration: %w", err)
	}
	return out, nil
}

// valuesOf parses NAME=VALUE pairs.
func valuesOf(env []string) (map[string]string, error) {
	values := map[string]string{}
	for _, e := range env {
		name, value, ok := strings.Cut(e, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--env %s: must be NAME=VALUE", e)
		}
		values[name] = value
	}
	return values, nil
}

func (f renderFlags) write(stdout io.Writer, r *render.Result) error {
	if f.out == "" {
		_, err := stdout.Write(r.Config)
		return err
	}
	files := map[string][]byte{"prometheus.yaml": r.Config}
	maps.Copy(files, r.RuleFiles)
	maps.Copy(files, r.Assets)
	if err := clearOutput(f.out); err != nil {
		return err
	}
	for name, content := range files {
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return fmt.Errorf("writing the configuration: %s is outside of the directory", name)
		}
		path := filepath.Join(f.out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("writing the configuration: %w", err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return fmt.Errorf("writing the configuration: %w", err)
		}
	}
	return nil
}

// clearOutput removes the files of an earlier run, which it knows by name, and nothing else.
func clearOutput(dir string) error {
	for below, pattern := range map[string]string{"rules": "prometheus-*-rulefiles-*", "certs": "[01]_*_*_*"} {
		entries, err := os.ReadDir(filepath.Join(dir, below))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("clearing the output directory: %w", err)
		}
		for _, entry := range entries {
			if ours, _ := path.Match(pattern, entry.Name()); !ours {
				continue
			}
			if err := os.RemoveAll(filepath.Join(dir, below, entry.Name())); err != nil {
				return fmt.Errorf("clearing the output directory: %w", err)
			}
		}
	}
	return nil
}

// report prints what is not in the configuration. Only objects that were left out change the exit
// status.
func reportOmissions(stderr io.Writer, name types.NamespacedName, r *render.Result, bad []badObject) error {
	var b strings.Builder
	for _, i := range r.Ignored {
		fmt.Fprintf(&b, "%s %s/%s: %s is not in the configuration: %s\n", i.Kind, i.Namespace, i.Name, i.Field, i.Reason)
	}
	for _, w := range r.Warnings {
		for _, finding := range w.Findings {
			fmt.Fprintf(&b, "warning: %s: %s\n", w.Object, report.Line(finding, report.ReadableLimits()))
		}
	}
	for _, o := range bad {
		fmt.Fprintf(&b, "left out: %s\n  %s\n", o.Where(), o.reason)
	}
	for _, l := range r.LeftOut {
		fmt.Fprintf(&b, "left out: %s %s/%s\n", l.Kind, l.Namespace, l.Name)
		for _, finding := range l.Findings {
			text := report.Text(finding, report.ReadableLimits())
			fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(text, "\n", "\n  "))
		}
	}
	if r.Selected == 0 {
		fmt.Fprintf(&b, "Prometheus %s selects none of the objects: check its selectors, and the labels of objects and namespaces\n", name)
	}
	if _, err := io.WriteString(stderr, b.String()); err != nil {
		return couldNotRun(err)
	}
	if len(r.LeftOut)+len(bad) > 0 {
		return errLeftOut
	}
	return nil
}

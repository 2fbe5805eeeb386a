package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/explain"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/live"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation/builtin"
)

// errNotPickedUp makes the command end with status 1. The explanation has been printed.
var errNotPickedUp = errors.New("the object is not picked up")

type explainFlags struct {
	files                     []string
	namespace, output, config string
	kubeconfig, context       string
	prometheus, prometheusURL string
	alert                     string
	askPrometheus             bool
}

func explainCommand() *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use:   "explain KIND NAMESPACE/NAME",
		Short: "Say why an object is, or is not, picked up, and who is told of an alert",
		Long: `Follow one object through the whole chain, step by step, each with yes, no or unknown, and
say at the end what is wrong and what to do: which Prometheus selects it, and if none does,
for which label or namespace; what the checks say; whether it is in the configuration, and
under which job or in which rule file; the Services, their ports and what is behind them;
and what Prometheus itself says: the targets, their last error, the rules.

With --alert, for a PrometheusRule, it says who is told of an alert: its labels, the
Alertmanagers that get it, and the receivers to which their routes lead.

KIND is servicemonitor, podmonitor, probe, scrapeconfig, prometheusrule or
alertmanagerconfig, or as kubectl permits: servicemonitors, smon. The objects are those of the running cluster or, with -f,
those of files. It changes nothing.

Exit status: 0 if the object is picked up, no check denies it, and nothing is known to keep
everybody from being told of the alert; 1 if not; 2 if it could not be explained.`,
		Example: `  promgate explain servicemonitor shop/web
  promgate explain smon shop/web --prometheus-url http://localhost:9090
  promgate explain promrule shop/web --alert ShopDown
  helm template my-release my-chart | promgate explain promrule shop/web -f - -f prometheus.yaml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return couldNotRun(errors.New("explain needs a KIND and a NAMESPACE/NAME, such as: promgate explain servicemonitor shop/web"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), args[0], args[1])
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return couldNotRun(err) })
	flags := cmd.Flags()
	flags.StringArrayVarP(&f.files, "filename", "f", nil, "explain by the objects of this file or directory, or - for standard input, without a cluster (repeatable)")
	flags.StringVarP(&f.namespace, "namespace", "n", metav1.NamespaceDefault, "namespace of a NAME without one, and of objects in files without one")
	flags.StringVarP(&f.output, "output", "o", "text", "text or json")
	flags.StringVar(&f.config, "config", "", "promgate.yaml, for severities and the operator's scope")
	flags.StringVar(&f.prometheus, "prometheus", "", "NAMESPACE/NAME of the only Prometheus, PrometheusAgent or ThanosRuler to explain")
	flags.StringVar(&f.prometheusURL, "prometheus-url", "", "ask Prometheus at this address, such as http://localhost:9090, instead of its pods through the API server")
	flags.BoolVar(&f.askPrometheus, "ask-prometheus", true, "ask the pods of Prometheus through the API server what becomes of the object")
	flags.StringVar(&f.alert, "alert", "", "name of an alert of the PrometheusRule: say who is told of it, too")
	flags.StringVar(&f.kubeconfig, "kubeconfig", "", "kubeconfig `file`; by default $KUBECONFIG, else ~/.kube/config, else the cluster that promgate runs in")
	flags.StringVar(&f.context, "context", "", "context of the kubeconfig")
	return cmd
}

func (f explainFlags) run(ctx context.Context, stdin io.Reader, stdout io.Writer, kind, name string) error {
	x, err := f.explain(ctx, stdin, kind, name)
	if err != nil {
		return couldNotRun(err)
	}
	if f.output == "json" {
		err = explain.WriteJSON(stdout, x)
	} else {
		o := explain.TextOptions{}
		o.Color, o.Width = terminalOf(stdout)
		err = explain.WriteText(stdout, x, o)
	}
	if err != nil {
		return couldNotRun(err)
	}
	if !x.PickedUp || x.Denied || x.Told == explain.No {
		return errNotPickedUp
	}
	return nil
}

func (f explainFlags) explain(ctx context.Context, stdin io.Reader, kind, name string) (*explain.Explanation, error) {
	ref, err := f.refOf(kind, name)
	if err != nil {
		return nil, err
	}
	if f.output != "text" && f.output != "json" {
		return nil, fmt.Errorf("--output %s: must be text or json", f.output)
	}
	p, err := readPolicy(f.config)
	if err != nil {
		return nil, err
	}
	o := explain.Options{Settings: p.settings, Operator: p.operator, Instance: f.prometheus, Alert: f.alert}
	model := cluster.New(cluster.Options{KeepObjects: true, Partial: len(f.files) > 0, Operator: p.operator, Readers: p.readers})
	if len(f.files) > 0 {
		err = f.fillFromFiles(ctx, stdin, model, p.readers, ref, &o)
	} else {
		err = f.fillFromCluster(ctx, model, ref, &o)
	}
	if err != nil {
		return nil, err
	}
	if f.prometheusURL != "" {
		server, err := live.NewURL(f.prometheusURL)
		if err != nil {
			return nil, err //nolint:wrapcheck // it says what is wrong with the address
		}
		o.API, o.OnlyServer = atURL{server}, server.String()
	}
	return explain.Run(ctx, model, &review.Reviewer{Kinds: builtin.Kinds(), Cluster: model, Judge: p.judge}, ref, o) //nolint:wrapcheck // it says what failed
}

func (f explainFlags) refOf(kind, name string) (selection.Ref, error) {
	known, err := explain.KindNamed(kind)
	if err != nil {
		return selection.Ref{}, err //nolint:wrapcheck // it names the kind
	}
	namespace, name, qualified := strings.Cut(name, "/")
	if !qualified {
		namespace, name = f.namespace, namespace
	}
	if namespace == "" || name == "" || strings.Contains(name, "/") {
		return selection.Ref{}, fmt.Errorf("%s/%s: must be NAMESPACE/NAME", namespace, name)
	}
	if f.alert != "" && known != monitoringv1.PrometheusRuleKind {
		return selection.Ref{}, fmt.Errorf("--alert %s: a %s has no alerts", f.alert, known)
	}
	if _, instance, ok := strings.Cut(f.prometheus, "/"); f.prometheus != "" && (!ok || strings.Contains(instance, "/")) {
		return selection.Ref{}, fmt.Errorf("--prometheus %s: must be NAMESPACE/NAME", f.prometheus)
	}
	return selection.Ref{Kind: known, Namespace: namespace, Name: name}, nil
}

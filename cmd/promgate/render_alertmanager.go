package main

import (
	"fmt"
	"io"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/selection"
)

// runAlertmanager prints the configuration of an Alertmanager.
func (f renderFlags) runAlertmanager(objects []load.Object, stdout, stderr io.Writer) error {
	namespace, name, ok := strings.Cut(f.alertmanager, "/")
	if !ok {
		return couldNotRun(fmt.Errorf("--alertmanager %s: must be NAMESPACE/NAME", f.alertmanager))
	}
	model, bad := modelOf(objects, true)
	of := model.Instance(selection.Ref{Kind: monitoringv1.AlertmanagersKind, Namespace: namespace, Name: name})
	if of == nil {
		return couldNotRun(fmt.Errorf("there is no Alertmanager %s among the objects", f.alertmanager))
	}
	n, err := render.Alertmanager(model, of, model.Assets())
	if err != nil {
		return couldNotRun(fmt.Errorf("rendering %s: %w", of.Ref, err))
	}
	if _, err := stdout.Write(n.Text); err != nil {
		return couldNotRun(err)
	}
	var b strings.Builder
	for _, o := range bad {
		fmt.Fprintf(&b, "left out: %s\n  %s\n", o.Where(), o.reason)
	}
	for _, left := range n.LeftOut {
		fmt.Fprintf(&b, "left out: %s\n", left.Ref)
		for _, r := range left.Reasons {
			fmt.Fprintf(&b, "  %s: %s\n", r.Field, r.Reason)
		}
	}
	if _, err := io.WriteString(stderr, b.String()); err != nil {
		return couldNotRun(err)
	}
	if len(n.LeftOut)+len(bad) > 0 {
		return errLeftOut
	}
	return nil
}

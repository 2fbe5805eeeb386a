package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/promgate/promgate/test/rig"
)

// The Prometheus and the Alertmanager of the examples, and the Secret with the address of the receiver.
const (
	prometheusNamespace = "prometheus"
	prometheusName      = "prometheus"
	alertmanagerName    = "main"
	receiverSecret      = "my-team-webhook"
)

// scrapeTimeout is how long the loop, discovery and the first scrape may take together.
const scrapeTimeout = time.Minute

// showMonitoring starts a real Prometheus with the configuration that the loop writes for the
// examples, and shows its targets and rules. All targets have to be up.
func showMonitoring(ctx context.Context, out io.Writer, r *rig.Rig) error {
	fmt.Fprintln(out, "\nstarting Prometheus, node_exporter, an application and promgate reconcile ...")
	if err := r.StartMonitoring(ctx, prometheusNamespace, prometheusName); err != nil {
		return err
	}
	fmt.Fprintln(out, "starting Alertmanager on the configuration that promgate renders ...")
	if err := r.StartAlerting(ctx, rig.AlertingOptions{
		Namespace: prometheusNamespace, Alertmanager: alertmanagerName, Prometheus: prometheusName, Secret: receiverSecret,
		Told: func(n rig.Notification) {
			fmt.Fprintf(out, "\nThe receiver %s is told: %s is %s\n", n.Receiver, n.Labels["alertname"], n.Status)
		},
	}); err != nil {
		return err
	}
	var targets []rig.Target
	err := rig.Poll(ctx, "the targets of the examples to be up", scrapeTimeout, func(ctx context.Context) error {
		var err error
		if targets, err = r.Monitoring.Prometheus.Targets(ctx); err != nil {
			return err
		}
		return allUp(targets, "node-exporter", "spring-actuator-demo")
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nPrometheus runs on the configuration that promgate generated from the examples; it scrapes\n")
	slices.SortFunc(targets, func(a, b rig.Target) int { return strings.Compare(a.Pool, b.Pool) })
	for _, t := range targets {
		fmt.Fprintf(out, "  %-20s %-4s %s\n", t.Labels["job"], t.Health, t.URL)
	}
	rules, err := r.Monitoring.Prometheus.Rules(ctx)
	if err != nil {
		return fmt.Errorf("reading the rules: %w", err)
	}
	fmt.Fprintf(out, "and evaluates\n")
	for _, rule := range rules {
		fmt.Fprintf(out, "  %-20s %s\n", rule.Name, rule.Health)
	}
	return nil
}

// allUp returns nil if there is a target for each of the jobs, and all targets are up.
func allUp(targets []rig.Target, jobs ...string) error {
	up := map[string]bool{}
	for _, t := range targets {
		if t.Health != "up" {
			return fmt.Errorf("%s is %s: %s", t.URL, t.Health, t.LastError)
		}
		up[t.Labels["job"]] = true
	}
	for _, job := range jobs {
		if !up[job] {
			return fmt.Errorf("job %s has no target", job)
		}
	}
	return nil
}

package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestDuplicateJobs: one target has one owner under a job.
func TestDuplicateJobs(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, "dup", nil)
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "main", Namespace: "dup"}, `{serviceMonitorSelector: {matchLabels: {team: dup}}}`), "create", "-f", "-")
	kubectl(t, `{apiVersion: v1, kind: Service, metadata: {name: web, namespace: dup, labels: {app: web, tier: front}}, spec: {ports: [{name: http, port: 80}, {name: admin, port: 81}]}}`, "create", "-f", "-")
	monitor := func(name, selector, endpoint string) string {
		return monitorYAML("ServiceMonitor", metadata{Name: name, Namespace: "dup", Labels: map[string]string{"team": "dup"}},
			`{selector: {matchLabels: `+selector+`}, endpoints: [`+endpoint+`]}`)
	}
	first := monitor("first", "{app: web}", "{port: http}")
	kubectl(t, first, "create", "-f", "-")

	// Another selector, and the same Service behind it.
	second := monitor("second", "{tier: front}", "{port: http, interval: 5s}")
	eventually(t, "promgate to know of the first monitor", keptOut(second))
	stderr := refused(t, second, "create", "-f", "-")
	wantContains(t, stderr, "spec.endpoints[0]", "Prometheus dup/main", "Service dup/web port http", `under the same job ("web")`, "ServiceMonitor dup/first", "[duplicate-job]")

	t.Run("ToldApart", func(t *testing.T) {
		for _, endpoint := range []string{"{port: admin}", "{port: http, path: /other}", "{port: http, params: {a: [b]}}", "{port: http, relabelings: [{targetLabel: job, replacement: other}]}"} {
			kubectl(t, monitor("second", "{tier: front}", endpoint), "create", "--dry-run=server", "-f", "-")
		}
	})
	t.Run("TheSameUpdated", func(t *testing.T) {
		kubectl(t, monitor("first", "{app: web}", "{port: http, interval: 10s}"), "apply", "-f", "-")
	})
	t.Run("DeletedAndCreatedAgain", func(t *testing.T) {
		kubectl(t, "", "delete", "servicemonitor", "first", "--namespace=dup")
		kubectl(t, second, "create", "-f", "-") // at once: the informer may not know yet
		eventually(t, "promgate to know of the second monitor", keptOut(first))
	})
	t.Run("RenamedByHelm", func(t *testing.T) {
		helm := func(name string) string {
			return `{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: ` + name + `, namespace: dup, labels: {team: dup, app.kubernetes.io/managed-by: Helm},
  annotations: {meta.helm.sh/release-name: shop, meta.helm.sh/release-namespace: dup}}, spec: {selector: {matchLabels: {app: web}}, endpoints: [{port: admin}]}}`
		}
		kubectl(t, helm("old-name"), "create", "-f", "-")
		eventually(t, "promgate to know of the release", keptOut(monitor("another", "{app: web}", "{port: admin}")))
		out := kubectl(t, helm("new-name"), "create", "-f", "-")
		wantContains(t, out.Stderr, "Warning:", "[duplicate-job-passes]")
	})
}

// TestRace: of two clashing monitors that are created at the same instant one gets in.
//
//	RACE_PAIRS  how many pairs
func TestRace(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, "race", nil)
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "main", Namespace: "race"}, `{serviceMonitorSelector: {matchLabels: {team: race}}}`), "create", "-f", "-")
	pairs := 40
	if text := os.Getenv("RACE_PAIRS"); text != "" {
		var err error
		if pairs, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	monitor := func(pair int, name string) string {
		return monitorYAML("ServiceMonitor", metadata{Name: fmt.Sprintf("%s-%d", name, pair), Namespace: "race", Labels: map[string]string{"team": "race"}},
			fmt.Sprintf(`{selector: {matchLabels: {app: "web-%d"}}, endpoints: [{port: http}]}`, pair))
	}
	eventually(t, "promgate to know the Prometheus", func(ctx context.Context) error {
		out, err := cluster.Kubectl.RunWithInput(ctx, monitor(0, "probe"), "create", "--dry-run=server", "-f", "-")
		if err == nil && strings.Contains(out.Stderr, "not-selected") {
			return errors.New("nobody selects")
		}
		return err
	})
	var both, none atomic.Int32
	var tickets sync.WaitGroup
	slots := make(chan struct{}, 4)
	for pair := range pairs {
		slots <- struct{}{}
		tickets.Go(func() {
			defer func() { <-slots }()
			in := create(t, monitor(pair, "a"), monitor(pair, "b"))
			switch {
			case in == 2:
				both.Add(1)
			case in == 0:
				none.Add(1)
			}
		})
	}
	tickets.Wait()
	t.Logf("of %d pairs, both got in %d times, and none %d times", pairs, both.Load(), none.Load())
	if both.Load() > 0 || none.Load() > 0 {
		t.Errorf("of %d pairs, both got in %d times, and none %d times", pairs, both.Load(), none.Load())
	}
}

// create creates objects at the same instant, and counts those that get in.
func create(t *testing.T, manifests ...string) int {
	var in atomic.Int32
	var all sync.WaitGroup
	for _, manifest := range manifests {
		all.Go(func() {
			if _, err := cluster.Kubectl.RunWithInput(t.Context(), manifest, "create", "-f", "-"); err == nil {
				in.Add(1)
			}
		})
	}
	all.Wait()
	return int(in.Load())
}

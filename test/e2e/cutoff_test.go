package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/promgate/promgate/test/rig"
)

// noticed is how long promgate has to notice that it is cut off: the bound, and additional time for
// a machine under load.
const noticed = staleAfter + 30*time.Second

// TestCutOff checks that a replica whose connections to the API server are open but carry no data
// reports this within the bound, and is in step again once they do.
func TestCutOff(t *testing.T) {
	t.Parallel()
	wire := startWire(t)
	r := replicaVia(t, "--server="+wire.url())
	wire.held.Lock()
	reopen := sync.OnceFunc(wire.held.Unlock)
	t.Cleanup(reopen)
	began := time.Now()
	poll(t, "promgate to notice that it is cut off", noticed, func(ctx context.Context) error { return r.wantStale(ctx, true) })
	t.Logf("noticed after %s", time.Since(began).Round(time.Second))
	poll(t, "a line in the log", timeout, r.logs("the API server sends nothing and does not answer"))

	reopen()
	poll(t, "promgate to be in step again", noticed, func(ctx context.Context) error { return r.wantStale(ctx, false) })
	poll(t, "a line in the log", timeout, r.logs("in step with the API server again"))
}

// TestDeafWatch checks that a watch whose stream carries no data, while the API server answers
// everything else, is restarted, and that the replica learns what it missed.
func TestDeafWatch(t *testing.T) {
	t.Parallel()
	proxy := startDeafening(t)
	r := replicaVia(t, "--server="+proxy.server.URL, "--certificate-authority="+proxy.caFile, "--embed-certs")
	proxy.generation.Add(1)
	newNamespace(t, "deaf", nil)
	kubectl(t, serviceMonitor(metadata{Name: "missed", Namespace: "deaf", Labels: map[string]string{"release": "none"}}), "create", "-f", "-")
	t.Cleanup(func() {
		if _, err := cluster.Kubectl.Run(context.WithoutCancel(t.Context()), "delete", "namespace", "deaf", "--wait=false"); err != nil {
			t.Error(err)
		}
	})
	knows := func(ctx context.Context) error {
		text, err := r.metrics(ctx)
		if err == nil && !strings.Contains(text, `promgate_unselected_objects{kind="ServiceMonitor",namespace="deaf"} 1`) {
			err = errors.New("the replica does not know the monitor")
		}
		return err
	}
	if err := knows(t.Context()); err == nil {
		t.Fatal("the watch is not deaf")
	}
	poll(t, "promgate to learn what it missed", noticed, knows)
	poll(t, "a line in the log", timeout, r.logs("the watch of a kind is open but delivers no changes"))
}

// poll is eventually with another timeout.
func poll(t *testing.T, what string, limit time.Duration, try func(context.Context) error) {
	t.Helper()
	if err := rig.Poll(t.Context(), what, limit, try); err != nil {
		t.Fatal(err)
	}
}

func (r scrapedReplica) wantStale(ctx context.Context, want bool) error {
	index, err := r.index(ctx)
	if err != nil {
		return err
	}
	for kind, k := range index {
		if k.stale != want {
			return fmt.Errorf("%s: stale is %v", kind, k.stale)
		}
	}
	return nil
}

func (r scrapedReplica) logs(line string) func(context.Context) error {
	return func(context.Context) error {
		log, err := os.ReadFile(r.log)
		if err == nil && !strings.Contains(string(log), line) {
			err = fmt.Errorf("the log does not contain %q", line)
		}
		return err
	}
}

// replicaVia starts a replica that reaches the API server with the given settings of kubectl config
// set-cluster.
func replicaVia(t *testing.T, settings ...string) scrapedReplica {
	t.Helper()
	dir := t.TempDir()
	via := cluster.Kubectl
	via.Kubeconfig = filepath.Join(dir, "via.kubeconfig")
	config, err := os.ReadFile(cluster.Kubectl.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(via.Kubeconfig, config, 0o600); err != nil {
		t.Fatal(err)
	}
	name := strings.TrimSpace(kubectl(t, "", "config", "view", "--minify", "--output=jsonpath={.clusters[0].name}").Stdout)
	if _, err := via.Run(t.Context(), append([]string{"config", "set-cluster", name}, settings...)...); err != nil {
		t.Fatal(err)
	}
	replica, err := rig.StartPromgate(t.Context(), cluster.Promgate.Path(), root, dir, via)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(replica.Stop)
	return scraped(t, replica, dir)
}

package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/test/rig"
)

const led = "led"

// TestLeader checks that of several loops in one mode only one works. However it ends, another
// continues, and writes nothing that is already right.
func TestLeader(t *testing.T) {
	defer noPrometheus(t)
	loopNamespace(t, led)
	certificateSecret(t, led, "ca")
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "main", Namespace: led}, selectsAll), "create", "-f", "-")
	kubectl(t, oneOfEach(led), "create", "-f", "-")
	leader := startLoop(t, "--mode", "preview")
	eventually(t, "the first to work", leads(leader))
	all := t // processes that a subtest starts would end with the subtest

	t.Run("Told", func(t *testing.T) {
		leader = succession(t, startLoop(all, "--mode", "preview"), func(*testing.T) { leader.Stop() })
	})
	t.Run("Killed", func(t *testing.T) {
		leader = succession(t, startLoop(all, "--mode", "preview"), func(t *testing.T) { send(t, leader, syscall.SIGKILL) })
	})
	t.Run("Asleep", func(t *testing.T) {
		asleep := leader
		leader = succession(t, startLoop(all, "--mode", "preview"), func(t *testing.T) { send(t, asleep, syscall.SIGSTOP) })
		before := mustVersions(t, led, "promgate-main")
		send(t, asleep, syscall.SIGCONT)
		select {
		case <-asleep.Process().Done():
		case <-time.After(timeout):
			t.Error("the loop whose lease expired continues")
		}
		wantStill(t, led, "promgate-main", before)
		eventually(t, "its successor to continue", leads(leader))
	})
}

// TestOutdatedVersion checks that an apply with a resource version fails once that version is
// outdated. A former leader that resumes depends on it.
func TestOutdatedVersion(t *testing.T) {
	newNamespace(t, "outdated", nil)
	defer deleteNamespace(t, "outdated")
	kubectl(t, secretYAML(t, "outdated", "s", map[string]string{"key": "first"}), "create", "-f", "-")
	version := kubectl(t, "", "get", "secret", "s", "--namespace=outdated", "--output=jsonpath={.metadata.resourceVersion}").Stdout
	outdated := `{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: outdated, resourceVersion: "` + version + `"}, stringData: {key: third}}`
	apply := []string{"apply", "--server-side", "--force-conflicts", "-f", "-"}
	kubectl(t, strings.Replace(outdated, "third", "second", 1), apply...)
	out, err := cluster.Kubectl.RunWithInput(t.Context(), outdated, apply...)
	if err == nil || !strings.Contains(out.Stderr, "the object has been modified") {
		t.Errorf("no conflict: %v", err)
	}
}

// succession ends the leader, and returns the next one once it has taken over.
func succession(t *testing.T, next *rig.Loop, end func(*testing.T)) *rig.Loop {
	t.Helper()
	name := strings.ToLower(t.Name()[strings.LastIndex(t.Name(), "/")+1:])
	writes(t, "early-"+name)
	wantIdle(t, next) // which also had the time to write
	before := mustVersions(t, led, "promgate-main")
	config := mustLedConfig(t)
	end(t)
	eventually(t, "the next to work", leads(next))
	wantStill(t, led, "promgate-main", before)
	if diff := cmp.Diff(config, mustLedConfig(t)); diff != "" {
		t.Error(diff)
	}
	// And it works, although its predecessor may only be suspended.
	writes(t, "late-"+name)
	return next
}

// writes checks that some loop writes one more job.
func writes(t *testing.T, name string) {
	t.Helper()
	m := metadata{Name: name, Namespace: led, Labels: map[string]string{"release": "prometheus"}}
	kubectl(t, monitorYAML("ScrapeConfig", m, `{staticConfigs: [{targets: ["`+name+`.example:80"]}]}`), "create", "-f", "-")
	eventually(t, "the job to be written", configContains(led, "promgate-main", "scrapeConfig/led/"+name))
}

func mustLedConfig(t *testing.T) string {
	t.Helper()
	config, err := secretConfig(t.Context(), led, "promgate-main")
	if err != nil {
		t.Fatal(err)
	}
	return string(config)
}

// provenMetric is the metric of a loop that has written a configuration, which only the leader
// does.
const provenMetric = `promgate_reconcile_proven{kind="Prometheus",name="main",namespace="led"} 1`

func leads(l *rig.Loop) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := l.Process().Err(); err != nil {
			return err
		}
		text, err := metricsOf(ctx, l)
		if err == nil && !strings.Contains(text, provenMetric) {
			err = errors.New("it is not the leader")
		}
		return err
	}
}

func wantIdle(t *testing.T, l *rig.Loop) {
	t.Helper()
	text, err := metricsOf(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, "promgate_reconcile_proven{") {
		t.Error("two loops work at the same time")
	}
}

func metricsOf(ctx context.Context, l *rig.Loop) (string, error) { return metricsAt(ctx, l.URL) }

// metricsAt returns the metrics of the server at an address.
func metricsAt(ctx context.Context, address string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/metrics", nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers with %s", request.URL, response.Status)
	}
	return string(text), err
}

func send(t *testing.T, l *rig.Loop, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(l.Process().PID(), s); err != nil {
		t.Fatal(err)
	}
}

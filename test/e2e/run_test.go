package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/promgate/promgate/test/rig"
)

// TestRun runs the program of `make run`. The two runs use one checkout at the same time.
func TestRun(t *testing.T) {
	program := filepath.Join(t.TempDir(), "run")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./run")
	build.Dir = filepath.Join(root, "test")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building run: %v\n%s", err, out)
	}

	t.Run("EndsWhenTold", func(t *testing.T) {
		t.Parallel()
		r := startRun(t, program)
		r.answers(t)
		r.tells(t)
		if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if code := r.wait(t); code != 0 {
			t.Errorf("exit status %d after SIGTERM\n%s", code, r.stderr.String())
		}
		r.nothingLeft(t)
	})
	t.Run("NamesADeadChild", func(t *testing.T) {
		t.Parallel()
		r := startRun(t, program)
		children := processesOf(t, r.dir, "kube-controller-manager")
		if len(children) != 1 {
			t.Fatalf("%d processes of kube-controller-manager, not 1", len(children))
		}
		if err := syscall.Kill(children[0], syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if code := r.wait(t); code != 1 {
			t.Errorf("exit status %d after a child died", code)
		}
		wantContains(t, r.stderr.String(), "kube-controller-manager ended by itself", "signal: killed")
		r.nothingLeft(t)
	})
}

// running is a run that has printed "ready".
type running struct {
	cmd    *exec.Cmd
	dir    string
	env    map[string]string
	stderr bytes.Buffer
	exited chan error
}

// startRun starts the program and returns when it is ready.
func startRun(t *testing.T, program string) *running {
	t.Helper()
	r := &running{dir: filepath.Join(t.TempDir(), "run"), exited: make(chan error, 1)}
	r.cmd = exec.Command(program)
	r.cmd.Dir = root
	r.cmd.Env = append(os.Environ(), "PROMGATE_RUN_DIR="+r.dir)
	r.cmd.Stderr = &r.stderr
	stdout, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.cmd.Process.Kill() }) // it has ended already, unless the test failed

	ready := make(chan bool)
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if lines.Text() == "ready" {
				ready <- true
			}
		}
		close(ready)
		r.exited <- r.cmd.Wait()
	}()
	select {
	case ok := <-ready:
		if !ok {
			r.wait(t)
			t.Fatalf("it ended before it was ready:\n%s", r.stderr.String())
		}
	case <-time.After(5 * time.Minute):
		t.Fatal("it is not ready after 5 minutes")
	}
	r.env = readEnv(t, filepath.Join(r.dir, "env"))
	return r
}

// wait waits for the end of the run, and returns the exit status.
func (r *running) wait(t *testing.T) int {
	t.Helper()
	select {
	case <-r.exited:
		return r.cmd.ProcessState.ExitCode()
	case <-time.After(time.Minute):
		t.Fatal("it has not ended after a minute")
		return 0
	}
}

// answers checks that the values in the file env are usable.
func (r *running) answers(t *testing.T) {
	t.Helper()
	client, err := rig.HTTPClient(r.env["PROMGATE_CA"])
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Get(r.env["PROMGATE_URL"] + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("/readyz answers with %s", resp.Status)
	}
	targets, err := http.Get(r.env["PROMETHEUS_URL"] + "/api/v1/targets?state=active")
	if err != nil {
		t.Fatal(err)
	}
	defer targets.Body.Close()
	body, err := io.ReadAll(targets.Body)
	if err != nil {
		t.Fatal(err)
	}
	wantContains(t, string(body), `"scrapePool":"serviceMonitor/prometheus/spring-actuator-demo-monitor/0"`, `"scrapePool":"serviceMonitor/prometheus/node-exporter/0"`)
	kubectl := rig.Kubectl{Path: cluster.Kubectl.Path, Kubeconfig: r.env["KUBECONFIG"], CacheDir: t.TempDir()}
	if _, err := kubectl.Run(t.Context(), "get", "prometheusrules", "--all-namespaces"); err != nil {
		t.Error(err)
	}
}

// tells checks that an alert arrives at the receiver that explain named before, once a target is stopped.
func (r *running) tells(t *testing.T) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), r.env["PROMGATE"], "explain", "promrule", "prometheus/mysample-alert.rules", "--alert", "MyTargetDown",
		"--kubeconfig", r.env["KUBECONFIG"], "--prometheus-url", r.env["PROMETHEUS_URL"], "-o", "json")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("explaining the alert: %v\n%s", err, out)
	}
	var explained struct {
		Told          string `json:"told"`
		Notifications []struct {
			Receiver string `json:"receiver"`
			Certain  bool   `json:"certain"`
		} `json:"notifications"`
	}
	if err := json.Unmarshal(out, &explained); err != nil {
		t.Fatal(err)
	}
	if explained.Told != "yes" || len(explained.Notifications) != 1 || !explained.Notifications[0].Certain {
		t.Fatalf("explain names %+v\n%s", explained, out)
	}
	pid, err := strconv.Atoi(r.env["NODE_EXPORTER_PID"])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the notification", func(context.Context) error {
		told := readFile(t, filepath.Join(r.dir, "notifications"))
		for line := range strings.Lines(told) {
			var n rig.Notification
			if err := json.Unmarshal([]byte(line), &n); err != nil {
				return err
			}
			if n.Receiver == explained.Notifications[0].Receiver && n.Labels["alertname"] == "MyTargetDown" && n.Labels["job"] == "node-exporter" && n.Status == "firing" {
				return nil
			}
		}
		return fmt.Errorf("told so far: %q", told)
	})
}

// nothingLeft checks that all processes of the run have ended.
func (r *running) nothingLeft(t *testing.T) {
	t.Helper()
	for _, name := range []string{"controlplane", "kube-controller-manager", "promgate", "prometheus", "alertmanager"} {
		if left := processesOf(t, r.dir, name); len(left) != 0 {
			t.Errorf("%s is still running", name)
		}
	}
}

func readEnv(t *testing.T, path string) map[string]string {
	t.Helper()
	env := map[string]string{}
	for line := range strings.Lines(readFile(t, path)) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok {
			t.Fatalf("this is not NAME=value: %q", line)
		}
		env[name] = value
	}
	return env
}

// processesOf returns the ids of the processes of a program that were started with a file of the
// run directory on their command line. It needs /proc.
func processesOf(t *testing.T, dir, program string) []int {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(files) == 0 {
		t.Fatalf("listing processes: nothing in /proc (%v)", err)
	}
	var ids []int
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err != nil { // it has ended meanwhile
			continue
		}
		name, args, _ := strings.Cut(string(line), "\x00")
		if !strings.HasPrefix(filepath.Base(name), program) || !strings.Contains(args, dir+"/") {
			continue
		}
		id, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

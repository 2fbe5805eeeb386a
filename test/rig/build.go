package rig

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// kubernetesModule is what the control plane is built from; its version is stamped
// into the programs, because kubectl and Helm refuse a server without one.
const kubernetesModule = "k8s.io/kubernetes"

const (
	// prometheusModule is what Prometheus and promtool are built from.
	prometheusModule = "github.com/prometheus/prometheus"
	// nodeExporterModule is what node_exporter is built from.
	nodeExporterModule = "github.com/prometheus/node_exporter"
	// promVersion is where all programs of the Prometheus project keep their version.
	promVersion = "github.com/prometheus/common/version.Version"
)

// buildReport is how often a build that takes long says that it is still at it.
const buildReport = 15 * time.Second

// Builder builds the programs that the rig runs. Those of others are kept in
// PROMGATE_CACHE, or promgate/ in the user's cache directory, under a key made of
// everything that goes into them.
type Builder struct {
	// Root is the directory of promgate's main module.
	Root string
	// Log is told what is being built, and how long it took.
	Log io.Writer

	// dir is the module that the programs are built from, if it is not the rig's.
	dir string
}

// ControlPlane gives the path of the program with etcd and kube-apiserver in it.
func (b Builder) ControlPlane(ctx context.Context) (string, error) {
	return b.cached(ctx, program{
		name:    "controlplane",
		title:   "etcd and kube-apiserver",
		pkg:     "./controlplane",
		sources: filepath.Join(b.module(), "controlplane"),
		cold:    "about 5 minutes the first time",
	})
}

// ControllerManager gives the path of kube-controller-manager.
func (b Builder) ControllerManager(ctx context.Context) (string, error) {
	return b.cached(ctx, program{
		name:  "kube-controller-manager",
		title: "kube-controller-manager",
		pkg:   kubernetesModule + "/cmd/kube-controller-manager",
		cold:  "about 2 minutes the first time",
	})
}

// Kubectl gives the path of a kubectl of the control plane's version.
func (b Builder) Kubectl(ctx context.Context) (string, error) {
	return b.cached(ctx, program{
		name:  "kubectl",
		title: "kubectl",
		pkg:   kubernetesModule + "/cmd/kubectl",
		cold:  "about half a minute the first time",
	})
}

// Prometheus gives the path of a Prometheus of the version that test/prometheus pins.
// It knows all kinds of discovery; of its user interface only the API is in it.
func (b Builder) Prometheus(ctx context.Context) (string, error) {
	return b.prometheusProgram(ctx, program{
		name:  "prometheus",
		title: "Prometheus",
		cold:  "about 7 minutes the first time",
	})
}

// Promtool gives the path of a promtool of the same version.
func (b Builder) Promtool(ctx context.Context) (string, error) {
	return b.prometheusProgram(ctx, program{
		name:  "promtool",
		title: "promtool",
		cold:  "about 6 minutes the first time, seconds after Prometheus",
	})
}

func (b Builder) prometheusProgram(ctx context.Context, p program) (string, error) {
	p.pkg = prometheusModule + "/cmd/" + p.name
	return b.pinned(ctx, p, "prometheus", prometheusModule)
}

// NodeExporter gives the path of a node_exporter of the version that
// test/nodeexporter pins.
func (b Builder) NodeExporter(ctx context.Context) (string, error) {
	return b.pinned(ctx, program{
		name:  "node_exporter",
		title: "node_exporter",
		pkg:   nodeExporterModule,
		cold:  "about half a minute the first time",
	}, "nodeexporter", nodeExporterModule)
}

// Operator gives the path of a prometheus-operator of the version that test/operator
// pins.
func (b Builder) Operator(ctx context.Context) (string, error) {
	return b.pinned(ctx, program{
		name:  "prometheus-operator",
		title: "prometheus-operator",
		pkg:   operatorModule + "/cmd/operator",
		cold:  "about 3 minutes the first time",
	}, "operator", operatorModule)
}

// Actuator gives the path of the application in test/actuator.
func (b Builder) Actuator(ctx context.Context) (string, error) {
	return b.cachedVersion(ctx, program{
		name:    "actuator",
		title:   "the application to scrape",
		pkg:     "./actuator",
		sources: filepath.Join(b.module(), "actuator"),
		cold:    "some seconds, after kube-apiserver",
	}, "", "-s -w")
}

// pinned is cached for a program of a module that is pinned by one of its own,
// under test/, and has its version where those of the Prometheus project have it.
func (b Builder) pinned(ctx context.Context, p program, under, module string) (string, error) {
	b.dir = filepath.Join(b.Root, "test", under)
	version, err := goTool(ctx, b.module(), "list", "-m", "-f", "{{.Version}}", module)
	if err != nil {
		return "", err
	}
	return b.cachedVersion(ctx, p, version, "-s -w -X "+promVersion+"="+releaseOf(module, version))
}

// releaseOf gives the release that a version of a module stands for: as a module,
// Prometheus 3.16.0 is v0.316.0.
func releaseOf(module, version string) string {
	if module != prometheusModule {
		return strings.TrimPrefix(version, "v")
	}
	release := strings.TrimPrefix(version, "v0.")
	return release[:1] + "." + release[1:]
}

// Promgate builds promgate into a directory and gives its path. The Go build cache
// makes this fast, and right.
func (b Builder) Promgate(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, "promgate")
	err := b.timed("promgate", "about 2 minutes the first time", func() error {
		return goBuild(ctx, b.Root, path, "./cmd/promgate", "-s -w")
	})
	return path, err
}

// module is the directory of the module that the programs are built from.
func (b Builder) module() string {
	if b.dir != "" {
		return b.dir
	}
	return filepath.Join(b.Root, "test")
}

// timed says what is being built, that it still is, and how long it took.
func (b Builder) timed(title, cold string, build func() error) error {
	start := time.Now()
	fmt.Fprintf(b.Log, "building %s (%s) ...\n", title, cold)

	finished := make(chan error, 1)
	go func() { finished <- build() }()
	tick := time.NewTicker(buildReport)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			fmt.Fprintf(b.Log, "building %s ... %s so far\n", title, time.Since(start).Round(time.Second))
		case err := <-finished:
			if err != nil {
				return fmt.Errorf("building %s: %w", title, err)
			}
			fmt.Fprintf(b.Log, "built %s in %s\n", title, time.Since(start).Round(100*time.Millisecond))
			return nil
		}
	}
}

// goBuild builds a package of the module in dir. Without cgo the programs run
// anywhere, and no C compiler is needed; without paths they are the same anywhere.
func goBuild(ctx context.Context, dir, out, pkg, ldflags string) error {
	_, err := goTool(ctx, dir, "build", "-trimpath", "-ldflags", ldflags, "-o", out, pkg)
	return err
}

// goTool runs the go command and gives its stdout.
func goTool(ctx context.Context, dir string, args ...string) (string, error) {
	// The child's life is tied to the thread's, see StartProcess.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// The compilers that go starts end with it.
	cmd.SysProcAttr = processAttributes()
	cmd.Cancel = func() error { return killGroup(cmd.Process.Pid) }
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return "", fmt.Errorf("running go %s: %w\n%s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(stdout.String()), nil
}

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

// kubernetesModule is the module that the control plane is built from. Its version is stamped into
// the programs, because kubectl and Helm refuse a server without a version.
const kubernetesModule = "k8s.io/kubernetes"

const (
	// prometheusModule is the module that Prometheus and promtool are built from.
	prometheusModule = "github.com/prometheus/prometheus"
	// nodeExporterModule is the module that node_exporter is built from.
	nodeExporterModule = "github.com/prometheus/node_exporter"
	// alertmanagerModule is the module that Alertmanager is built from.
	alertmanagerModule = "github.com/prometheus/alertmanager"
	// fewDiscoveries are the build tags of a Prometheus that knows, apart from static, file and HTTP, these
	// kinds of discovery alone. The others make it link the clients of some twenty clouds.
	fewDiscoveries = "remove_all_sd,enable_kubernetes_sd,enable_consul_sd,enable_dns_sd,enable_eureka_sd"
	// promVersion is the variable in which all programs of the Prometheus project keep their
	// version.
	promVersion = "github.com/prometheus/common/version.Version"
)

// buildReport is the time between two messages that a long build is still running.
const buildReport = 15 * time.Second

// Builder builds the programs that the rig runs. Programs of other projects are kept in
// PROMGATE_CACHE, or in promgate/ in the user's cache directory, under a key made of everything
// that they are built from.
type Builder struct {
	// Root is the directory of promgate's main module.
	Root string
	// Log receives a message about each build, and how long it took.
	Log io.Writer
	// AllDiscovery builds Prometheus and promtool with all kinds of discovery, as they are released. That
	// takes twice as long. Otherwise they know Kubernetes, Consul, DNS, Eureka, static, file and HTTP.
	AllDiscovery bool

	// dir is the module that the programs are built from, if it is not the module of the rig.
	dir string
}

// ControlPlane returns the path of the program that contains etcd and kube-apiserver.
func (b Builder) ControlPlane(ctx context.Context) (string, error) {
	return b.cached(ctx, program{
		name:    "controlplane",
		title:   "etcd and kube-apiserver",
		pkg:     "./controlplane",
		sources: filepath.Join(b.module(), "controlplane"),
		cold:    "about 5 minutes the first time",
	})
}

// ControllerManager returns the path of kube-controller-manager.
func (b Builder) ControllerManager(ctx context.Context) (string, error) {
	return b.cached(ctx, program{
		name:  "kube-controller-manager",
		title: "kube-controller-manager",
		pkg:   kubernetesModule + "/cmd/kube-controller-manager",
		cold:  "about 2 minutes the first time",
	})
}

// Kubectl returns the path of a kubectl with the version of the control plane.
func (b Builder) Kubectl(ctx context.Context) (string, error) {
	return b.cached(ctx, program{
		name:  "kubectl",
		title: "kubectl",
		pkg:   kubernetesModule + "/cmd/kubectl",
		cold:  "about half a minute the first time",
	})
}

// Prometheus returns the path of a Prometheus with the version that test/prometheus pins. Of the web
// interface it has only the API.
func (b Builder) Prometheus(ctx context.Context) (string, error) {
	return b.prometheusProgram(ctx, program{
		name:  "prometheus",
		title: "Prometheus",
		cold:  "about 4 minutes the first time",
	})
}

// Promtool returns the path of a promtool with the same version.
func (b Builder) Promtool(ctx context.Context) (string, error) {
	return b.prometheusProgram(ctx, program{
		name:  "promtool",
		title: "promtool",
		cold:  "about 4 minutes the first time, seconds after Prometheus",
	})
}

func (b Builder) prometheusProgram(ctx context.Context, p program) (string, error) {
	p.pkg = prometheusModule + "/cmd/" + p.name
	if !b.AllDiscovery {
		p.tags = fewDiscoveries
	}
	return b.pinned(ctx, p, "prometheus", prometheusModule)
}

// NodeExporter returns the path of a node_exporter with the version that test/nodeexporter pins.
func (b Builder) NodeExporter(ctx context.Context) (string, error) {
	return b.pinned(ctx, program{
		name:  "node_exporter",
		title: "node_exporter",
		pkg:   nodeExporterModule,
		cold:  "about half a minute the first time",
	}, "nodeexporter", nodeExporterModule)
}

// Operator returns the path of a prometheus-operator with the version that test/operator pins.
func (b Builder) Operator(ctx context.Context) (string, error) {
	return b.pinned(ctx, program{
		name:  "prometheus-operator",
		title: "prometheus-operator",
		pkg:   operatorModule + "/cmd/operator",
		cold:  "about 3 minutes the first time",
	}, "operator", operatorModule)
}

// Actuator returns the path of the application in test/actuator.
func (b Builder) Actuator(ctx context.Context) (string, error) {
	return b.cachedVersion(ctx, program{
		name:    "actuator",
		title:   "the application to scrape",
		pkg:     "./actuator",
		sources: filepath.Join(b.module(), "actuator"),
		cold:    "some seconds, after kube-apiserver",
	}, "", "-s -w")
}

// pinned is cached for a program of the Prometheus project, which a module of its own under test/
// pins. It sets the program's version.
func (b Builder) pinned(ctx context.Context, p program, under, module string) (string, error) {
	b.dir = filepath.Join(b.Root, "test", under)
	version, err := goTool(ctx, b.module(), "list", "-m", "-f", "{{.Version}}", module)
	if err != nil {
		return "", err
	}
	return b.cachedVersion(ctx, p, version, "-s -w -X "+promVersion+"="+releaseOf(module, version))
}

// releaseOf returns the release of a version of a module: as a module, Prometheus 3.16.0 is
// v0.316.0.
func releaseOf(module, version string) string {
	if module != prometheusModule {
		return strings.TrimPrefix(version, "v")
	}
	release := strings.TrimPrefix(version, "v0.")
	return release[:1] + "." + release[1:]
}

// Promgate builds promgate into a directory and returns its path. The Go build cache makes this
// fast and reliable.
func (b Builder) Promgate(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, "promgate")
	err := b.timed("promgate", "about 2 minutes the first time", func() error {
		return goBuild(ctx, b.Root, path, program{pkg: "./cmd/promgate"}, "-s -w")
	})
	return path, err
}

// module returns the directory of the module that the programs are built from.
func (b Builder) module() string {
	if b.dir != "" {
		return b.dir
	}
	return filepath.Join(b.Root, "test")
}

// timed runs a build and logs what is being built, that it is still running, and how long it took.
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

// goBuild builds a program of the module in dir. Without cgo the programs run anywhere, and no C
// compiler is needed. Without paths in them they are identical on every machine.
func goBuild(ctx context.Context, dir, out string, p program, ldflags string) error {
	_, err := goTool(ctx, dir, "build", "-trimpath", "-tags", p.tags, "-ldflags", ldflags, "-o", out, p.pkg)
	return err
}

// goTool runs the go command and returns its stdout.
func goTool(ctx context.Context, dir string, args ...string) (string, error) {
	// The child dies with this thread, see StartProcess.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// The compilers that the go command starts end together with it.
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

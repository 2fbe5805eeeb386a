package rig

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// Monitoring is a real Prometheus that runs on what `promgate reconcile --config-dir`
// writes, and two things to scrape, which it finds through the API server.
type Monitoring struct {
	Prometheus *Prometheus
	Loop       *Loop
	// Node is a node_exporter, behind the Service node-exporter with the label app:
	// node-exporter and the port metrics, and Application serves
	// /actuator/prometheus, behind the Service spring-actuator-demo with the label app:
	// spring-actuator-demo and the port web. Both Services are in the namespace
	// [TargetNamespace].
	Node, Application *Server
	// ConfigDir is what the loop writes.
	ConfigDir string

	path, root, dir string
	object          string
	kubectl         Kubectl
}

// TargetNamespace is where the Services of what is scraped are.
const TargetNamespace = "demo"

var (
	//go:embed manifests/local.yaml
	localYAML     string
	localTemplate = template.Must(template.New("local").Parse(localYAML))
)

// StartMonitoring starts all of it for a Prometheus object that is there, whose spec it
// completes with what a Prometheus outside of the cluster needs. The promgate at path is the
// loop; all files are in dir.
func StartMonitoring(ctx context.Context, b Builder, path, dir string, kubectl Kubectl, namespace, name string) (*Monitoring, error) {
	m := &Monitoring{path: path, root: b.Root, dir: dir, object: namespace + "/" + name, kubectl: kubectl, ConfigDir: filepath.Join(dir, "prometheus-config")}
	if err := m.start(ctx, b, namespace, name); err != nil {
		m.Stop()
		return nil, err
	}
	return m, nil
}

func (m *Monitoring) start(ctx context.Context, b Builder, namespace, name string) error {
	prometheus, err := b.Prometheus(ctx)
	if err != nil {
		return err
	}
	if err := m.startTargets(ctx, b); err != nil {
		return err
	}
	if err := GrantAccess(ctx, m.kubectl, namespace); err != nil {
		return err
	}
	if err := m.reachLocally(ctx, namespace, name); err != nil {
		return err
	}
	// Prometheus does not start without a configuration, and the loop asks it to reload: it
	// begins with an empty one.
	if err := os.MkdirAll(m.ConfigDir, 0o700); err != nil {
		return fmt.Errorf("making the configuration directory: %w", err)
	}
	config := filepath.Join(m.ConfigDir, "prometheus.env.yaml")
	if err := os.WriteFile(config, []byte("scrape_configs: []\n"), 0o600); err != nil {
		return fmt.Errorf("writing an empty configuration: %w", err)
	}
	dir := filepath.Join(m.dir, "prometheus")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making the directory of Prometheus: %w", err)
	}
	if m.Prometheus, err = StartPrometheus(ctx, prometheus, config, dir); err != nil {
		return err
	}
	return m.StartLoop(ctx)
}

func (m *Monitoring) startTargets(ctx context.Context, b Builder) error {
	nodeExporter, err := b.NodeExporter(ctx)
	if err != nil {
		return err
	}
	actuator, err := b.Actuator(ctx)
	if err != nil {
		return err
	}
	if m.Node, err = StartNodeExporter(ctx, nodeExporter, m.dir); err != nil {
		return err
	}
	if m.Application, err = StartActuator(ctx, actuator, m.dir); err != nil {
		return err
	}
	manifest := `{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "` + TargetNamespace + `"}}`
	if _, err := m.kubectl.RunWithInput(ctx, manifest, "apply", "-f", "-"); err != nil {
		return fmt.Errorf("making the namespace of the targets: %w", err)
	}
	for _, s := range []Service{
		{Name: "node-exporter", PortName: "metrics", Port: m.Node.Port},
		{Name: "spring-actuator-demo", PortName: "web", Port: m.Application.Port},
	} {
		s.Namespace, s.Labels = TargetNamespace, map[string]string{"app": s.Name}
		if err := s.Publish(ctx, m.kubectl); err != nil {
			return err
		}
	}
	return nil
}

// reachLocally completes a Prometheus object with the way to the API server, and with a
// scrape class for all monitors that has Prometheus scrape the loopback interface.
func (m *Monitoring) reachLocally(ctx context.Context, namespace, name string) error {
	out, err := m.kubectl.Run(ctx, "config", "view", "--minify", "--output=jsonpath={.clusters[0].cluster.server}")
	if err != nil {
		return fmt.Errorf("finding the address of the API server: %w", err)
	}
	manifest, err := fill(localTemplate, fills{Namespace: namespace, Name: name, Server: strings.TrimSpace(out.Stdout)})
	if err != nil {
		return err
	}
	if _, err := m.kubectl.RunWithInput(ctx, manifest, "apply", "--server-side", "--force-conflicts", "--field-manager=rig", "-f", "-"); err != nil {
		return fmt.Errorf("telling Prometheus where the API server is: %w", err)
	}
	return nil
}

// StartLoop starts the loop, again after its Stop.
func (m *Monitoring) StartLoop(ctx context.Context) error {
	var err error
	m.Loop, err = StartLoop(ctx, m.path, m.root, m.dir, m.kubectl,
		"--config-dir", m.ConfigDir, "--prometheus", m.object, "--prometheus-url", m.Prometheus.URL)
	return err
}

// Processes are all that were started.
func (m *Monitoring) Processes() []*Process {
	return []*Process{m.Prometheus.Process(), m.Loop.Process(), m.Node.Process(), m.Application.Process()}
}

// Stop ends what was started.
func (m *Monitoring) Stop() {
	if m.Loop != nil {
		m.Loop.Stop()
	}
	if m.Prometheus != nil {
		m.Prometheus.Stop()
	}
	for _, s := range []*Server{m.Node, m.Application} {
		if s != nil {
			s.Stop()
		}
	}
}

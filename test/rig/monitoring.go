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

// Monitoring is a real Prometheus that runs on the output of `promgate reconcile --config-dir`, and
// two targets, which it discovers through the API server.
type Monitoring struct {
	Prometheus *Prometheus
	Loop       *Loop
	// Node is a node_exporter behind the Service node-exporter, with the label app: node-exporter
	// and the port metrics. Application serves /actuator/prometheus behind the Service
	// spring-actuator-demo, with the label app: spring-actuator-demo and the port web. Both
	// Services are in the namespace [TargetNamespace].
	Node, Application *Server
	// ConfigDir is the directory that the loop writes to.
	ConfigDir string

	path, root, dir string
	object          string
	kubectl         Kubectl
}

// TargetNamespace is the namespace of the targets' Services.
const TargetNamespace = "demo"

var (
	//go:embed manifests/local.yaml
	localYAML     string
	localTemplate = template.Must(template.New("local").Parse(localYAML))
)

// StartMonitoring starts all of these for an existing Prometheus object, and adds to the object's
// spec the settings that a Prometheus outside of the cluster needs. The promgate at path runs the
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
	// Prometheus does not start without a configuration, and the loop only asks it to reload.
	// Therefore it starts with an empty configuration.
	if err := os.MkdirAll(m.ConfigDir, 0o700); err != nil {
		return fmt.Errorf("creating the configuration directory: %w", err)
	}
	config := filepath.Join(m.ConfigDir, "prometheus.env.yaml")
	if err := os.WriteFile(config, []byte("scrape_configs: []\n"), 0o600); err != nil {
		return fmt.Errorf("writing an empty configuration: %w", err)
	}
	dir := filepath.Join(m.dir, "prometheus")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("creating the directory of Prometheus: %w", err)
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
		return fmt.Errorf("creating the namespace of the targets: %w", err)
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

// reachLocally adds to a Prometheus object the address and credentials of the API server, and a
// scrape class for all monitors, with which Prometheus scrapes the loopback interface.
func (m *Monitoring) reachLocally(ctx context.Context, namespace, name string) error {
	out, err := m.kubectl.Run(ctx, "config", "view", "--minify", "--output=jsonpath={.clusters[0].cluster.server}")
	if err != nil {
		return fmt.Errorf("finding the address of the API server: %w", err)
	}
	manifest, err := fill(localTemplate, fills{Namespace: namespace, Name: name, Server: strings.TrimSpace(out.Stdout)})
	if err != nil {
		return err
	}
	// Not a server-side apply: kubectl would take over the fields that a client-side apply of the
	// whole object set, and remove them because they are omitted here.
	file := filepath.Join(m.dir, "local.yaml")
	if err := os.WriteFile(file, []byte(manifest), 0o600); err != nil {
		return fmt.Errorf("writing the patch of the Prometheus object: %w", err)
	}
	if _, err := m.kubectl.Run(ctx, "patch", "prometheus", name, "--namespace", namespace, "--type=merge", "--patch-file", file); err != nil {
		return fmt.Errorf("setting the address of the API server: %w", err)
	}
	return nil
}

// StartLoop starts the loop. It can start it again after Stop.
func (m *Monitoring) StartLoop(ctx context.Context) error {
	var err error
	m.Loop, err = StartLoop(ctx, m.path, m.root, m.dir, m.kubectl,
		"--config-dir", m.ConfigDir, "--prometheus", m.object, "--prometheus-url", m.Prometheus.URL)
	return err
}

// Processes returns the processes that were started, without the targets.
func (m *Monitoring) Processes() []*Process {
	return []*Process{m.Prometheus.Process(), m.Loop.Process()}
}

// Stop ends all processes that were started.
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

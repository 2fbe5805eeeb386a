package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// AlertingOptions are the options of [StartAlerting]. Each object is NAMESPACE/NAME in one namespace.
type AlertingOptions struct {
	// Namespace is that of all the objects.
	Namespace string
	// Alertmanager is the object for which an Alertmanager is started, and Prometheus the object that sends its alerts to the Service
	// of the operator, as the first entry of spec.alerting.alertmanagers.
	Alertmanager, Prometheus string
	// Told is called for each notification. It may be nil.
	Told func(Notification)
	// Secret gets the address of the [Receiver] as the value of the key url.
	Secret string
}

// Alerting is a real Alertmanager that runs on the configuration of an Alertmanager object and of the AlertmanagerConfigs that it
// selects, as promgate renders it, and a receiver for its notifications.
type Alerting struct {
	// Alertmanager is behind the Service alertmanager-operated, as that of the operator would be.
	Alertmanager *Server
	Receiver     *Receiver
	// ConfigFile is the configuration that it runs with.
	ConfigFile string
}

// StartAlerting starts all of these for an existing Alertmanager object, and makes an existing Prometheus object find it on this
// machine. The promgate at path renders the configuration; all files are in dir.
func StartAlerting(ctx context.Context, b Builder, path, dir string, kubectl Kubectl, o AlertingOptions) (*Alerting, error) {
	a := &Alerting{ConfigFile: filepath.Join(dir, "alertmanager.yaml")}
	if err := a.start(ctx, b, path, dir, kubectl, o); err != nil {
		a.Stop()
		return nil, err
	}
	return a, nil
}

func (a *Alerting) start(ctx context.Context, b Builder, path, dir string, kubectl Kubectl, o AlertingOptions) error {
	program, err := b.Alertmanager(ctx)
	if err != nil {
		return err
	}
	if a.Receiver, err = StartReceiver(filepath.Join(dir, "notifications"), o.Told); err != nil {
		return err
	}
	if err := a.giveAddress(ctx, kubectl, o); err != nil {
		return err
	}
	if err := renderAlertmanager(ctx, path, kubectl, o, a.ConfigFile); err != nil {
		return err
	}
	if a.Alertmanager, err = StartAlertmanager(ctx, program, a.ConfigFile, dir); err != nil {
		return err
	}
	s := Service{
		Namespace: o.Namespace, Name: "alertmanager-operated", PortName: "web", Port: a.Alertmanager.Port,
		Selector: map[string]string{"app.kubernetes.io/name": "alertmanager"},
	}
	if err := s.Publish(ctx, kubectl); err != nil {
		return err
	}
	return a.reachAlertmanager(ctx, kubectl, o)
}

// StartAlertmanager starts the program at path and returns when it is ready. Its data and its log are in dir.
func StartAlertmanager(ctx context.Context, path, configFile, dir string, extraArgs ...string) (*Server, error) {
	c := Command{Name: "alertmanager", Path: path, LogDir: dir, Args: append([]string{
		"--config.file=" + configFile, "--storage.path=" + filepath.Join(dir, "alertmanager"), "--cluster.listen-address=",
	}, extraArgs...)}
	return startServer(ctx, freePort, c, signs{log: "Listening on", path: "/-/ready"})
}

// ReloadAlertmanager makes an Alertmanager read its configuration again, and returns when the new configuration is in use. The error
// is [ErrRefused], with the words of Alertmanager, if it refuses the configuration.
func ReloadAlertmanager(ctx context.Context, s *Server) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/-/reload", nil)
	if err != nil {
		return fmt.Errorf("reloading Alertmanager: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("reloading Alertmanager: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("reloading Alertmanager: %w", err)
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusInternalServerError:
		return fmt.Errorf("reloading Alertmanager: %w: %s", ErrRefused, bytes.TrimSpace(body))
	}
	return fmt.Errorf("reloading Alertmanager: %s: %s", resp.Status, bytes.TrimSpace(body))
}

// giveAddress writes the address of the receiver into the Secret that the AlertmanagerConfig refers to.
func (a *Alerting) giveAddress(ctx context.Context, kubectl Kubectl, o AlertingOptions) error {
	secret, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Secret",
		"metadata":   map[string]any{"namespace": o.Namespace, "name": o.Secret},
		"stringData": map[string]string{"url": a.Receiver.URL},
	})
	if err != nil {
		return fmt.Errorf("writing the address of the receiver: %w", err)
	}
	if _, err := kubectl.RunWithInput(ctx, string(secret), "apply", "-f", "-"); err != nil {
		return fmt.Errorf("writing the address of the receiver: %w", err)
	}
	return nil
}

// renderAlertmanager writes the configuration of an Alertmanager, by the objects of its namespace.
func renderAlertmanager(ctx context.Context, path string, kubectl Kubectl, o AlertingOptions, file string) error {
	objects, err := kubectl.Run(ctx, "get", "alertmanagers,alertmanagerconfigs,secrets", "--namespace", o.Namespace, "--output=json")
	if err != nil {
		return fmt.Errorf("reading the objects of the Alertmanager: %w", err)
	}
	return RenderAlertmanager(ctx, path, objects.Stdout, o.Namespace+"/"+o.Alertmanager, file)
}

// RenderAlertmanager writes the configuration that the promgate at path renders for an Alertmanager, NAMESPACE/NAME, of some objects.
func RenderAlertmanager(ctx context.Context, path, objects, name, file string) error {
	var config, complaints bytes.Buffer
	cmd := exec.CommandContext(ctx, path, "render", "-", "--alertmanager", name)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(objects), &config, &complaints
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("rendering the configuration of the Alertmanager: %w: %s", err, strings.TrimSpace(complaints.String()))
	}
	if err := os.WriteFile(file, config.Bytes(), 0o600); err != nil {
		return fmt.Errorf("writing the configuration of the Alertmanager: %w", err)
	}
	return nil
}

// reachAlertmanager makes the Prometheus send its alerts to this machine: the endpoint of the Service has an address that is routed nowhere.
// Alertmanager stands in for a proxy on the way there, since it takes the request of a proxy's client as one of its own.
func (a *Alerting) reachAlertmanager(ctx context.Context, kubectl Kubectl, o AlertingOptions) error {
	patch := fmt.Sprintf(`[{"op": "add", "path": "/spec/alerting/alertmanagers/0/proxyUrl", "value": %q}]`, a.Alertmanager.URL)
	if _, err := kubectl.Run(ctx, "patch", "prometheus", o.Prometheus, "--namespace", o.Namespace, "--type=json", "--patch", patch); err != nil {
		return fmt.Errorf("setting the address of the Alertmanager: %w", err)
	}
	return nil
}

// Process returns the process of Alertmanager.
func (a *Alerting) Process() *Process { return a.Alertmanager.Process() }

// Stop ends Alertmanager and the receiver.
func (a *Alerting) Stop() {
	if a.Alertmanager != nil {
		a.Alertmanager.Stop()
	}
	if a.Receiver != nil {
		a.Receiver.Stop()
	}
}

package rig

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// configuration is the configuration that promgate starts with: all defaults. It is a file
// nevertheless, so that a test, or a user of `make run`, can change it.
const configuration = `apiVersion: promgate.dev/v1alpha1
kind: Configuration
`

// drainDelay is short, because there is no load balancer here, and long enough for a test to see
// promgate drain.
const drainDelay = time.Second

// Promgate is a running `promgate serve`.
type Promgate struct {
	// URL of the webhook server, without a path.
	URL string
	// CAFile contains the CA of its certificate.
	CAFile string
	// ConfigFile is the configuration that it runs with and reloads.
	ConfigFile string

	command Command
	process *Process
}

// StartPromgate starts the program at path with a certificate of its own and the permissions of the
// ServiceAccount in manifests/base, and returns when it is ready. Its files are in dir.
func StartPromgate(ctx context.Context, path, root, dir string, kubectl Kubectl) (*Promgate, error) {
	cert, err := NewCertificate(dir)
	if err != nil {
		return nil, err
	}
	kubeconfig, err := serviceAccountKubeconfig(ctx, kubectl, "promgate", filepath.Join(root, "manifests", "base", "rbac.yaml"), dir)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	p := &Promgate{
		URL:        fmt.Sprintf("https://127.0.0.1:%d", port),
		CAFile:     cert.CAFile,
		ConfigFile: filepath.Join(dir, "promgate.yaml"),
	}
	if err := os.WriteFile(p.ConfigFile, []byte(configuration), 0o600); err != nil {
		return nil, fmt.Errorf("writing promgate's configuration: %w", err)
	}
	p.command = Command{
		Name: "promgate",
		Path: path,
		Args: []string{
			"serve",
			"--config", p.ConfigFile,
			"--host", "127.0.0.1",
			"--port", strconv.Itoa(port),
			"--kubeconfig", kubeconfig,
			"--drain-delay", drainDelay.String(),
			"--log-format", "text",
			"--cert-file", cert.CertFile,
			"--key-file", cert.KeyFile,
		},
		LogDir: dir,
	}
	return p, p.Start(ctx)
}

// Start starts promgate again after [Promgate.Stop], on the same port, and returns when it is
// ready.
func (p *Promgate) Start(ctx context.Context) error {
	client, err := HTTPClient(p.CAFile)
	if err != nil {
		return err
	}
	p.process, err = StartProcess(p.command)
	if err != nil {
		return err
	}
	err = p.process.waitFor(ctx, "promgate", func(ctx context.Context) error {
		return get(ctx, client, p.URL+"/readyz")
	})
	if err != nil {
		p.Stop()
	}
	return err
}

// Path returns the path of the program, for tests that run its other commands.
func (p *Promgate) Path() string { return p.command.Path }

// Process returns the process of promgate.
func (p *Promgate) Process() *Process { return p.process }

// Stop ends promgate.
func (p *Promgate) Stop() { p.process.Stop() }

// HTTPClient returns a client that trusts one CA. Without a CA it trusts everybody, as a kubelet does
// that probes a pod.
func HTTPClient(caFile string) (*http.Client, error) {
	if caFile == "" {
		return &http.Client{
			Timeout:   10 * time.Second,
			Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		}, nil
	}
	ca, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("reading the CA: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("reading the CA: no certificate in %s", caFile)
	}
	return &http.Client{
		Timeout:   10 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}},
	}, nil
}

// get returns nil only if the status is 200.
func get(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers with %s: %s", url, resp.Status, strings.TrimSpace(string(body)))
	}
	return nil
}

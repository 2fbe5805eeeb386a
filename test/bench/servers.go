package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/promgate/promgate/test/rig"
)

// A server is one of those that are measured.
type server struct {
	name   string
	url    string                             // with the path of its validating webhook
	client func(connections int) *http.Client // at most so many; 0 means that there is no limit
	pid    int
}

type servers struct {
	promgate, peer, floor *server
	versions              []string
}

// of returns the servers that know the objects of a case.
func (s servers) of(c benchCase) []*server {
	if c.peer {
		return []*server{s.promgate, s.peer, s.floor}
	}
	return []*server{s.promgate, s.floor}
}

const operatorModule = "github.com/prometheus-operator/prometheus-operator"

// startServers builds and starts the servers, promgate with the API server that it reads from.
func startServers(ctx context.Context) (all servers, stop func(), err error) {
	dir, err := os.MkdirTemp("", "promgate-bench-")
	if err != nil {
		return all, nil, fmt.Errorf("making a directory: %w", err)
	}
	var stops []func()
	stop = func() {
		for _, end := range slices.Backward(stops) {
			end()
		}
		_ = os.RemoveAll(dir)
	}
	defer func() {
		if err != nil {
			stop()
		}
	}()
	root, err := rig.FindRoot()
	if err != nil {
		return all, nil, err
	}
	r, err := rig.Start(ctx, rig.Options{Root: root, Dir: filepath.Join(dir, "rig"), Log: os.Stderr})
	if err != nil {
		return all, nil, err
	}
	stops = append(stops, r.Stop)
	if all.promgate, err = newServer("promgate", r.Promgate.URL+"/validate", r.Promgate.CAFile, r.Promgate.Process().PID()); err != nil {
		return all, nil, err
	}
	webhook := filepath.Join(dir, "admission-webhook")
	version, err := buildPeer(ctx, root, webhook)
	if err != nil {
		return all, nil, err
	}
	all.versions = append(all.versions, "prometheus-operator's admission webhook "+version)
	certificate, err := rig.NewCertificate(dir)
	if err != nil {
		return all, nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return all, nil, fmt.Errorf("finding this program: %w", err)
	}
	for _, s := range []struct {
		into       **server
		name, path string
		program    string
		args       func(address string) []string
	}{
		{&all.peer, "operator", "/admission-prometheusrules/validate", webhook, func(address string) []string {
			return []string{"--web.enable-tls=true", "--web.listen-address=" + address, "--web.cert-file=" + certificate.CertFile, "--web.key-file=" + certificate.KeyFile, "--log-level=error"}
		}},
		{&all.floor, "floor", "/", self, func(address string) []string {
			return []string{"floor", address, certificate.CertFile, certificate.KeyFile}
		}},
	} {
		address, err := freeAddress(ctx)
		if err != nil {
			return all, nil, err
		}
		p, err := rig.StartProcess(rig.Command{Name: s.name, Path: s.program, Args: s.args(address), LogDir: dir})
		if err != nil {
			return all, nil, err
		}
		stops = append(stops, p.Stop)
		if *s.into, err = newServer(s.name, "https://"+address+s.path, certificate.CAFile, p.PID()); err != nil {
			return all, nil, err
		}
		if err := rig.Poll(ctx, s.name, time.Minute, func(ctx context.Context) error { return connect(ctx, address) }); err != nil {
			return all, nil, err
		}
	}
	return all, stop, nil
}

// buildPeer compiles the admission webhook of the operator, at the version that test/operator pins.
func buildPeer(ctx context.Context, root, to string) (version string, err error) {
	module := filepath.Join(root, "test", "operator")
	build := exec.CommandContext(ctx, "go", "-C", module, "build", "-trimpath", "-ldflags", "-s -w", "-o", to, operatorModule+"/cmd/admission-webhook")
	build.Env, build.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("building the operator's admission webhook: %w", err)
	}
	out, err := exec.CommandContext(ctx, "go", "-C", module, "list", "-m", "-f", "{{.Version}}", operatorModule).Output()
	if err != nil {
		return "", fmt.Errorf("asking for the operator's version: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

func newServer(name, url, caFile string, pid int) (*server, error) {
	ca, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("reading a CA: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return nil, errors.New("reading a CA: it is none")
	}
	client := func(connections int) *http.Client {
		return &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 1000, MaxConnsPerHost: connections, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	}
	return &server{name: name, url: url, client: client, pid: pid}, nil
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("finding a free port: %w", err)
	}
	address := l.Addr().String()
	return address, l.Close()
}

func connect(ctx context.Context, address string) error {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return c.Close()
}

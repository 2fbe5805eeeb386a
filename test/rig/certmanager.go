package rig

import (
	"context"
	"fmt"
	"path/filepath"
)

// certManagerModule is the module of cert-manager, whose version test/certmanager pins.
const certManagerModule = "github.com/cert-manager/cert-manager"

// CertManager is a running cert-manager: its controllers for CA and selfSigned issuers, and cainjector.
type CertManager struct{ process *Process }

// StartCertManager installs cert-manager's CRDs and starts its controllers, as the cluster's administrator. Its log is
// in dir.
func (r *Rig) StartCertManager(ctx context.Context, dir string) (*CertManager, error) {
	b := Builder{Root: r.root, Log: r.log, dir: filepath.Join(r.root, "test", "certmanager")}
	version, err := goTool(ctx, b.module(), "list", "-m", "-f", "{{.Version}}", certManagerModule)
	if err != nil {
		return nil, err
	}
	path, err := b.cachedVersion(ctx, program{
		name: "certmanager", title: "cert-manager", pkg: ".", sources: b.module(), cold: "about 3 minutes the first time",
	}, version, "-s -w")
	if err != nil {
		return nil, err
	}
	module, err := goTool(ctx, b.module(), "list", "-m", "-f", "{{.Dir}}", certManagerModule)
	if err != nil {
		return nil, err
	}
	// Server-side, because the annotation of a client-side apply would be too long.
	if _, err := r.Kubectl.Run(ctx, "apply", "--server-side", "-f", filepath.Join(module, "deploy", "crds")); err != nil {
		return nil, fmt.Errorf("installing the CRDs of cert-manager: %w", err)
	}
	if _, err := r.Kubectl.Run(ctx, "wait", "--for=condition=Established", "crd", "certificates.cert-manager.io", "issuers.cert-manager.io", "certificaterequests.cert-manager.io"); err != nil {
		return nil, fmt.Errorf("installing the CRDs of cert-manager: %w", err)
	}
	process, err := StartProcess(Command{Name: "certmanager", Path: path, Args: []string{"--kubeconfig", r.Kubectl.Kubeconfig}, LogDir: dir})
	if err != nil {
		return nil, err
	}
	return &CertManager{process}, nil
}

// Stop ends the controllers. The CRDs stay.
func (c *CertManager) Stop() { c.process.Stop() }

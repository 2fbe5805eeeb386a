package rig

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// leftOut are the controllers that have nothing to do without nodes, volumes and a cloud.
var leftOut = []string{
	"node-ipam-controller",
	"node-lifecycle-controller",
	"taint-eviction-controller",
	"device-taint-eviction-controller",
	"persistentvolume-binder-controller",
	"persistentvolume-attach-detach-controller",
	"persistentvolume-expander-controller",
	"ephemeral-volume-controller",
	"selinux-warning-controller",
}

// ControlPlane is a running etcd, kube-apiserver and kube-controller-manager.
type ControlPlane struct {
	// Kubectl uses the API as the cluster's administrator.
	Kubectl Kubectl

	api         *Process
	controllers *Process
}

// Programs are the paths of the programs of a control plane.
type Programs struct {
	ControlPlane      string
	ControllerManager string
	Kubectl           string
}

// StartControlPlane starts a control plane whose data and logs are in dir, and returns when the API
// server is ready and the controllers are running.
func StartControlPlane(ctx context.Context, p Programs, dir string) (*ControlPlane, error) {
	c := &ControlPlane{Kubectl: Kubectl{
		Path:       p.Kubectl,
		Kubeconfig: filepath.Join(dir, "kubeconfig"),
		CacheDir:   filepath.Join(dir, "kubectl-cache"),
	}}
	if err := c.start(ctx, p, dir); err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

func (c *ControlPlane) start(ctx context.Context, p Programs, dir string) error {
	var err error
	data := filepath.Join(dir, "controlplane")
	c.api, err = StartProcess(Command{
		Name:   "controlplane",
		Path:   p.ControlPlane,
		Args:   []string{"--dir", data, "--kubeconfig", c.Kubectl.Kubeconfig},
		LogDir: dir,
	})
	if err != nil {
		return err
	}
	if err := c.waitForAPI(ctx); err != nil {
		return err
	}

	c.controllers, err = StartProcess(Command{
		Name: "kube-controller-manager",
		Path: p.ControllerManager,
		Args: []string{
			"--kubeconfig=" + c.Kubectl.Kubeconfig,
			"--controllers=*,-" + strings.Join(leftOut, ",-"),
			"--service-account-private-key-file=" + filepath.Join(data, "service-account.key"),
			"--root-ca-file=" + filepath.Join(data, "certs", "apiserver.crt"),
			"--leader-elect=false",
			// Nobody calls its HTTP server: one less port that has to be free.
			"--secure-port=0",
			// By default it calls the API 20 times a second, which makes the deletion of a
			// namespace slow.
			"--kube-api-qps=200",
			"--kube-api-burst=400",
		},
		LogDir: dir,
	})
	if err != nil {
		return err
	}
	return c.waitForControllers(ctx)
}

func (c *ControlPlane) waitForAPI(ctx context.Context) error {
	return c.api.waitFor(ctx, "the API server", func(ctx context.Context) error {
		if _, err := os.Stat(c.Kubectl.Kubeconfig); err != nil {
			return err
		}
		_, err := c.Kubectl.Run(ctx, "get", "--raw", "/readyz")
		return err
	})
}

// waitForControllers waits for the output of one controller, which shows that all are running: they
// have no port to probe.
func (c *ControlPlane) waitForControllers(ctx context.Context) error {
	return c.controllers.waitFor(ctx, "the controllers", func(ctx context.Context) error {
		_, err := c.Kubectl.Run(ctx, "get", "serviceaccount", "default", "--namespace=default")
		return err
	})
}

// Processes returns the processes of the control plane.
func (c *ControlPlane) Processes() []*Process { return []*Process{c.api, c.controllers} }

// Stop ends the control plane: first the clients of the API server, then the API server.
func (c *ControlPlane) Stop() {
	if c.controllers != nil {
		c.controllers.Stop()
	}
	if c.api != nil {
		c.api.Stop()
	}
}

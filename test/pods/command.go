package pods

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/promgate/promgate/test/rig"
)

// flagOf returns the flag of promgate's commands that sets the address of a container port.
var flagOf = map[string]string{
	"serve/https":       "--port=",
	"reconcile/metrics": "--metrics-address=",
	"reconcile/health":  "--health-address=",
	"audit/metrics":     "--listen=",
}

// certificatePath is where promgate serve looks for its certificate by default.
const certificatePath = "/etc/promgate/tls"

// command prepares the volumes and returns the command of the container.
func (p *pod) command(ctx context.Context) (rig.Command, error) {
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return rig.Command{}, fmt.Errorf("making the directory of a pod: %w", err)
	}
	if err := p.writeVolumes(ctx); err != nil {
		return rig.Command{}, err
	}
	env, err := p.env(ctx)
	if err != nil {
		return rig.Command{}, err
	}
	args := make([]string, 0, len(p.container().Args))
	for _, arg := range p.container().Args {
		args = append(args, p.local(arg))
	}
	listen, err := p.listen(args)
	if err != nil {
		return rig.Command{}, err
	}
	args = append(append(args, listen...), p.mounted()...)
	return rig.Command{Name: p.container().Name, Path: p.runner.Program, Args: args, Env: env, LogDir: p.dir}, nil
}

// mounted returns the flags whose defaults are paths of volumes.
func (p *pod) mounted() []string {
	for _, mount := range p.container().VolumeMounts {
		if mount.MountPath == certificatePath {
			dir := p.volumeDir(mount.Name)
			return []string{"--cert-file=" + filepath.Join(dir, "tls.crt"), "--key-file=" + filepath.Join(dir, "tls.key")}
		}
	}
	return nil
}

// local replaces the paths of volumes by those on this machine.
func (p *pod) local(arg string) string {
	for _, mount := range p.container().VolumeMounts {
		arg = strings.ReplaceAll(arg, mount.MountPath, p.volumeDir(mount.Name))
	}
	return arg
}

// listen chooses a port for each port of the container, and returns the flags for them.
func (p *pod) listen(args []string) ([]string, error) {
	if len(args) == 0 {
		return nil, errors.New("the container has no args")
	}
	declared := p.container().Ports
	numbers, err := freePorts(p.runner.address, len(declared))
	if err != nil {
		return nil, err
	}
	ports, flags := map[string]int{}, []string{}
	for i, port := range declared {
		flag, ok := flagOf[args[0]+"/"+port.Name]
		if !ok {
			return nil, fmt.Errorf("promgate %s has no flag for the container port %s", args[0], port.Name)
		}
		ports[port.Name] = numbers[i]
		if flag == "--port=" {
			flags = append(flags, "--host="+p.runner.address, fmt.Sprintf("%s%d", flag, numbers[i]))
			continue
		}
		flags = append(flags, flag+joinHostPort(p.runner.address, numbers[i]))
	}
	if args[0] == "reconcile" {
		// A pod reads its namespace from the volume of its token.
		flags = append(flags, "--lease-namespace="+p.object.Namespace)
	}
	p.mu.Lock()
	p.ports = ports
	p.mu.Unlock()
	return flags, nil
}

// env returns the container's environment, and KUBECONFIG in the place of the mounted token.
func (p *pod) env(ctx context.Context) ([]string, error) {
	kubeconfig, err := p.writeKubeconfig(ctx)
	if err != nil {
		return nil, err
	}
	env := []string{"KUBECONFIG=" + kubeconfig, "HOSTNAME=" + p.object.Name}
	for _, v := range p.container().Env {
		value := v.Value
		if v.ValueFrom != nil {
			if v.ValueFrom.FieldRef == nil {
				return nil, fmt.Errorf("the source of the variable %s is not supported", v.Name)
			}
			if value, err = p.field(v.ValueFrom.FieldRef.FieldPath); err != nil {
				return nil, err
			}
		}
		env = append(env, v.Name+"="+value)
	}
	return env, nil
}

// field returns the value of a field of the pod, for the environment.
func (p *pod) field(path string) (string, error) {
	switch path {
	case "metadata.name":
		return p.object.Name, nil
	case "metadata.namespace":
		return p.object.Namespace, nil
	case "spec.serviceAccountName":
		return p.object.Spec.ServiceAccountName, nil
	}
	return "", fmt.Errorf("the field %s is not supported", path)
}

// writeKubeconfig writes a kubeconfig for the pod's ServiceAccount.
func (p *pod) writeKubeconfig(ctx context.Context) (string, error) {
	if mounted := p.object.Spec.AutomountServiceAccountToken; mounted != nil && !*mounted {
		return "", errors.New("the pod mounts no token")
	}
	token, err := p.runner.api.token(ctx, p.object)
	if err != nil {
		return "", err
	}
	path := filepath.Join(p.dir, "kubeconfig")
	config := clientcmdapi.Config{
		CurrentContext: "pod",
		Clusters: map[string]*clientcmdapi.Cluster{"rig": {
			Server: p.runner.Config.Host, CertificateAuthorityData: p.runner.Config.CAData,
		}},
		AuthInfos: map[string]*clientcmdapi.AuthInfo{"pod": {Token: token}},
		Contexts:  map[string]*clientcmdapi.Context{"pod": {Cluster: "rig", AuthInfo: "pod", Namespace: p.object.Namespace}},
	}
	if err := clientcmd.WriteToFile(config, path); err != nil {
		return "", fmt.Errorf("writing the kubeconfig of a pod: %w", err)
	}
	return path, nil
}

// portNumber returns the port on which the pod listens in the place of a container port, or 0 while it does not run.
func (p *pod) portNumber(name string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ports[name]
}

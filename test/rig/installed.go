package rig

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// installedConfig is where the pod of a Deployment finds promgate.yaml.
const installedConfig = "/etc/promgate/config/promgate.yaml"

// StartInstalled starts promgate with the args, the ServiceAccount and the ConfigMap of an applied Deployment, and returns when it
// is ready. Only what a pod would have is different: the address, the kubeconfig and the path of the configuration.
func (r *Rig) StartInstalled(ctx context.Context, dir, namespace, name string) (*Promgate, error) {
	args, account, err := installed(ctx, r.Kubectl, namespace, name)
	if err != nil {
		return nil, err
	}
	kubeconfig, err := tokenKubeconfig(ctx, r.Kubectl, namespace, account, dir)
	if err != nil {
		return nil, err
	}
	config, err := r.Kubectl.Run(ctx, "get", "configmap", name, "--namespace="+namespace, `--output=jsonpath={.data.promgate\.yaml}`)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration of Deployment %s: %w", name, err)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	p := &Promgate{URL: fmt.Sprintf("https://127.0.0.1:%d", port), ConfigFile: filepath.Join(dir, "promgate.yaml")}
	if err := os.WriteFile(p.ConfigFile, []byte(config.Stdout), 0o600); err != nil {
		return nil, fmt.Errorf("writing promgate's configuration: %w", err)
	}
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, installedConfig, p.ConfigFile)
	}
	p.command = Command{
		Name: "promgate", Path: r.Promgate.Path(), LogDir: dir,
		Args: slices.Concat(args, []string{"--host=127.0.0.1", "--port=" + strconv.Itoa(port), "--kubeconfig=" + kubeconfig, "--log-format=text", "--drain-delay=" + drainDelay.String()}),
	}
	return p, p.Start(ctx)
}

// installed returns the args and the ServiceAccount of the pods of a Deployment.
func installed(ctx context.Context, kubectl Kubectl, namespace, name string) (args []string, account string, err error) {
	out, err := kubectl.Run(ctx, "get", "deployment", name, "--namespace="+namespace, "--output=json")
	if err != nil {
		return nil, "", fmt.Errorf("reading the Deployment %s: %w", name, err)
	}
	var d struct {
		Spec struct {
			Template struct {
				Spec struct {
					ServiceAccountName string `json:"serviceAccountName"`
					Containers         []struct {
						Args []string `json:"args"`
					} `json:"containers"`
				} `json:"spec"`
			} `json:"template"`
		} `json:"spec"`
	}
	if err := json.Unmarshal([]byte(out.Stdout), &d); err != nil {
		return nil, "", fmt.Errorf("reading the Deployment %s: %w", name, err)
	}
	pod := d.Spec.Template.Spec
	if len(pod.Containers) != 1 {
		return nil, "", errors.New("the Deployment " + name + " has not one container")
	}
	return pod.Containers[0].Args, pod.ServiceAccountName, nil
}

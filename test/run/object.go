package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/promgate/promgate/test/rig"
)

// object has the fields of a Kubernetes object that are shown.
type object struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Name      string            `json:"name"`
		Namespace string            `json:"namespace"`
		Labels    map[string]string `json:"labels"`
	} `json:"metadata"`
}

func (o object) String() string {
	return fmt.Sprintf("The %s %s", o.Kind, o.Metadata.Name)
}

// defaulted reports whether promgate adds labels to objects of this kind.
func (o object) defaulted() bool {
	return slices.Contains([]string{"PrometheusRule", "ServiceMonitor", "PodMonitor", "Probe", "ScrapeConfig"}, o.Kind)
}

// describe formats labels as kubectl does.
func describe(labels map[string]string) string {
	if len(labels) == 0 {
		return "no labels"
	}
	var pairs []string
	for name, value := range labels {
		pairs = append(pairs, name+"="+value)
	}
	slices.Sort(pairs)
	return "the labels " + strings.Join(pairs, ",")
}

// readObjects reads the objects in the files of a directory.
func readObjects(dir string) ([]object, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("reading the examples: %w", err)
	}
	var objects []object
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading the examples: %w", err)
		}
		decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), 4096)
		for {
			var o object
			err := decoder.Decode(&o)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", file, err)
			}
			objects = append(objects, o)
		}
	}
	return objects, nil
}

// storedLabels returns the labels that the object has in the cluster.
func storedLabels(ctx context.Context, kubectl rig.Kubectl, o object) (map[string]string, error) {
	out, err := kubectl.Run(ctx, "get", strings.ToLower(o.Kind), o.Metadata.Name,
		"--namespace", o.Metadata.Namespace, "--output=json")
	if err != nil {
		return nil, err
	}
	var stored object
	if err := json.Unmarshal([]byte(out.Stdout), &stored); err != nil {
		return nil, fmt.Errorf("reading %s %s from the cluster: %w", o.Kind, o.Metadata.Name, err)
	}
	return stored.Metadata.Labels, nil
}

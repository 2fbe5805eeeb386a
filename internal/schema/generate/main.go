// Command generate writes the CRDs that internal/schema embeds, from the Go types of the operator's
// API that promgate is built with. It runs in the root of the repository.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

const (
	apis      = "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/..."
	directory = "internal/schema/crds"
	prefix    = "monitoring.coreos.com_"
)

func main() {
	log.SetFlags(0)
	if err := generate(); err != nil {
		log.Fatal(err)
	}
}

func generate() error {
	dir, err := os.MkdirTemp("", "promgate-crds-")
	if err != nil {
		return fmt.Errorf("making a directory: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	// The options of the operator's own build, without descriptions.
	controllerGen := exec.CommandContext(context.Background(), "go", "tool", "-modfile=tools/controller-gen/go.mod", "controller-gen", //nolint:gosec // dir is ours
		"crd:crdVersions=v1,maxDescLen=0", "paths="+apis, "output:crd:dir="+dir)
	controllerGen.Stderr = os.Stderr
	if err := controllerGen.Run(); err != nil {
		return fmt.Errorf("running controller-gen: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(directory, "*.json"))
	if err != nil {
		return err
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if err := convert(filepath.Join(dir, prefix+name+".yaml"), file); err != nil {
			return fmt.Errorf("writing %s: %w", file, err)
		}
	}
	return nil
}

// convert writes a CRD as JSON, which is read several times as fast.
func convert(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	compact, err := yaml.YAMLToJSON(text)
	if err != nil {
		return err
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, compact, "", " "); err != nil {
		return err
	}
	indented.WriteByte('\n')
	return os.WriteFile(to, indented.Bytes(), 0o644)
}

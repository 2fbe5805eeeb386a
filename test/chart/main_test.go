// Package chart tests the Helm chart and the kustomizations of promgate with the real Helm 3, Helm 4 and kubectl, without a
// cluster. test/e2e installs them.
package chart

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/promgate/promgate/test/rig"
)

var (
	// root is the directory of promgate's main module.
	root string
	// helms are the versions of Helm, by their major version.
	helms = map[int]rig.Helm{}
	// kubectl renders kustomizations.
	kubectl rig.Kubectl
	// promgate is the path of the program.
	promgate string
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintf(os.Stderr, "chart: %v\n", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	ctx := context.Background()
	var err error
	if root, err = rig.FindRoot(); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "promgate-chart-")
	if err != nil {
		return 0, fmt.Errorf("making a directory: %w", err)
	}
	defer os.RemoveAll(dir)
	b := rig.Builder{Root: root, Log: os.Stderr}
	for _, major := range rig.HelmVersions {
		path, err := b.Helm(ctx, major)
		if err != nil {
			return 0, err
		}
		helms[major] = rig.Helm{Path: path, Dir: dir}
	}
	if kubectl.Path, err = b.Kubectl(ctx); err != nil {
		return 0, err
	}
	if promgate, err = b.Promgate(ctx, dir); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// each runs a test with each version of Helm.
func each(t *testing.T, test func(*testing.T, rig.Helm)) {
	t.Helper()
	for _, major := range rig.HelmVersions {
		t.Run(fmt.Sprintf("Helm%d", major), func(t *testing.T) { test(t, helms[major]) })
	}
}

// release is a release whose chart is rendered.
type release struct {
	name, namespace string
	values          []string // KEY=VALUE, as for --set-json
}

// installed is a release with the names that manifests/base has.
func installed(values ...string) release { return release{"promgate", "promgate", values} }

// template renders the chart for a release, without a cluster.
func (r release) template(ctx context.Context, helm rig.Helm) (string, error) {
	args := []string{"template", r.name, filepath.Join(root, "manifests", "chart"), "--namespace=" + r.namespace, "--kube-version=1.37.2"}
	for _, value := range r.values {
		args = append(args, "--set-json="+value)
	}
	out, err := helm.Run(ctx, args...)
	return out.Stdout, err
}

// render renders the chart, which has to work.
func render(t *testing.T, helm rig.Helm, r release) []object {
	t.Helper()
	text, err := r.template(t.Context(), helm)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, text)
}

// object is a Kubernetes object.
type object map[string]any

func (o object) metadata() object {
	m, _ := o["metadata"].(map[string]any)
	return m
}

// id names an object.
func (o object) id() string {
	namespace, _ := o.metadata()["namespace"].(string)
	return fmt.Sprintf("%v %s/%v", o["kind"], namespace, o.metadata()["name"])
}

// at returns what is below some keys. A number in the keys is the index of a list.
func (o object) at(keys ...any) any {
	var value any = map[string]any(o)
	for _, key := range keys {
		switch key := key.(type) {
		case string:
			m, _ := value.(map[string]any)
			value = m[key]
		case int:
			l, _ := value.([]any)
			if key >= len(l) {
				return nil
			}
			value = l[key]
		}
	}
	return value
}

// decode reads the documents of a text.
func decode(t *testing.T, text string) []object {
	t.Helper()
	var objects []object
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	for {
		var o object
		err := decoder.Decode(&o)
		if errors.Is(err, io.EOF) {
			return objects
		}
		if err != nil {
			t.Fatalf("%v in:\n%s", err, text)
		}
		if o != nil {
			objects = append(objects, o)
		}
	}
}

// find returns the object of a kind with a name.
func find(t *testing.T, objects []object, kind, name string) object {
	t.Helper()
	for _, o := range objects {
		if o["kind"] == kind && o.metadata()["name"] == name {
			return o
		}
	}
	t.Fatalf("there is no %s %s", kind, name)
	return nil
}

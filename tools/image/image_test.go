package main

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// tiny are sources that have a cmd/promgate, as promgate's have.
var tiny = map[string]string{
	"go.mod": "module github.com/promgate/promgate\n\ngo 1.26.0\n",
	"cmd/promgate/main.go": `package main

import "fmt"

var version = "dev"

func main() { fmt.Println(version) }
`,
}

// sources writes the tiny sources to a new directory.
func sources(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range tiny {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// images runs the command on new sources in a new directory, and returns the directory of the images.
func images(t *testing.T, arguments ...string) string {
	t.Helper()
	t.Setenv("SOURCE_DATE_EPOCH", "1700000000")
	dir := filepath.Join(t.TempDir(), "images")
	if err := run(t.Context(), append([]string{"-source", sources(t), "-out", dir, "-version", "v1.2.3"}, arguments...), io.Discard); err != nil {
		t.Fatal(err)
	}
	return dir
}

// index returns the index that the layout in a directory holds.
func index(t *testing.T, dir string) v1.ImageIndex {
	t.Helper()
	root, err := layout.ImageIndexFromPath(filepath.Join(dir, "oci"))
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(root); err != nil {
		t.Errorf("the layout: %v", err)
	}
	manifest, err := root.IndexManifest()
	if err != nil || len(manifest.Manifests) != 1 {
		t.Fatalf("the layout has to have one entry, so that tools need not be told which: %+v, %v", manifest, err)
	}
	all, err := root.ImageIndex(manifest.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestReproducible builds the same sources in two directories, with settings of the environment that must
// not matter: every file is the same.
func TestReproducible(t *testing.T) {
	one := images(t, "-platforms", "linux/amd64,linux/arm64")
	t.Setenv("GOFLAGS", "-buildvcs=false -tags=unknown")
	t.Setenv("GOAMD64", "v2")
	other := images(t, "-platforms", "linux/amd64,linux/arm64")
	files := 0
	err := filepath.WalkDir(one, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		relative, err := filepath.Rel(one, path)
		if err != nil {
			return err
		}
		want, err := os.ReadFile(path)
		got, err2 := os.ReadFile(filepath.Join(other, relative))
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs", relative)
		}
		return nil
	})
	if err != nil || files < 12 {
		t.Errorf("compared %d files: %v", files, err)
	}
}

// TestImage: the image contains the binary and nothing else, for the user and with the entry point that
// the manifests need, and the binary runs.
func TestImage(t *testing.T) {
	dir := images(t, "-tag", "registry.example.com/promgate:v1.2.3")
	image, err := tarball.ImageFromPath(filepath.Join(dir, "promgate-linux-"+runtime.GOARCH+".tar"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Image(image); err != nil {
		t.Error(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if config.OS != "linux" || config.Architecture != runtime.GOARCH || config.Created.Unix() != 1700000000 {
		t.Errorf("the image is of %s, %s, for %s", config.Created, config.OS, config.Architecture)
	}
	if c := config.Config; c.User != "65532:65532" || !slices.Equal(c.Entrypoint, []string{"/promgate"}) || len(c.Cmd)+len(c.Env) != 0 {
		t.Errorf("%+v", c)
	}
	if got := config.Config.Labels; got["org.opencontainers.image.version"] != "v1.2.3" || got["org.opencontainers.image.created"] != "2023-11-14T22:13:20Z" {
		t.Errorf("labels: %v", got)
	}
	layers, err := image.Layers()
	if err != nil || len(layers) != 1 {
		t.Fatalf("%d layers, %v", len(layers), err)
	}
	content, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "promgate")
	files := tar.NewReader(content)
	header, err := files.Next()
	if err != nil || header.Name != "promgate" || header.Mode != 0o555 || header.Uid != 0 {
		t.Fatalf("%+v, %v", header, err)
	}
	if err := writeExecutable(binary, files); err != nil {
		t.Fatal(err)
	}
	if header, err := files.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("one more file: %+v, %v", header, err)
	}
	if out, err := exec.CommandContext(t.Context(), binary).Output(); err != nil || string(out) != "v1.2.3\n" {
		t.Errorf("the binary prints %q, %v", out, err)
	}
}

func writeExecutable(path string, content io.Reader) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o700)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}

// TestPlatforms: a layout holds an image for each platform, and a later run leaves nothing of an earlier.
func TestPlatforms(t *testing.T) {
	dir := images(t, "-platforms", "linux/amd64,linux/arm64")
	manifest, err := index(t, dir).IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range manifest.Manifests {
		got = append(got, m.Platform.String())
	}
	if !slices.Equal(got, []string{"linux/amd64", "linux/arm64"}) {
		t.Errorf("the layout is for %v", got)
	}
	kept := filepath.Join(dir, "kept")
	if err := os.WriteFile(kept, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"-source", sources(t), "-out", dir, "-platforms", "linux/arm64"}, io.Discard); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "promgate-linux-amd64.tar")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the image of the earlier run: %v", err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Errorf("removed a file that is not an image: %v", err)
	}
	for _, wrong := range []string{"windows/amd64", "linux", "arm64", ""} {
		if err := run(t.Context(), []string{"-source", sources(t), "-out", dir, "-platforms", wrong}, io.Discard); err == nil {
			t.Errorf("platform %q is accepted", wrong)
		}
	}
}

// TestSBOM: the SBOM of a binary with dependencies, this test's own, is valid by CycloneDX' schema, and lists
// the dependencies.
func TestSBOM(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	content, err := billOfMaterials(binary, about{version: "v1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema(t).Validate(document); err != nil {
		t.Error(err)
	}
	var bom cdx.BOM
	if err := cdx.NewBOMDecoder(bytes.NewReader(content), cdx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{}
	for _, c := range *bom.Components {
		if c.PackageURL != "pkg:golang/"+strings.ToLower(c.Name)+"@"+c.Version {
			t.Errorf("%s %s is called %s", c.Name, c.Version, c.PackageURL)
		}
		versions[c.Name] = c.Version
	}
	if want := strings.TrimPrefix(runtime.Version(), "go"); versions["stdlib"] != want {
		t.Errorf("the standard library is of %s, want %s", versions["stdlib"], want)
	}
	for _, want := range []string{"github.com/google/go-containerregistry", "github.com/CycloneDX/cyclonedx-go"} {
		if versions[want] == "" {
			t.Errorf("%s is missing among %v", want, versions)
		}
	}
	// The schema is strict enough to notice a mistake.
	document.(map[string]any)["components"].([]any)[0].(map[string]any)["type"] = "thing"
	if err := schema(t).Validate(document); err == nil {
		t.Error("the schema accepts anything")
	}
}

// schema returns the schema of CycloneDX 1.6, which comes with the library.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	for resource, file := range map[string]string{"bom-1.6.schema.json": "", "spdx.schema.json": "", "jsf-0.82.schema.json": "jsf-0.82.schemax.json"} {
		if file == "" {
			file = resource
		}
		content, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "schema", file))
		if err != nil {
			t.Fatal(err)
		}
		var document map[string]any
		if err := json.Unmarshal(content, &document); err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource("http://cyclonedx.org/schema/"+resource, document); err != nil {
			t.Fatal(err)
		}
	}
	compiled, err := compiler.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

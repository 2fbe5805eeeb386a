package main

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"

	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// user is the user and group that the manifests run promgate as. A number needs no /etc/passwd, and
// lets the kubelet see that it is not root.
const user = "65532:65532"

// built is the image of one platform, and its SBOM.
type built struct {
	platform v1.Platform
	image    v1.Image
	sbom     []byte
}

// assemble puts a binary into an image that contains nothing else: no shell, no libraries, and no CA
// certificates, because inside a cluster promgate calls only the API server, whose CA comes with the
// ServiceAccount.
func assemble(binary []byte, platform v1.Platform, about about) (built, error) {
	files, err := archive(binary, about)
	if err != nil {
		return built{}, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files)), nil },
		tarball.WithMediaType(types.OCILayer), tarball.WithCompressedCaching)
	if err != nil {
		return built{}, fmt.Errorf("compressing the layer: %w", err)
	}
	created := v1.Time{Time: about.created}
	image, err := mutate.Append(mutate.MediaType(mutate.ConfigMediaType(empty.Image, types.OCIConfigJSON), types.OCIManifestSchema1),
		mutate.Addendum{Layer: layer, History: v1.History{Created: created, CreatedBy: "make image"}})
	if err != nil {
		return built{}, fmt.Errorf("adding the layer: %w", err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		return built{}, fmt.Errorf("reading the config: %w", err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Created = platform.OS, platform.Architecture, created
	config.Config = v1.Config{
		Entrypoint: []string{"/promgate"},
		User:       user,
		WorkingDir: "/",
		Labels:     labels(about),
	}
	if image, err = mutate.ConfigFile(image, config); err != nil {
		return built{}, fmt.Errorf("writing the config: %w", err)
	}
	sbom, err := billOfMaterials(binary, about)
	if err != nil {
		return built{}, err
	}
	return built{platform: platform, image: image, sbom: sbom}, nil
}

// archive returns a tar archive with the binary.
func archive(binary []byte, about about) ([]byte, error) {
	var files bytes.Buffer
	w := tar.NewWriter(&files)
	header := &tar.Header{Name: "promgate", Typeflag: tar.TypeReg, Mode: 0o555, Size: int64(len(binary)), ModTime: about.created, Format: tar.FormatUSTAR}
	if err := w.WriteHeader(header); err != nil {
		return nil, fmt.Errorf("writing the layer: %w", err)
	}
	if _, err := w.Write(binary); err != nil {
		return nil, fmt.Errorf("writing the layer: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("writing the layer: %w", err)
	}
	return files.Bytes(), nil
}

// labels are the image's labels. Those without a value are left out.
func labels(about about) map[string]string {
	labels := map[string]string{
		"org.opencontainers.image.title":       "promgate",
		"org.opencontainers.image.description": "The gate in front of Prometheus on Kubernetes",
		"org.opencontainers.image.source":      "https://github.com/promgate/promgate",
		"org.opencontainers.image.licenses":    "Apache-2.0",
		"org.opencontainers.image.created":     about.created.Format("2006-01-02T15:04:05Z07:00"),
	}
	if about.version != "" {
		labels["org.opencontainers.image.version"] = about.version
	}
	if about.revision != "" {
		labels["org.opencontainers.image.revision"] = about.revision
	}
	return labels
}

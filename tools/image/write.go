package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// write writes the images to dir, as an OCI layout and as a tarball each, and their SBOMs. Those of an
// earlier run are removed.
func write(dir, tag string, images []built, out io.Writer) error {
	ref, err := name.NewTag(tag)
	if err != nil {
		return fmt.Errorf("the name of the image: %w", err)
	}
	if err := removeOld(dir); err != nil {
		return err
	}
	index, err := writeLayout(filepath.Join(dir, "oci"), images)
	if err != nil {
		return err
	}
	written := []string{fmt.Sprintf("%s  %s", index, filepath.Join(dir, "oci"))}
	for _, b := range images {
		file := filepath.Join(dir, fmt.Sprintf("promgate-%s-%s", b.platform.OS, b.platform.Architecture))
		if err := tarball.WriteToFile(file+".tar", ref, b.image); err != nil {
			return fmt.Errorf("writing %s.tar: %w", file, err)
		}
		if err := os.WriteFile(file+".cdx.json", b.sbom, 0o644); err != nil {
			return fmt.Errorf("writing the SBOM: %w", err)
		}
		digest, err := b.image.Digest()
		if err != nil {
			return fmt.Errorf("the digest of the image: %w", err)
		}
		written = append(written, fmt.Sprintf("%s  %s.tar\n%71s  %s.cdx.json", digest, file, "", file))
	}
	if _, err := fmt.Fprintln(out, strings.Join(written, "\n")); err != nil {
		return fmt.Errorf("reporting: %w", err)
	}
	return nil
}

// removeOld removes what an earlier run wrote, and nothing else.
func removeOld(dir string) error {
	old, err := filepath.Glob(filepath.Join(dir, "promgate-*"))
	if err != nil {
		return fmt.Errorf("the name of the directory: %w", err)
	}
	for _, path := range append(old, filepath.Join(dir, "oci")) {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("removing an old image: %w", err)
		}
	}
	return nil
}

// writeLayout writes an OCI layout whose only entry is an index of the images, so that one digest
// stands for all platforms. It returns that digest.
func writeLayout(dir string, images []built) (v1.Hash, error) {
	var addenda []mutate.IndexAddendum
	for _, b := range images {
		addenda = append(addenda, mutate.IndexAddendum{Add: b.image, Descriptor: v1.Descriptor{Platform: &b.platform}})
	}
	index := mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), addenda...)
	path, err := layout.Write(dir, empty.Index)
	if err != nil {
		return v1.Hash{}, fmt.Errorf("writing the layout: %w", err)
	}
	if err := path.AppendIndex(index); err != nil {
		return v1.Hash{}, fmt.Errorf("writing the layout: %w", err)
	}
	digest, err := index.Digest()
	if err != nil {
		return v1.Hash{}, fmt.Errorf("the digest of the images: %w", err)
	}
	return digest, nil
}

package pods

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// volumeInterval is the time between two updates of mounted ConfigMaps and Secrets. A kubelet takes up
// to two minutes.
const volumeInterval = time.Second

// dataLink is the name of the link to the current content of a volume, as a kubelet calls it.
const dataLink = "..data"

func (p *pod) volumeDir(name string) string { return filepath.Join(p.dir, "volumes", name) }

// updateVolumes follows changes of mounted ConfigMaps and Secrets.
func (p *pod) updateVolumes(ctx context.Context) {
	tick := time.NewTicker(volumeInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		// What is missing now stays as it was.
		if err := p.writeVolumes(ctx); err != nil && ctx.Err() == nil && !apierrors.IsNotFound(err) {
			p.say(err)
		}
	}
}

// writeVolumes writes the files of all volumes.
func (p *pod) writeVolumes(ctx context.Context) error {
	for i := range p.object.Spec.Volumes {
		v := &p.object.Spec.Volumes[i]
		if v.Projected != nil {
			continue // the token that the API server adds to each pod: there is a kubeconfig instead
		}
		files, err := p.files(ctx, v)
		if err != nil {
			return fmt.Errorf("mounting the volume %s: %w", v.Name, err)
		}
		if err := writeVolume(p.volumeDir(v.Name), files); err != nil {
			return fmt.Errorf("mounting the volume %s: %w", v.Name, err)
		}
	}
	return nil
}

// files returns the files of a volume, by name.
func (p *pod) files(ctx context.Context, v *corev1.Volume) (map[string][]byte, error) {
	switch {
	case v.EmptyDir != nil:
		return map[string][]byte{}, nil
	case v.ConfigMap != nil:
		var object corev1.ConfigMap
		if err := p.runner.api.get(ctx, configMapResource, p.object.Namespace, v.ConfigMap.Name, &object); err != nil {
			return nil, optional(err, v.ConfigMap.Optional)
		}
		files := maps.Clone(object.BinaryData)
		if files == nil {
			files = map[string][]byte{}
		}
		for name, text := range object.Data {
			files[name] = []byte(text)
		}
		return chosen(files, v.ConfigMap.Items)
	case v.Secret != nil:
		var object corev1.Secret
		if err := p.runner.api.get(ctx, secretResource, p.object.Namespace, v.Secret.SecretName, &object); err != nil {
			return nil, optional(err, v.Secret.Optional)
		}
		return chosen(object.Data, v.Secret.Items)
	}
	return nil, errors.New("its kind is not supported")
}

func optional(err error, isOptional *bool) error {
	if apierrors.IsNotFound(err) && isOptional != nil && *isOptional {
		return nil
	}
	return err
}

func chosen(files map[string][]byte, items []corev1.KeyToPath) (map[string][]byte, error) {
	if len(items) == 0 {
		return files, nil
	}
	named := map[string][]byte{}
	for _, item := range items {
		content, ok := files[item.Key]
		if !ok {
			return nil, fmt.Errorf("it has no key %s", item.Key)
		}
		named[item.Path] = content
	}
	return named, nil
}

// writeVolume replaces the content of a volume in one step, as a kubelet does: the names are links into
// a directory to which another link leads, and only that one changes.
func writeVolume(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	current := filepath.Join(dir, dataLink)
	if isContent(current, files) {
		return nil
	}
	next, err := os.MkdirTemp(dir, "..")
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(next, name), content, 0o600); err != nil {
			return err
		}
	}
	previous, _ := os.Readlink(current) // none at first
	if err := os.Symlink(filepath.Base(next), current+"_tmp"); err != nil {
		return err
	}
	if err := os.Rename(current+"_tmp", current); err != nil {
		return err
	}
	for name := range files {
		if err := os.Symlink(filepath.Join(dataLink, name), filepath.Join(dir, name)); err != nil && !os.IsExist(err) {
			return err
		}
	}
	if previous == "" {
		return nil
	}
	return os.RemoveAll(filepath.Join(dir, previous))
}

// isContent reports whether a directory contains exactly these files.
func isContent(dir string, files map[string][]byte) bool {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(files) {
		return false
	}
	for name, content := range files {
		there, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(there) != string(content) {
			return false
		}
	}
	return true
}

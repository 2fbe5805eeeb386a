package alertmanager

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/promconfig"
)

// The directories in the pods of an Alertmanager (v0.93.0, pkg/alertmanager/statefulset.go).
const (
	homePath       = "/etc/alertmanager"
	configPath     = "/etc/alertmanager/config"
	configOutPath  = "/etc/alertmanager/config_out"
	secretsPath    = "/etc/alertmanager/secrets"
	configMapsPath = "/etc/alertmanager/configmaps"
)

// Whole gives access to whole Secrets and ConfigMaps. Assets that implement it make template files known.
type Whole interface {
	// SecretData and ConfigMapData return all keys. A value that is not known is [promconfig.Placeholder]. They report
	// false if the object is not known.
	SecretData(namespace, name string) (data map[string]string, known bool)
	ConfigMapData(namespace, name string) (data map[string]string, known bool)
}

// Templates are the template files of an Alertmanager.
type Templates struct {
	// Files are those that are known: their content by their path in the pod.
	Files []TemplateFile

	// Complete reports that there are no others.
	Complete bool

	// Missing are paths at which there is nothing, and Unreadable those at which there is something else than files.
	Missing, Unreadable []promconfig.Rejection
}

// A TemplateFile is a file of templates.
type TemplateFile struct {
	Path, Content string
	Field         fieldpath.Path
}

// Templates returns the template files that the configuration of an Alertmanager names.
func (g *Generator) Templates(base *Base) Templates {
	t := &templates{g: g}
	t.Complete = base.Known && base.Fields != nil
	t.whole, _ = g.assets.(Whole)
	if c := g.object.Spec.AlertmanagerConfiguration; c != nil {
		t.Complete = base.Known
		for i := range c.Templates {
			t.reference(specPath.Field("alertmanagerConfiguration", "templates").Index(i), &c.Templates[i])
		}
		return t.Templates
	}
	patterns, _ := valueOf(base.Fields, "templates").([]any)
	for _, p := range patterns {
		t.pattern(fmt.Sprint(p))
	}
	return t.Templates
}

type templates struct {
	Templates

	g     *Generator
	whole Whole
}

// reference adds the file of a reference of the Alertmanager. A key that is missing keeps the pods from starting.
func (t *templates) reference(field fieldpath.Path, ref *monitoringv1.SecretOrConfigMap) {
	if c := ref.ConfigMap; c != nil {
		t.key(field.Field("configMap", "key"), "ConfigMap", c.Name, c.Key)
	}
	if s := ref.Secret; s != nil {
		t.key(field.Field("secret", "key"), "Secret", s.Name, s.Key)
	}
}

func (t *templates) key(field fieldpath.Path, kind, name, key string) {
	data, known := t.data(kind, name)
	content, found := data[key]
	switch {
	case !known:
		t.Complete = false
	case !found:
		t.missingf(field, "%s %s/%s has no key %q, and the pods of the Alertmanager do not start without it", kind, t.g.object.Namespace, name, key)
	default:
		t.file(field, path.Join(templatesPath, key), content)
	}
}

func (t *templates) file(field fieldpath.Path, file, content string) {
	if content == promconfig.Placeholder {
		t.Complete = false
		return
	}
	t.Files = append(t.Files, TemplateFile{Path: file, Content: content, Field: field})
}

func (t *templates) missingf(field fieldpath.Path, format string, args ...any) {
	t.Missing = append(t.Missing, promconfig.Rejection{Field: field, Reason: fmt.Sprintf(format, args...)})
}

func (t *templates) data(kind, name string) (data map[string]string, known bool) {
	switch {
	case t.whole == nil:
		return nil, false
	case kind == "Secret":
		return t.whole.SecretData(t.g.object.Namespace, name)
	}
	return t.whole.ConfigMapData(t.g.object.Namespace, name)
}

// pattern adds the files that match a path in the configuration of a Secret.
func (t *templates) pattern(pattern string) {
	if _, err := path.Match(pattern, ""); err != nil {
		t.Unreadable = append(t.Unreadable, promconfig.Rejection{Field: configField, Reason: fmt.Sprintf("the template %q is no pattern: %s", pattern, err)})
		return
	}
	directory, name := path.Split(pattern)
	directory = path.Clean(directory)
	if !path.IsAbs(pattern) {
		directory = path.Join(configOutPath, directory)
	}
	if t.mayHoldMore(directory) {
		t.Complete = false
		return
	}
	kind, object := t.mountedAt(directory)
	switch {
	case kind == "" && !path.IsAbs(pattern):
		t.missingf(configField, "the template %q is relative to %s, where the operator puts nothing but the configuration; the other keys of the Secret are in %s",
			pattern, configOutPath, configPath)
		return
	case kind == "" && t.ownImage():
		t.Complete = false
		return
	case kind == "":
		t.missingf(configField, "nothing is mounted at %s, where the template %q would be; the other keys of the Secret are in %s", directory, pattern, configPath)
		return
	case object == "":
		t.missingf(configField, "the template %q is in a %s that the Alertmanager does not mount: name it in spec.%ss", pattern, kind, lowerFirst(kind))
		return
	}
	data, known := t.data(kind, object)
	if !known {
		t.Complete = false
		return
	}
	t.matching(directory, name, data, fmt.Sprintf("%s %s/%s", kind, t.g.object.Namespace, object))
}

// matching adds the files in a directory whose names match.
func (t *templates) matching(directory, name string, data map[string]string, from string) {
	pattern := path.Join(directory, name)
	if matches, _ := path.Match(name, "..data"); matches {
		t.Unreadable = append(t.Unreadable, promconfig.Rejection{Field: configField, Reason: fmt.Sprintf(
			"the template %q matches ..data too, a directory that Kubernetes makes in %s: write %s/*.tmpl", pattern, directory, directory)})
		return
	}
	found := false
	for _, key := range slices.Sorted(maps.Keys(data)) {
		if matches, _ := path.Match(name, key); matches && (directory != configPath || key != ConfigFile) {
			t.file(configField, path.Join(directory, key), data[key])
			found = true
		}
	}
	// The pattern for all other keys of the Secret is what charts write, whether there are any or not.
	if !found && (directory != configPath || !strings.ContainsAny(name, `*?[\`)) {
		t.missingf(configField, "no key of %s matches the template %q", from, pattern)
	}
}

// mayHoldMore reports whether a directory may hold files that the operator knows nothing of.
func (t *templates) mayHoldMore(directory string) bool {
	if strings.ContainsAny(directory, `*?[\`) || !within(directory, homePath) {
		return true
	}
	mounts := slices.Clone(t.g.object.Spec.VolumeMounts)
	for _, c := range t.g.object.Spec.Containers {
		if c.Name == "alertmanager" {
			mounts = append(mounts, c.VolumeMounts...)
		}
	}
	return slices.ContainsFunc(mounts, func(m corev1.VolumeMount) bool {
		return within(directory, path.Clean(m.MountPath)) || within(path.Clean(m.MountPath), directory)
	})
}

// ownImage reports whether the Alertmanager runs from another image than that of the project, or a copy of it.
func (t *templates) ownImage() bool {
	image := t.g.object.Spec.Image
	return image != nil && *image != "" && !strings.Contains(*image, "prometheus/alertmanager")
}

func within(inner, outer string) bool {
	return outer == "/" || inner == outer || strings.HasPrefix(inner, outer+"/")
}

// mountedAt returns the kind of the object that is mounted at a directory, and its name unless the Alertmanager does not
// mount it.
func (t *templates) mountedAt(directory string) (kind, name string) {
	spec := &t.g.object.Spec
	parent, last := path.Split(directory)
	switch {
	case directory == configPath:
		return "Secret", t.g.ConfigSecret()
	case path.Clean(parent) == secretsPath:
		kind, name = "Secret", last
		if !slices.Contains(spec.Secrets, name) {
			name = ""
		}
	case path.Clean(parent) == configMapsPath:
		kind, name = "ConfigMap", last
		if !slices.Contains(spec.ConfigMaps, name) {
			name = ""
		}
	}
	return kind, name
}

func lowerFirst(text string) string { return strings.ToLower(text[:1]) + text[1:] }

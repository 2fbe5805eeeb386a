package reconcile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

// Names in the directory. The names of the generations, and of the link to the current one, are
// like those of a mounted ConfigMap.
const (
	configurationFile = "prometheus.env.yaml"
	rulesDir          = "rules"
	certificatesDir   = "certs"
	currentLink       = "..data"
	goodLink          = "..good" // the generation that Prometheus loaded last
	generationPrefix  = "..promgate_"
)

// DirectoryPaths are the paths of rule files and certificates, relative to the configuration that
// Prometheus reads from the directory.
var DirectoryPaths = promconfig.Paths{Rules: rulesDir, Certificates: certificatesDir}

// Directory writes the configuration of one Prometheus to a directory. Renaming one link switches
// all files at once.
type Directory struct {
	dir       string
	ref       selection.Ref
	variables map[string]string
	reloader  *Reloader // may be nil

	reloaded []byte // the configuration that Prometheus was last asked to load
	refused  string // why Prometheus refused the wanted configuration; empty if it did not
	since    time.Time
	wanted   [32]byte
}

// NewDirectory creates the directory if it is missing. Variables are the values for $(NAME) in the
// configuration.
func NewDirectory(dir string, ref selection.Ref, variables map[string]string, reloader *Reloader) (*Directory, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the configuration directory: %w", err)
	}
	for _, name := range []string{rulesDir, certificatesDir} {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err == nil && info.Mode()&fs.ModeSymlink == 0 {
			return nil, fmt.Errorf("%s exists and was not written by promgate: use another directory", filepath.Join(dir, name))
		}
	}
	return &Directory{dir: dir, ref: ref, variables: variables, reloader: reloader}, nil
}

// Manages implements [Target].
func (d *Directory) Manages(prometheus selection.Object) bool {
	return selection.RefOf(prometheus) == d.ref
}

// Changed implements [Target]. It never reports a change, because nothing is written to the
// cluster.
func (d *Directory) Changed(string, string, string, string) (selection.Ref, bool) {
	return selection.Ref{}, false
}

// Text implements [Target].
func (d *Directory) Text(_ selection.Object, configuration []byte) []byte {
	return promconfig.Resolve(configuration, d.variables)
}

// Stored implements [Target].
func (d *Directory) Stored(context.Context, selection.Object) (Content, error) {
	content := Content{Jobs: map[string]bool{}, RuleFiles: map[string]bool{}}
	text, err := os.ReadFile(filepath.Join(d.dir, configurationFile))
	if errors.Is(err, fs.ErrNotExist) {
		return content, nil
	}
	if err != nil {
		return content, fmt.Errorf("reading the configuration: %w", err)
	}
	content.Jobs = jobsOf(text)
	files, err := filepath.Glob(filepath.Join(d.dir, rulesDir, "*", "*.yaml"))
	for _, file := range files {
		content.RuleFiles[filepath.Base(file)] = true
	}
	return content, err //nolint:wrapcheck // the only error is a malformed pattern, and the pattern is constant
}

// Write implements [Target]. If Prometheus refuses the new configuration, Write restores the
// previous one and returns the reason as a problem.
func (d *Directory) Write(ctx context.Context, prometheus selection.Object, c *render.Configuration) (bool, error) {
	files := d.files(prometheus, c)
	sum := output{files: files}.sum()
	if d.refused != "" && sum == d.wanted && time.Since(d.since) < refusedInterval {
		return false, &problem{reloadRefused, d.refused}
	}
	current, err := d.current()
	if err != nil {
		return false, err
	}
	changed := current == nil || !maps.EqualFunc(current, files, bytes.Equal)
	before, _ := os.Readlink(filepath.Join(d.dir, currentLink))
	if changed {
		d.reloaded = nil
		if err := d.replace(files, current); err != nil {
			return false, err
		}
	}
	d.refused, d.wanted = "", sum
	if err := d.reload(ctx, files[configurationFile]); err != nil {
		return changed, d.reloadFailed(ctx, err, before)
	}
	return changed, errors.Join(d.keep(), d.clear())
}

// refusedInterval is the time after which Prometheus is asked again to load a configuration that it
// refused. The reason may be a file or a host name on its machine.
const refusedInterval = 5 * time.Minute

func (d *Directory) files(prometheus selection.Object, c *render.Configuration) map[string][]byte {
	files := map[string][]byte{configurationFile: d.Text(prometheus, c.Text())}
	for _, configMap := range c.RuleConfigMaps {
		for name, content := range configMap.Files {
			files[path.Join(rulesDir, configMap.Name, name)] = content
		}
	}
	for name, content := range c.Assets {
		files[path.Join(certificatesDir, name)] = content
	}
	return files
}

func (d *Directory) reload(ctx context.Context, configuration []byte) error {
	if d.reloader == nil || bytes.Equal(d.reloaded, configuration) && d.reloaded != nil {
		return nil
	}
	if err := d.reloader.Reload(ctx); err != nil {
		return err
	}
	d.reloaded = configuration
	return nil
}

// reloadFailed restores the last good generation if Prometheus refused the new one. The last good
// generation is not always the previous one: Prometheus may have been down in between.
func (d *Directory) reloadFailed(ctx context.Context, err error, before string) error {
	var refused *RefusedReloadError
	if !errors.As(err, &refused) {
		if _, none := os.Readlink(filepath.Join(d.dir, goodLink)); none == nil {
			err = errors.Join(err, d.clear())
		}
		return err
	}
	d.refused, d.since = refused.Error(), time.Now()
	if good, none := os.Readlink(filepath.Join(d.dir, goodLink)); none == nil {
		before = good
	}
	now, _ := os.Readlink(filepath.Join(d.dir, currentLink))
	if before != "" && before != now {
		if err := d.point(before); err != nil {
			return err
		}
		if err := d.reloader.Reload(ctx); err != nil {
			return fmt.Errorf("going back to the last good configuration: %w", err)
		}
		if err := d.clear(); err != nil {
			return err
		}
	}
	return &problem{reloadRefused, d.refused}
}

// reloadRefused is the condition's reason when Prometheus refuses to load a configuration.
const reloadRefused = "ReloadRefused"

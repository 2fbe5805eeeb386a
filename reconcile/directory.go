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

// Names in the directory. Those of the generations and of the link to the one in use are
// like those of a mounted ConfigMap.
const (
	configurationFile = "prometheus.env.yaml"
	rulesDir          = "rules"
	certificatesDir   = "certs"
	currentLink       = "..data"
	goodLink          = "..good" // the generation that Prometheus took last
	generationPrefix  = "..promgate_"
)

// DirectoryPaths are where a Prometheus that reads the directory finds the rest: they are
// relative to the configuration.
var DirectoryPaths = promconfig.Paths{Rules: rulesDir, Certificates: certificatesDir}

// Directory writes the configuration of one Prometheus to a directory: all of it changes
// at once, by the rename of one link.
type Directory struct {
	dir       string
	ref       selection.Ref
	variables map[string]string
	reloader  *Reloader // may be nil

	reloaded []byte // the configuration with which Prometheus was last asked to reload
	refused  string // why Prometheus refused what is wanted, if it did
	since    time.Time
	wanted   [32]byte
}

// NewDirectory makes the directory if need be. Variables take the place of $(NAME).
func NewDirectory(dir string, ref selection.Ref, variables map[string]string, reloader *Reloader) (*Directory, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the configuration directory: %w", err)
	}
	for _, name := range []string{rulesDir, certificatesDir} {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err == nil && info.Mode()&fs.ModeSymlink == 0 {
			return nil, fmt.Errorf("%s is there already, and not of promgate: use another directory", filepath.Join(dir, name))
		}
	}
	return &Directory{dir: dir, ref: ref, variables: variables, reloader: reloader}, nil
}

// Takes implements [Target].
func (d *Directory) Takes(prometheus selection.Object) bool {
	return selection.RefOf(prometheus) == d.ref
}

// Changed implements [Target]: nothing is written to the cluster.
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
	return content, err //nolint:wrapcheck // a bad pattern, which it is not
}

// Write implements [Target]. If Prometheus refuses what is written, what was there before
// comes back, and the problem says why.
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

// refusedInterval is how often Prometheus is asked again for what it refused: the reason
// may be a file or a name on its machine.
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

// reloadFailed brings the last good generation back if it is Prometheus that says no. That is
// not always the one before: meanwhile Prometheus may have been away.
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

// reloadRefused is the reason when Prometheus says no.
const reloadRefused = "ReloadRefused"

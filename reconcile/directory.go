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
	"strings"
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
	return refOf(prometheus) == d.ref
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

// current is what the directory holds; nil if promgate has not written it.
func (d *Directory) current() (map[string][]byte, error) {
	root := filepath.Join(d.dir, currentLink)
	if _, err := os.Stat(root); errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // that there is none is an answer
	}
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[name], err = os.ReadFile(filepath.Join(root, name))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the configuration directory: %w", err)
	}
	return files, nil
}

// replace writes a new generation beside the one in use, and then points at it.
func (d *Directory) replace(files, current map[string][]byte) error {
	generation, err := os.MkdirTemp(d.dir, generationPrefix)
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	if err := d.fill(generation, files, current); err != nil {
		return errors.Join(err, os.RemoveAll(generation)) // a full disk is not to get fuller
	}
	if err := d.point(filepath.Base(generation)); err != nil {
		return err
	}
	for _, name := range []string{configurationFile, rulesDir, certificatesDir} {
		if err := d.link(filepath.Join(currentLink, name), name); err != nil {
			return err
		}
	}
	return nil
}

func (d *Directory) fill(generation string, files, current map[string][]byte) error {
	for _, name := range []string{rulesDir, certificatesDir} {
		if err := os.Mkdir(filepath.Join(generation, name), 0o700); err != nil {
			return fmt.Errorf("writing the configuration: %w", err)
		}
	}
	for name, content := range files {
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return fmt.Errorf("writing the configuration: %s is outside of the directory", name)
		}
		target := filepath.Join(generation, filepath.FromSlash(name))
		old, there := current[name]
		// What has not changed is shared with the generation before.
		if there && bytes.Equal(old, content) && mkParent(target) == nil && os.Link(filepath.Join(d.dir, currentLink, name), target) == nil {
			continue
		}
		if err := writeFile(target, content); err != nil {
			return err
		}
	}
	return nil
}

func mkParent(file string) error { return os.MkdirAll(filepath.Dir(file), 0o700) }

func writeFile(name string, content []byte) error {
	if err := mkParent(name); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	return nil
}

func (d *Directory) point(generation string) error { return d.link(generation, currentLink) }

// link makes a link, or points one elsewhere, in one step.
func (d *Directory) link(to, name string) error {
	at := filepath.Join(d.dir, name)
	if now, err := os.Readlink(at); err == nil && now == to {
		return nil
	}
	next := filepath.Join(d.dir, "..next")
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	if err := os.Symlink(to, next); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	if err := os.Rename(next, at); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	return nil
}

// keep remembers the generation in use as one that Prometheus took. Also another process
// can go back to it.
func (d *Directory) keep() error {
	if d.reloader == nil {
		return nil
	}
	current, err := os.Readlink(filepath.Join(d.dir, currentLink))
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	return d.link(current, goodLink)
}

// clear takes away the generations that are not in use, but for the last good one.
func (d *Directory) clear() error {
	current, err := os.Readlink(filepath.Join(d.dir, currentLink))
	if err != nil {
		return fmt.Errorf("clearing the configuration directory: %w", err)
	}
	good, _ := os.Readlink(filepath.Join(d.dir, goodLink))
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return fmt.Errorf("clearing the configuration directory: %w", err)
	}
	for _, e := range entries {
		if e.Name() == current || e.Name() == good || !strings.HasPrefix(e.Name(), generationPrefix) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(d.dir, e.Name())); err != nil {
			return fmt.Errorf("clearing the configuration directory: %w", err)
		}
	}
	return nil
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

package reconcile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// current returns the files in the directory, or nil if promgate has not written it.
func (d *Directory) current() (map[string][]byte, error) {
	root := filepath.Join(d.dir, currentLink)
	if _, err := os.Stat(root); errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // a directory without files is a valid answer
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

// replace writes a new generation beside the current one and then switches the link to it.
func (d *Directory) replace(files, current map[string][]byte) error {
	generation, err := os.MkdirTemp(d.dir, generationPrefix)
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	if err := d.fill(generation, files, current); err != nil {
		return errors.Join(err, os.RemoveAll(generation)) // do not leave more files on a disk that may be full
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
		// Unchanged files are hard links to those of the previous generation.
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

// link creates a link or changes its target, in one atomic step.
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

// keep marks the current generation as loaded by Prometheus, so that this process, or a later one,
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

// clear removes all generations except the current one and the last good one.
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

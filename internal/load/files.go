package load

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

var fileExtensions = []string{".yaml", ".yml", ".json"}

// A File is a file that was read.
type File struct {
	// Name is the path as the user gave it, or below the directory that the user gave. It is
	// "stdin" for standard input.
	Name string

	Text []byte

	// Named reports that the user gave the path of the file itself. Stdin reports that the file is
	// standard input.
	Named, Stdin bool
}

// Files reads all files under the paths, in order, each once. In a directory it reads files that end
// in .yaml, .yml or .json, including all subdirectories.
func Files(paths []string, stdin io.Reader) ([]File, error) {
	var files []File
	read := map[string]bool{}
	for _, path := range paths {
		names := []string{path}
		if path != Stdin {
			var err error
			if names, err = namesUnder(path); err != nil {
				return nil, fmt.Errorf("reading %s: %w", path, withoutPath(err))
			}
		}
		for _, name := range names {
			if read[filepath.Clean(name)] {
				continue
			}
			read[filepath.Clean(name)] = true
			files = append(files, File{Name: name, Named: name == path})
		}
	}
	return files, readAll(files, stdin)
}

// readAll reads the texts of files, by as many goroutines as there are processors. It returns the error of the first file that
// cannot be read.
func readAll(files []File, stdin io.Reader) error {
	errs := make([]error, len(files))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(files); i = int(next.Add(1)) - 1 {
				errs[i] = files[i].read(stdin)
			}
		})
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// namesUnder returns the path, if it is a file, or the names of the files in the directory.
func namesUnder(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, err
	}
	root, err := filepath.EvalSymlinks(path) // WalkDir follows no link
	if err != nil {
		return nil, err
	}
	var names []string
	err = filepath.WalkDir(root, func(p string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !slices.Contains(fileExtensions, filepath.Ext(p)) {
			return err
		}
		if info, err := os.Stat(p); err != nil || !info.Mode().IsRegular() {
			return nil //nolint:nilerr // a link to nothing, or a pipe
		}
		below, err := filepath.Rel(root, p)
		names = append(names, filepath.Join(path, below))
		return err
	})
	return names, err
}

// read reads the text of the file that has the name.
func (f *File) read(stdin io.Reader) (err error) {
	if f.Name == Stdin {
		f.Name, f.Stdin = "stdin", true
		if f.Text, err = io.ReadAll(stdin); err != nil {
			return fmt.Errorf("reading standard input: %w", err)
		}
		return nil
	}
	if f.Text, err = os.ReadFile(f.Name); err != nil {
		return fmt.Errorf("reading %s: %w", f.Name, withoutPath(err))
	}
	return nil
}

// withoutPath returns the cause of an error that names the path again.
func withoutPath(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

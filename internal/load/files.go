package load

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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
			f, err := readFile(name, stdin)
			if err != nil {
				return nil, err
			}
			f.Named = name == path
			files = append(files, f)
		}
	}
	return files, nil
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

func readFile(name string, stdin io.Reader) (File, error) {
	if name == Stdin {
		text, err := io.ReadAll(stdin)
		if err != nil {
			return File{}, fmt.Errorf("reading standard input: %w", err)
		}
		return File{Name: "stdin", Text: text, Stdin: true}, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return File{}, fmt.Errorf("reading %s: %w", name, withoutPath(err))
	}
	return File{Name: name, Text: text}, nil
}

// withoutPath returns the cause of an error that names the path again.
func withoutPath(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

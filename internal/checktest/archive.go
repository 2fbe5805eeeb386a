// Package checktest reads and runs the cases of checks. The cases of the check zero-for
// are in testdata/zero-for.txtar in the directory of zero_for.go: some prose, then for each
// case CASE/in.yaml, an object, and CASE/want, the findings in full. An empty want means
// that the check finds nothing. Before these two a case may have, in this order:
// CASE/promgate.yaml, a configuration, of which only duplicateJobs, selectionLost and rules
// are read;
// CASE/prometheus.yaml, the Prometheus, ThanosRuler or Alertmanager that selects the object, which is
// unknown otherwise;
// CASE/service.yaml, the Services in the cluster, one document each; CASE/rival.yaml, other objects in
// the cluster, one document each; and CASE/stored.yaml, the object that is replaced.
//
// It is for tests and for the generator of the pages; nothing that ships imports it.
package checktest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/txtar"
)

// Archive is the cases of one check.
type Archive struct {
	ID   string
	Area string // the last part of the check's package: rule, client
	File string

	Prose string
	Cases []Case
}

// NeedsFile reports whether the check looks at the file that an object is read from: package lint
// runs its cases, which may hold any document.
func (a *Archive) NeedsFile() bool { return a.Area == "file" }

// Case is an object, and what the check finds in it.
type Case struct {
	Name string

	// These may be empty.
	Config     string
	Prometheus string
	Services   string
	Rival      string
	Stored     string

	In   string
	Want string

	// Unread means that the Secrets and ConfigMaps of the case are not read, as at admission.
	Unread bool
}

// optional returns the files that a case may have before the object, in their order.
func (c *Case) optional() []optionalFile {
	return []optionalFile{
		{"/promgate.yaml", &c.Config},
		{"/prometheus.yaml", &c.Prometheus},
		{"/service.yaml", &c.Services},
		{"/rival.yaml", &c.Rival},
		{"/stored.yaml", &c.Stored},
	}
}

type optionalFile struct {
	suffix string
	text   *string
}

// Load reads the archives of all checks in a validation directory and in the directories
// below it, by id.
func Load(validation string) (map[string]*Archive, error) {
	archives := map[string]*Archive{}
	err := filepath.WalkDir(validation, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !isArchive(file) {
			return err //nolint:wrapcheck // it names the file
		}
		a, err := readArchive(file)
		if err != nil {
			return err
		}
		if other, repeated := archives[a.ID]; repeated {
			return fmt.Errorf("%s and %s are archives of the same check", other.File, a.File)
		}
		archives[a.ID] = a
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the archives: %w", err)
	}
	return archives, nil
}

// isArchive reports whether a file holds the cases of a check: other tests keep theirs
// below testdata.
func isArchive(file string) bool {
	return filepath.Ext(file) == ".txtar" && filepath.Base(filepath.Dir(file)) == "testdata"
}

func readArchive(file string) (*Archive, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading an archive: %w", err)
	}
	archive := txtar.Parse(content)
	a := &Archive{
		ID:    strings.TrimSuffix(filepath.Base(file), ".txtar"),
		Area:  filepath.Base(filepath.Dir(filepath.Dir(file))),
		File:  file,
		Prose: string(archive.Comment),
	}
	for i := 0; i < len(archive.Files); i += 2 {
		var c Case
		for _, o := range c.optional() {
			if strings.HasSuffix(archive.Files[i].Name, o.suffix) && i+1 < len(archive.Files) {
				*o.text = string(archive.Files[i].Data)
				i++
			}
		}
		name, isIn := strings.CutSuffix(archive.Files[i].Name, "/in.yaml")
		if !isIn || i+1 == len(archive.Files) || archive.Files[i+1].Name != name+"/want" {
			return nil, fmt.Errorf("reading %s: %s has to be CASE/in.yaml, followed by CASE/want", file, archive.Files[i].Name)
		}
		c.Name, c.In, c.Want = name, string(archive.Files[i].Data), string(archive.Files[i+1].Data)
		a.Cases = append(a.Cases, c)
	}
	return a, nil
}

// write stores the archive with its current cases.
func (a *Archive) write() error {
	out := &txtar.Archive{Comment: []byte(a.Prose)}
	for _, c := range a.Cases {
		for _, o := range c.optional() {
			if *o.text != "" {
				out.Files = append(out.Files, txtar.File{Name: c.Name + o.suffix, Data: []byte(*o.text)})
			}
		}
		out.Files = append(out.Files,
			txtar.File{Name: c.Name + "/in.yaml", Data: []byte(c.In)},
			txtar.File{Name: c.Name + "/want", Data: []byte(c.Want)})
	}
	if err := os.WriteFile(a.File, txtar.Format(out), 0o644); err != nil {
		return fmt.Errorf("writing an archive: %w", err)
	}
	return nil
}

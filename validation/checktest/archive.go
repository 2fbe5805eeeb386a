// Package checktest reads and runs the cases of checks. The cases of check
// zero-for stand in testdata/zero-for.txtar beside zero_for.go: some prose, then
// for each case CASE/in.yaml, an object, and CASE/want, the findings in full. An
// empty want means that the check has nothing to say. Before them may stand
// CASE/prometheus.yaml, the Prometheus that takes the object, without which none is
// known, and then CASE/rival.yaml, a monitor that is there already.
//
// It is for tests and for the generator of the pages; nothing that ships imports it.
package checktest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/txtar"
)

// Archive is the cases of one check.
type Archive struct {
	ID   string
	Area string // the package that the check stands in: rule, part
	File string

	Prose string
	Cases []Case
}

// Case is an object, and what the check says of it.
type Case struct {
	Name       string
	Prometheus string // may be empty
	Rival      string // the same
	In         string
	Want       string
}

// Load reads the archives of all checks below a validation directory, by id.
func Load(validation string) (map[string]*Archive, error) {
	files, err := filepath.Glob(filepath.Join(validation, "*", "testdata", "*.txtar"))
	if err != nil {
		return nil, fmt.Errorf("looking for archives: %w", err)
	}
	own, err := filepath.Glob(filepath.Join(validation, "testdata", "*.txtar"))
	if err != nil {
		return nil, fmt.Errorf("looking for archives: %w", err)
	}
	archives := map[string]*Archive{}
	for _, file := range append(own, files...) {
		a, err := read(file)
		if err != nil {
			return nil, err
		}
		if other, repeated := archives[a.ID]; repeated {
			return nil, fmt.Errorf("%s and %s are archives of the same check", other.File, a.File)
		}
		archives[a.ID] = a
	}
	return archives, nil
}

func read(file string) (*Archive, error) {
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
		prometheus := ""
		if strings.HasSuffix(archive.Files[i].Name, "/prometheus.yaml") && i+1 < len(archive.Files) {
			prometheus = string(archive.Files[i].Data)
			i++
		}
		rival := ""
		if strings.HasSuffix(archive.Files[i].Name, "/rival.yaml") && i+1 < len(archive.Files) {
			rival = string(archive.Files[i].Data)
			i++
		}
		name, isIn := strings.CutSuffix(archive.Files[i].Name, "/in.yaml")
		if !isIn || i+1 == len(archive.Files) || archive.Files[i+1].Name != name+"/want" {
			return nil, fmt.Errorf("reading %s: %s has to be CASE/in.yaml, followed by CASE/want", file, archive.Files[i].Name)
		}
		a.Cases = append(a.Cases, Case{Name: name, Prometheus: prometheus, Rival: rival, In: string(archive.Files[i].Data), Want: string(archive.Files[i+1].Data)})
	}
	return a, nil
}

// write stores the archive with the cases as they are now.
func (a *Archive) write() error {
	out := &txtar.Archive{Comment: []byte(a.Prose)}
	for _, c := range a.Cases {
		if c.Prometheus != "" {
			out.Files = append(out.Files, txtar.File{Name: c.Name + "/prometheus.yaml", Data: []byte(c.Prometheus)})
		}
		if c.Rival != "" {
			out.Files = append(out.Files, txtar.File{Name: c.Name + "/rival.yaml", Data: []byte(c.Rival)})
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

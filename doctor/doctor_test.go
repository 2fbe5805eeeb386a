package doctor_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/promgate/promgate/doctor"
)

var update = flag.Bool("update", false, "write the diagnoses into the archives")

// TestCases runs the archives in testdata. An archive has some prose, a file want, and any of these:
//
//	objects.yaml  the objects of the cluster. A caBundle $CA or $OTHER is that of one of two CAs
//	dry-run       what became of the dry run, in the fields of doctor.Trial
//	calls         what became of reviews from here, in the fields of doctor.Call; certificate is
//	              served, or expired, or ending, or short, or other: that of the other CA
//	crds          resources whose CRDs are those that promgate is built with
//	metrics       those of the API server; metrics-before are those before the dry run
//	pod-metrics   those of a pod of promgate
//	secret        the Secret of promgate's CA, in the fields of doctor.Stored
//	certificate   cert-manager's Certificate, in the same fields
//	unread        what could not be read: RESOURCE: WHY
//	denied        what promgate's ServiceAccounts may not do, as the doctor words it, one a line
//	permitted     which Secrets of others they may read, in the same way
//	want.json     the diagnosis for programs
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			d := doctor.Examine(readFacts(t, archive))
			var text, object bytes.Buffer
			if err := errors.Join(doctor.WriteText(&text, d, doctor.TextOptions{}), doctor.WriteJSON(&object, d)); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(text.String()) {
				if len([]rune(line)) > 81 && strings.Contains(strings.TrimSpace(line), " ") {
					t.Errorf("longer than 80 columns: %s", line)
				}
			}
			compare(t, archive, "want", text.Bytes())
			compare(t, archive, "want.json", object.Bytes())
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// compare compares what was written with what an archive wants, if it wants anything.
func compare(t *testing.T, archive *txtar.Archive, name string, got []byte) {
	t.Helper()
	found := false
	for n := range archive.Files {
		f := &archive.Files[n]
		if f.Name != name {
			continue
		}
		found = true
		if *update {
			f.Data = got
		} else if diff := cmp.Diff(string(f.Data), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if !found && name == "want" {
		t.Error("there is no file want")
	}
}

package doctor_test

import (
	"bytes"
	"errors"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/promgate/promgate/doctor"
	"github.com/promgate/promgate/internal/checktest"
)

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
	checktest.Steps(t, func(t *testing.T, archive *txtar.Archive) (text, object []byte) {
		t.Helper()
		d := doctor.Examine(readFacts(t, archive))
		var forPeople, forPrograms bytes.Buffer
		if err := errors.Join(doctor.WriteText(&forPeople, d, doctor.TextOptions{}), doctor.WriteJSON(&forPrograms, d)); err != nil {
			t.Fatal(err)
		}
		return forPeople.Bytes(), forPrograms.Bytes()
	})
}

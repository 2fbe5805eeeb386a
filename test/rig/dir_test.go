package rig

import (
	"os"
	"path/filepath"
	"testing"
)

func TestClaimDirEmptiesItsOwn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	release, err := ClaimDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(dir, "old")
	if err := os.WriteFile(old, nil, 0o600); err != nil {
		t.Fatal(err)
	}

	if _, err := ClaimDir(dir); err == nil {
		t.Fatal("a directory in use was claimed")
	}
	if _, err := os.Stat(old); err != nil {
		t.Error("the refused claim emptied the directory of the current owner")
	}
	release()
	release, err = ClaimDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if _, err := os.Stat(old); err == nil {
		t.Error("the files of the first run still exist")
	}
}

func TestClaimDirRefusesOthers(t *testing.T) {
	dir := t.TempDir()
	theirs := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(theirs, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ClaimDir(dir); err == nil {
		t.Error("a directory that belongs to no rig was claimed")
	}
	if _, err := os.Stat(theirs); err != nil {
		t.Error("a file that belongs to no rig was deleted")
	}
}

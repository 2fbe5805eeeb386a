package rig

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestCachedBuildsOnce(t *testing.T) {
	t.Setenv("PROMGATE_CACHE", t.TempDir())
	root, err := FindRoot()
	if err != nil {
		t.Fatal(err)
	}
	hello := program{name: "hello", title: "hello", pkg: "./rig/testdata/hello", cold: "at once"}

	// Two builders at the same time, each with its own lock and log, like two processes.
	var logs [2]bytes.Buffer
	var paths [2]string
	var errs [2]error
	var wg sync.WaitGroup
	for i := range logs {
		wg.Go(func() {
			paths[i], errs[i] = Builder{Root: root, Log: &logs[i]}.cached(t.Context(), hello)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	if paths[0] != paths[1] {
		t.Errorf("two paths for one program: %q", paths)
	}
	if built := strings.Count(logs[0].String()+logs[1].String(), "built hello"); built != 1 {
		t.Errorf("built %d times", built)
	}
	if info, err := os.Stat(paths[0]); err != nil || info.Mode()&0o111 == 0 {
		t.Errorf("no program at %s: %v, %v", paths[0], info, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(paths[0]), ".build-*")); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestKeyChangesWithTheFlags(t *testing.T) {
	root, err := FindRoot()
	if err != nil {
		t.Fatal(err)
	}
	b := Builder{Root: root}
	one, err := b.key(t.Context(), program{name: "hello"}, versionFlags("v1.37.2"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := b.key(t.Context(), program{name: "hello"}, versionFlags("v1.37.3"))
	if err != nil {
		t.Fatal(err)
	}
	if one == other {
		t.Error("two versions share one program")
	}
}

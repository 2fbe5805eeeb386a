package pods

import (
	"os"
	"path/filepath"
	"testing"
)

// TestWriteVolume checks that a changed volume is replaced in one step, and an unchanged one left alone.
func TestWriteVolume(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "volume")
	write := func(files map[string]string) (content string) {
		t.Helper()
		data := map[string][]byte{}
		for name, text := range files {
			data[name] = []byte(text)
		}
		if err := writeVolume(dir, data); err != nil {
			t.Fatal(err)
		}
		target, err := os.Readlink(filepath.Join(dir, dataLink))
		if err != nil {
			t.Fatal(err)
		}
		return target
	}
	read := func(name string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err.Error()
		}
		return string(text)
	}

	first := write(map[string]string{"tls.crt": "a", "tls.key": "b"})
	if got := read("tls.crt") + read("tls.key"); got != "ab" {
		t.Errorf("the files contain %q", got)
	}
	if again := write(map[string]string{"tls.crt": "a", "tls.key": "b"}); again != first {
		t.Error("the same content is written again")
	}
	second := write(map[string]string{"tls.crt": "c", "tls.key": "b"})
	if second == first {
		t.Error("a file of the volume in use is written")
	}
	if got := read("tls.crt") + read("tls.key"); got != "cb" {
		t.Errorf("the files contain %q", got)
	}
	if _, err := os.Stat(filepath.Join(dir, first)); !os.IsNotExist(err) {
		t.Errorf("the old content is still there: %v", err)
	}
}

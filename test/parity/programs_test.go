package parity

import (
	"os"
	"path/filepath"
	"testing"

	programs "github.com/promgate/promgate/test/rig"
)

// TestProgramsKnowAllDiscovery checks that the programs know a kind of discovery that a smaller build leaves out.
func TestProgramsKnowAllDiscovery(t *testing.T) {
	s := newSafety(t)
	file := filepath.Join(t.TempDir(), "prometheus.yaml")
	config := "scrape_configs: [{job_name: one, hetzner_sd_configs: [{role: robot}]}]\n"
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := programs.CheckConfig(t.Context(), s.promtool, file); err != nil {
		t.Error(err)
	}
	p, err := programs.StartPrometheus(t.Context(), s.prometheus, file, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p.Stop()
}

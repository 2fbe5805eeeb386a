package rig

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
)

func TestCheckConfig(t *testing.T) {
	promtool := promtoolPath(t)
	withRules := writeConfig(t, "rule_files: [/no/such/file.yaml]\n")

	for name, c := range map[string]struct {
		file string
		args []string
	}{
		"Server":         {file: writeConfig(t, fmt.Sprintf(jobConfig, "one"))},
		"Agent":          {file: writeConfig(t, fmt.Sprintf(jobConfig, "one")), args: []string{"--agent"}},
		"FilesOfOthers":  {file: withRules},
		"Discovery":      {file: writeConfig(t, "scrape_configs: [{job_name: one, kubernetes_sd_configs: [{role: pod}]}]\n")},
		"NoLoaderDenies": {file: writeConfig(t, twiceRemote)},
	} {
		t.Run(name, func(t *testing.T) {
			if err := CheckConfig(t.Context(), promtool, c.file, c.args...); err != nil {
				t.Error(err)
			}
		})
	}

	t.Run("Refused", func(t *testing.T) {
		wantRefused(t, CheckConfig(t.Context(), promtool, writeConfig(t, twiceJob)), twiceJobWords)
	})
	t.Run("RefusedAsAgent", func(t *testing.T) {
		wantRefused(t, CheckConfig(t.Context(), promtool, withRules, "--agent"), "field rule_files is not allowed in agent mode")
	})
	t.Run("NoVerdict", func(t *testing.T) {
		err := CheckConfig(t.Context(), promtool, filepath.Join(t.TempDir(), "missing.yaml"))
		if err == nil || errors.Is(err, ErrRefused) {
			t.Errorf("a missing file got a verdict: %v", err)
		}
	})
}

func promtoolPath(t *testing.T) string {
	t.Helper()
	path, err := testBuilder(t).Promtool(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return path
}

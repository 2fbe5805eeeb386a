package rig

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	// jobConfig has a target that does not exist: port 1 is closed.
	jobConfig = "scrape_configs: [{job_name: %s, static_configs: [{targets: ['127.0.0.1:1']}]}]\n"
	// twiceJob is a configuration that the loader refuses.
	twiceJob = "scrape_configs: [{job_name: twice}, {job_name: twice}]\n"
	// twiceRemote loads, but a running Prometheus cannot apply it.
	twiceRemote = "remote_write: [{url: 'http://127.0.0.1:1/write'}, {url: 'http://127.0.0.1:1/write'}]\n"

	twiceJobWords    = `found multiple scrape configs with job name "twice"`
	twiceRemoteWords = "duplicate remote write configs are not allowed, found duplicate for URL: http://127.0.0.1:1/write"
)

func TestPrometheusReloads(t *testing.T) {
	file := writeConfig(t, fmt.Sprintf(jobConfig, "before"))
	p := startTestPrometheus(t, file, "--scrape.discovery-reload-interval=100ms")
	wantConfig(t, p, "job_name: before")

	rewrite(t, file, fmt.Sprintf(jobConfig, "after"))
	wantConfig(t, p, "job_name: before")
	if err := p.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantConfig(t, p, "job_name: after")
	wantTarget(t, p, `"scrapePool":"after"`)

	t.Run("Refused", func(t *testing.T) {
		rewrite(t, file, twiceJob)
		wantRefused(t, p.Reload(t.Context()), twiceJobWords)
		wantConfig(t, p, "job_name: after")
		wantTarget(t, p, `"scrapePool":"after"`)
	})
	t.Run("WithoutALog", func(t *testing.T) {
		rewrite(t, file, "runtime: {log_level: error}\n"+fmt.Sprintf(jobConfig, "silent"))
		if err := p.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantConfig(t, p, "job_name: silent")
	})
}

// TestPrometheusRefusesEqualRemoteWrites checks that Prometheus may refuse a configuration that
// promtool accepts.
func TestPrometheusRefusesEqualRemoteWrites(t *testing.T) {
	file := writeConfig(t, twiceRemote)
	if err := CheckConfig(t.Context(), promtoolPath(t), file); err != nil {
		t.Fatalf("promtool should accept the configuration: %v", err)
	}
	_, err := StartPrometheus(t.Context(), prometheusPath(t), file, t.TempDir())
	wantRefused(t, err, twiceRemoteWords)

	good := writeConfig(t, fmt.Sprintf(jobConfig, "before"))
	p := startTestPrometheus(t, good)
	rewrite(t, good, twiceRemote)
	wantRefused(t, p.Reload(t.Context()), twiceRemoteWords)
	if err := p.Process().Err(); err != nil {
		t.Fatal(err)
	}
	rewrite(t, good, fmt.Sprintf(jobConfig, "after"))
	if err := p.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantConfig(t, p, "job_name: after")
}

func TestPrometheusRefusesAtStart(t *testing.T) {
	rules := filepath.Join(t.TempDir(), "rules.yaml")
	rewrite(t, rules, "groups: [{name: broken, rules: [{record: x, expr: 'sum('}]}]\n")

	for name, c := range map[string]struct{ config, words string }{
		"UnknownField": {"no_such_field: 1\n", "field no_such_field not found"},
		"TwiceJob":     {twiceJob, twiceJobWords},
		"BrokenRule":   {"rule_files: [" + rules + "]\n", "unclosed left parenthesis"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := StartPrometheus(t.Context(), prometheusPath(t), writeConfig(t, c.config), t.TempDir())
			wantRefused(t, err, "Error loading", c.words)
		})
	}
}

// TestPrometheusThatGivesNoVerdict checks that errors with another cause than the configuration are
// no verdict.
func TestPrometheusThatGivesNoVerdict(t *testing.T) {
	noVerdict := func(t *testing.T, err error, words string) {
		t.Helper()
		if err == nil || errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), words) {
			t.Errorf("the error should be about %s, and no verdict: %v", words, err)
		}
	}
	file := writeConfig(t, "")
	t.Run("UnknownFlag", func(t *testing.T) {
		_, err := StartPrometheus(t.Context(), prometheusPath(t), file, t.TempDir(), "--no-such-flag")
		noVerdict(t, err, "no-such-flag")
	})
	t.Run("NoFile", func(t *testing.T) {
		p := startTestPrometheus(t, file)
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		noVerdict(t, p.Reload(t.Context()), "no such file")
		_, err := StartPrometheus(t.Context(), prometheusPath(t), file, t.TempDir())
		noVerdict(t, err, "no such file")
	})
	t.Run("Gone", func(t *testing.T) {
		p := startTestPrometheus(t, writeConfig(t, ""))
		p.Stop()
		noVerdict(t, p.Reload(t.Context()), "connection refused")
	})
}

func TestPrometheusAgent(t *testing.T) {
	file := writeConfig(t, fmt.Sprintf(jobConfig, "before"))
	p := startTestPrometheus(t, file, "--agent")
	rewrite(t, file, fmt.Sprintf(jobConfig, "after"))
	if err := p.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantConfig(t, p, "job_name: after")

	rewrite(t, file, "rule_files: [rules.yaml]\n")
	wantRefused(t, p.Reload(t.Context()), "field rule_files is not allowed in agent mode")
	wantConfig(t, p, "job_name: after")
}

// TestPrometheusRelease checks that Prometheus reports its release, and knows the kinds of discovery that the
// build tags name. That a complete one knows all of them is checked where one is built, in test/parity.
func TestPrometheusRelease(t *testing.T) {
	eureka := "scrape_configs: [{job_name: before, eureka_sd_configs: [{server: 'http://127.0.0.1:1/eureka'}]}]\n"
	p := startTestPrometheus(t, writeConfig(t, eureka))
	info, err := p.Get(t.Context(), "/api/v1/status/buildinfo")
	if err != nil {
		t.Fatal(err)
	}
	if want := `"version":"3.16.0"`; !strings.Contains(string(info), want) {
		t.Errorf("no %s in %s", want, info)
	}
}

// TestPrometheusOnATakenPort checks that Prometheus takes another port if its port is in use, and
// that the answers of another program are not mistaken for its own.
func TestPrometheusOnATakenPort(t *testing.T) {
	file := writeConfig(t, "")
	first := startTestPrometheus(t, file)
	parsed, err := url.Parse(first.URL)
	if err != nil {
		t.Fatal(err)
	}
	taken, err := strconv.Atoi(parsed.Port())
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	second, err := startPrometheus(t.Context(), func() (int, error) {
		if asked++; asked == 1 {
			return taken, nil
		}
		return freePort()
	}, prometheusPath(t), file, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(second.Stop)
	if asked != 2 || second.URL == first.URL {
		t.Errorf("two on one port: %s and %s after %d attempts", first.URL, second.URL, asked)
	}
}

// testBuilder returns a builder that builds the programs that are not in the cache yet.
func testBuilder(t *testing.T) Builder {
	t.Helper()
	root, err := FindRoot()
	if err != nil {
		t.Fatal(err)
	}
	return Builder{Root: root, Log: os.Stderr}
}

func prometheusPath(t *testing.T) string {
	t.Helper()
	path, err := testBuilder(t).Prometheus(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func startTestPrometheus(t *testing.T, file string, args ...string) *Prometheus {
	t.Helper()
	p, err := StartPrometheus(t.Context(), prometheusPath(t), file, t.TempDir(), args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

func writeConfig(t *testing.T, config string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "prometheus.yaml")
	rewrite(t, file, config)
	return file
}

func rewrite(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func wantConfig(t *testing.T, p *Prometheus, part string) {
	t.Helper()
	config, err := p.Config(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(config, part) {
		t.Errorf("no %q in the configuration:\n%s", part, config)
	}
}

func wantTarget(t *testing.T, p *Prometheus, part string) {
	t.Helper()
	err := Poll(t.Context(), "a target", time.Minute, func(ctx context.Context) error {
		targets, err := p.Get(ctx, "/api/v1/targets")
		if err == nil && !strings.Contains(string(targets), part) {
			err = fmt.Errorf("no %s in %s", part, targets)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func wantRefused(t *testing.T, err error, words ...string) {
	t.Helper()
	if !errors.Is(err, ErrRefused) {
		t.Fatalf("there is no verdict: %v", err)
	}
	for _, part := range words {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the verdict lacks %q: %v", part, err)
		}
	}
}

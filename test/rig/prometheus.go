package rig

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	// agentFlag makes an agent of a Prometheus, and of the configuration that
	// promtool checks one for an agent.
	agentFlag = "--agent"
	// reloadedMetric is 1 when the last configuration that was read is at work.
	reloadedMetric = "prometheus_config_last_reload_successful"
)

// ErrRefused is the verdict of Prometheus, or promtool, that a configuration is no
// good. All other errors mean that there was no verdict.
var ErrRefused = errors.New("the configuration is refused")

// Prometheus is a Prometheus at work, as a server or as an agent.
type Prometheus struct {
	// URL of its web server, without a path.
	URL string
	// ConfigFile is the configuration that it runs with and reloads.
	ConfigFile string
	// LogFile holds what it says, a JSON object in a line each.
	LogFile string

	storage string // the value of its flag for the directory of its data
	flag    string // and the name of that flag
	process *Process
	client  *http.Client
}

// StartPrometheus starts the program at path and returns when it is ready. Its data
// and its log are in dir, which is no other Prometheus's. With the argument --agent
// it runs in agent mode.
//
// The error is [ErrRefused] if it ends because of its configuration, and says why in
// the words of its log. Of a configuration that loads but cannot be applied, such as
// one with two equal remote_write entries, only a running Prometheus finds out.
func StartPrometheus(ctx context.Context, path, configFile, dir string, extraArgs ...string) (*Prometheus, error) {
	return startPrometheus(ctx, freePort, path, configFile, dir, extraArgs)
}

// startPrometheus asks for ports itself: told to take a free one, Prometheus says only
// in its log which it got, and its external URL has port 0.
func startPrometheus(ctx context.Context, port func() (int, error), path, configFile, dir string, extraArgs []string) (*Prometheus, error) {
	return onFreePort(port, func(n int) (*Prometheus, error) {
		return startPrometheusOn(ctx, n, path, configFile, dir, extraArgs)
	})
}

func startPrometheusOn(ctx context.Context, port int, path, configFile, dir string, extraArgs []string) (*Prometheus, error) {
	address := "127.0.0.1:" + strconv.Itoa(port)
	p := &Prometheus{
		URL:        "http://" + address,
		ConfigFile: configFile,
		LogFile:    filepath.Join(dir, "prometheus.log"),
		storage:    filepath.Join(dir, "data"),
		flag:       "storage.tsdb.path",
		client:     &http.Client{Timeout: startTimeout},
	}
	if slices.Contains(extraArgs, agentFlag) {
		p.flag = "storage.agent.path"
	}
	said, err := p.begin()
	if err != nil {
		return nil, err
	}
	p.process, err = StartProcess(Command{
		Name: "prometheus",
		Path: path,
		Args: append([]string{
			"--config.file=" + configFile,
			"--" + p.flag + "=" + p.storage,
			"--web.listen-address=" + address,
			"--web.enable-lifecycle",
			// Nobody receives what a test lets it send: a reload or an end must not
			// wait for that.
			"--storage.remote.flush-deadline=1s",
			"--log.format=json",
		}, extraArgs...),
		LogDir: dir,
	})
	if err != nil {
		return nil, err
	}
	if err := p.process.waitFor(ctx, "Prometheus", p.ready); err != nil {
		p.Stop()
		return nil, p.whyNot(said, err)
	}
	return p, nil
}

// ready is content when this Prometheus, and not one that took its port, is ready.
func (p *Prometheus) ready(ctx context.Context) error {
	if _, err := p.Get(ctx, "/-/ready"); err != nil {
		return err
	}
	body, err := p.Get(ctx, "/api/v1/status/flags")
	if err != nil {
		return err
	}
	var flags struct {
		Data map[string]string `json:"data"`
	}
	if err := json.Unmarshal(body, &flags); err != nil {
		return fmt.Errorf("reading the flags of Prometheus: %w", err)
	}
	if flags.Data[p.flag] != p.storage {
		return fmt.Errorf("%s is another Prometheus", p.URL)
	}
	return nil
}

// whyNot makes of the error of a start what the log says about it.
func (p *Prometheus) whyNot(said int64, err error) error {
	complaints, logErr := p.complaints(said)
	if logErr != nil {
		return errors.Join(err, logErr)
	}
	for _, c := range complaints {
		switch {
		case strings.Contains(c, addressTaken):
			return fmt.Errorf("%w: %w", errPortTaken, err)
		case strings.Contains(c, "(--config.file="):
			return fmt.Errorf("starting Prometheus: %w: %s", ErrRefused, strings.Join(complaints, "\n"))
		}
	}
	return err
}

// Reload has Prometheus read its configuration again, and returns when that is at
// work. The error is [ErrRefused] if Prometheus says no, with its words.
//
// After one that does not load, the old configuration goes on. Of one that loads and
// cannot be applied, Prometheus keeps the parts that could be, and [Prometheus.Config]
// gives the new one.
func (p *Prometheus) Reload(ctx context.Context) error {
	said, err := p.begin()
	if err != nil {
		return err
	}
	status, body, err := p.request(ctx, http.MethodPost, "/-/reload")
	if err != nil {
		return fmt.Errorf("reloading Prometheus: %w", err)
	}
	if status != http.StatusOK {
		complaints, err := p.complaints(said)
		if err != nil {
			return err
		}
		// The answer to the request may say no more than that something was wrong.
		words := append([]string{strings.TrimSpace(string(body))}, complaints...)
		if status == http.StatusInternalServerError {
			return fmt.Errorf("reloading Prometheus: %w: %s", ErrRefused, strings.Join(words, "\n"))
		}
		return fmt.Errorf("reloading Prometheus: status %d: %s", status, strings.Join(words, "\n"))
	}
	// Not the log, which a configuration can make silent.
	metrics, err := p.Get(ctx, "/metrics")
	if err != nil {
		return fmt.Errorf("reloading Prometheus: %w", err)
	}
	if !strings.Contains("\n"+string(metrics), "\n"+reloadedMetric+" 1\n") {
		return fmt.Errorf("reloading Prometheus: it took the request, but %s is not 1", reloadedMetric)
	}
	return nil
}

// Get gives the answer to a path, such as /api/v1/targets or /api/v1/rules. Nothing
// but a 200 is an answer.
func (p *Prometheus) Get(ctx context.Context, path string) ([]byte, error) {
	status, body, err := p.request(ctx, http.MethodGet, path)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("%s%s says %d: %s", p.URL, path, status, strings.TrimSpace(string(body)))
	}
	return body, nil
}

func (p *Prometheus) request(ctx context.Context, method, path string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, method, p.URL+path, nil)
	if err != nil {
		return 0, nil, err
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

// Process is that of Prometheus.
func (p *Prometheus) Process() *Process { return p.process }

// Stop ends Prometheus.
func (p *Prometheus) Stop() { p.process.Stop() }

// begin gives the place in the log where the words about the configuration will be.
// There is one to be read: that there is none is no verdict on it.
func (p *Prometheus) begin() (said int64, err error) {
	if _, err := os.Stat(p.ConfigFile); err != nil {
		return 0, fmt.Errorf("giving Prometheus its configuration: %w", err)
	}
	return fileSize(p.LogFile)
}

// complaints gives the errors in the log from a place in it on.
func (p *Prometheus) complaints(from int64) ([]string, error) {
	entries, err := p.entries(from)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, entry := range entries {
		if entry.Level != "ERROR" {
			continue
		}
		if entry.Err != "" {
			entry.Message += ": " + entry.Err
		}
		all = append(all, entry.Message)
	}
	return all, nil
}

// entry is a line of the log.
type entry struct {
	Level   string `json:"level"`
	Message string `json:"msg"`
	Err     string `json:"err"`
}

// entries gives the log from a place in it on.
func (p *Prometheus) entries(from int64) ([]entry, error) {
	log, err := readFrom(p.LogFile, from)
	if err != nil {
		return nil, err
	}
	var all []entry
	for line := range strings.Lines(log) {
		var e entry
		// What is not JSON is not its logger's: a panic, or a flag that it does not know.
		if json.Unmarshal([]byte(line), &e) == nil {
			all = append(all, e)
		}
	}
	return all, nil
}

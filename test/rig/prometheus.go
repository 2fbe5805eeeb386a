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
	// agentFlag runs Prometheus as an agent, and makes promtool check a configuration as one of an
	// agent.
	agentFlag = "--agent"
	// reloadedMetric is 1 if the configuration that was read last is in use.
	reloadedMetric = "prometheus_config_last_reload_successful"
)

// ErrRefused is the verdict of Prometheus, or promtool, that a configuration is invalid. All other
// errors mean that there was no verdict.
var ErrRefused = errors.New("the configuration is refused")

// Prometheus is a running Prometheus, as a server or as an agent.
type Prometheus struct {
	// URL of its web server, without a path.
	URL string
	// ConfigFile is the configuration that it runs with and reloads.
	ConfigFile string
	// LogFile is its log, with a JSON object in each line.
	LogFile string

	storage string // the directory of its data
	flag    string // the name of the flag for that directory
	process *Process
	client  *http.Client
}

// StartPrometheus starts the program at path and returns when it is ready. Its data and its log are
// in dir, which no other Prometheus may use. With the argument --agent it runs in agent mode.
//
// The error is [ErrRefused], with the messages of the log, if Prometheus ends because of its
// configuration. Only a running Prometheus detects a configuration that loads but cannot be
// applied, such as one with two equal remote_write entries.
func StartPrometheus(ctx context.Context, path, configFile, dir string, extraArgs ...string) (*Prometheus, error) {
	return startPrometheus(ctx, freePort, path, configFile, dir, extraArgs)
}

// startPrometheus chooses the ports itself. If Prometheus chooses a free port, only its log
// contains the port, and its external URL has port 0.
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
			// No server receives the samples that a test sends: a reload or an end must not wait
			// for them.
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

// ready returns nil if this Prometheus is ready, and not another Prometheus that took its port.
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

// whyNot returns the error of a start, with the messages of the log that explain it.
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

// Reload makes Prometheus read its configuration again, and returns when the new configuration is
// in use. The error is [ErrRefused], with the messages of Prometheus, if Prometheus refuses it.
//
// If a configuration does not load, the old one stays in use. If it loads but cannot be applied,
// Prometheus applies as many parts as it can, and [Prometheus.Config] returns the new
// configuration.
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
		// The answer to the request may contain only a general message.
		words := append([]string{strings.TrimSpace(string(body))}, complaints...)
		if status == http.StatusInternalServerError {
			return fmt.Errorf("reloading Prometheus: %w: %s", ErrRefused, strings.Join(words, "\n"))
		}
		return fmt.Errorf("reloading Prometheus: status %d: %s", status, strings.Join(words, "\n"))
	}
	// The log is not used here, because a configuration can silence it.
	metrics, err := p.Get(ctx, "/metrics")
	if err != nil {
		return fmt.Errorf("reloading Prometheus: %w", err)
	}
	if !strings.Contains("\n"+string(metrics), "\n"+reloadedMetric+" 1\n") {
		return fmt.Errorf("reloading Prometheus: it accepted the request, but %s is not 1", reloadedMetric)
	}
	return nil
}

// Get returns the answer to a path, such as /api/v1/targets or /api/v1/rules. Any status other than
// 200 is an error.
func (p *Prometheus) Get(ctx context.Context, path string) ([]byte, error) {
	status, body, err := p.request(ctx, http.MethodGet, path)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("%s%s answers with status %d: %s", p.URL, path, status, strings.TrimSpace(string(body)))
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

// Process returns the process of Prometheus.
func (p *Prometheus) Process() *Process { return p.process }

// Stop ends Prometheus.
func (p *Prometheus) Stop() { p.process.Stop() }

// begin returns the offset in the log at which the messages about the configuration will start. It
// is an error if the configuration file does not exist: that is no verdict on a configuration.
func (p *Prometheus) begin() (said int64, err error) {
	if _, err := os.Stat(p.ConfigFile); err != nil {
		return 0, fmt.Errorf("reading the configuration of Prometheus: %w", err)
	}
	return fileSize(p.LogFile)
}

// complaints returns the errors in the log from an offset on.
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

// entries returns the lines of the log from an offset on.
func (p *Prometheus) entries(from int64) ([]entry, error) {
	log, err := readFrom(p.LogFile, from)
	if err != nil {
		return nil, err
	}
	var all []entry
	for line := range strings.Lines(log) {
		var e entry
		// Lines that are not JSON do not come from the logger: a panic, or an unknown flag.
		if json.Unmarshal([]byte(line), &e) == nil {
			all = append(all, e)
		}
	}
	return all, nil
}

package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/config"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/webhook"
)

// settings holds the configuration file's values, at the start and after each change.
type settings struct {
	current webhook.Settings
	scope   *selection.Operator
	readers []*selection.Reader
	content []byte // of the file; nil if there is none

	loaded   prometheus.Gauge
	loadedAt prometheus.Gauge
}

// loadSettings reads the file once. A file that is unusable at the start ends promgate; later on,
// the last usable values stay in use.
func loadSettings(file string, checks []validation.Info, registry prometheus.Registerer) (*settings, error) {
	s := &settings{
		current: webhook.Settings{Labels: defaulting.AsInstalled()},
		loaded: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "promgate_config_last_reload_successful",
			Help: "Whether the current content of the configuration file is in use.",
		}),
		loadedAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "promgate_config_last_reload_success_timestamp_seconds",
			Help: "When the configuration in use was read.",
		}),
	}
	registry.MustRegister(s.loaded, s.loadedAt)
	if file != "" {
		c, content, err := readConfiguration(file, checks)
		if err != nil {
			return nil, err
		}
		s.current, s.scope, s.readers, s.content = inUse(c), c.OperatorScope(), c.OtherReaders(), content
	}
	s.loaded.Set(1)
	s.loadedAt.SetToCurrentTime()
	return s, nil
}

// watcher passes the new values to the server and the model whenever the file changes.
func (s *settings) watcher(file string, checks []validation.Info, server *webhook.Server, model *cluster.Model, logger *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		if file == "" {
			return nil
		}
		ticker := time.NewTicker(reloadInterval)
		defer ticker.Stop()
		config.Watch(ctx, file, s.content, checks, ticker.C, func(c *config.Configuration, err error) {
			if err != nil {
				s.loaded.Set(0)
				logger.Error("not using the changed configuration; the previous one stays in use", "file", file, "error", err)
				return
			}
			server.Use(inUse(c))
			model.SetOperator(c.OperatorScope())
			model.SetReaders(c.OtherReaders())
			s.loaded.Set(1)
			s.loadedAt.SetToCurrentTime()
			logger.Info("using the changed configuration", "file", file)
		})
		return nil
	}
}

func inUse(c *config.Configuration) webhook.Settings {
	return webhook.Settings{Policy: c.Policy(), Labels: c.Labels(), DuplicateJobs: c.JobScope(), DenyLost: c.DenyLost(), ParseTime: c.ParseTime(), Suppressions: validation.Suppressions(c.Suppressions)}
}

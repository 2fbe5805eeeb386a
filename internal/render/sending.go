package render

import (
	"fmt"

	"github.com/prometheus/prometheus/config"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
)

// Sending is what a Prometheus does with its alerts.
type Sending struct {
	Generator *promconfig.Generator

	// External are the external labels, as they are written, and Alerting the section of the configuration, as the loader reads it.
	External map[string]string
	Alerting config.AlertingConfig
}

// SendingOf returns what a Prometheus does with its alerts, with Secrets from assets.
func SendingOf(of *cluster.Instance, assets promconfig.Assets) (*Sending, error) {
	g, err := of.Generator(assets, promconfig.AsInstalled())
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the object
	}
	global := g.Global()
	if len(global.Rejections) > 0 {
		return nil, fmt.Errorf("the operator writes no configuration: %s: %s", global.Rejections[0].Field, global.Rejections[0].Reason)
	}
	s := &Sending{Generator: g}
	if s.External, s.Alerting, err = judge.New(g, global).Sending(); err != nil {
		return nil, fmt.Errorf("loading the configuration: %w", err)
	}
	return s, nil
}

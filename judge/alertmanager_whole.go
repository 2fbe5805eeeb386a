package judge

import (
	"errors"
	"fmt"

	"github.com/prometheus/alertmanager/config"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/alertmanager"
)

// Unknown is the receiver of the root route where the base configuration is not known. No Secret has it by chance.
const Unknown = "\x00promgate: not known"

// A WholeAlertmanager is the whole configuration of an Alertmanager: its text, and what the loader reads.
type WholeAlertmanager struct {
	Text   []byte
	Config *config.Config
}

// Whole returns the whole configuration of the Alertmanager, with the objects that it selects. The routes of
// a base that is not known, or whose mistakes are no mistakes of the objects, are replaced by one to [Unknown].
func (j *Alertmanager) Whole(parts []alertmanager.Part) (*WholeAlertmanager, error) {
	base := j.base
	known := base.Known && base.Text != nil
	for _, p := range parts {
		if p.Root {
			base, known = j.g.BaseFrom(p), true
		}
	}
	if len(base.Failures) > 0 {
		return nil, fmt.Errorf("%s: %s", base.Failures[0].Field, base.Failures[0].Reason)
	}
	text := base.Text
	if !known {
		base = &alertmanager.Base{Fields: yaml.MapSlice{
			{Key: "global", Value: j.global},
			{Key: "route", Value: yaml.MapSlice{{Key: "receiver", Value: Unknown}}},
			{Key: "receivers", Value: []yaml.MapSlice{{{Key: "name", Value: Unknown}}}},
		}}
	}
	if text == nil || !j.g.Unmanaged() {
		var err error
		if text, err = j.g.Config(base, parts); err != nil {
			return nil, err //nolint:wrapcheck // it says what failed
		}
	}
	c, err := loadAlertmanagerText(string(text), j.matcherMode())
	if err != nil {
		return nil, errors.New(words(err))
	}
	return &WholeAlertmanager{Text: text, Config: c}, nil
}

// Base returns the configuration that the objects are added to.
func (j *Alertmanager) Base() *alertmanager.Base { return j.base }

// Generator returns the generator of the Alertmanager.
func (j *Alertmanager) Generator() *alertmanager.Generator { return j.g }

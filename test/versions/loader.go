package versions

import (
	"context"

	"github.com/blang/semver/v4"

	"github.com/promgate/promgate/dialect"
)

// A Loader is the running program of a release that loads configurations. It is a program of its own, because
// the loader links the SDKs of clouds and takes minutes to compile.
type Loader struct {
	*process

	Release Release
	Version string // of Prometheus: 3.16.0

	// Discoveries are the packages whose discoveries the loader knows.
	Discoveries []string

	source *loaderSource
}

// A Configuration is what a Prometheus starts with.
type Configuration struct {
	Text  string   `json:"text"`
	Agent bool     `json:"agent,omitempty"`
	Flags []string `json:"flags,omitempty"`
}

// StartLoader builds the loader of a release, unless it is in the cache, and starts it.
func StartLoader(ctx context.Context, r Release) (*Loader, error) {
	version, err := r.Prometheus()
	if err != nil {
		return nil, err
	}
	path, s, err := buildLoader(ctx, r)
	if err != nil {
		return nil, err
	}
	p, err := start(ctx, path, "Prometheus "+version)
	if err != nil {
		return nil, err
	}
	return &Loader{Release: r, Version: version, Discoveries: s.Discoveries, source: s, process: p}, nil
}

// Load returns what a reload of the configuration fails with, as far as it does without a network: the loader,
// and the clients of jobs, remote writes, remote reads and Alertmanagers.
func (l *Loader) Load(c Configuration) ([]string, error) {
	var a answer
	if err := l.ask(c, &a); err != nil {
		return nil, err
	}
	return a.Errors, nil
}

// Dialect returns the release as package dialect has it.
func (l *Loader) Dialect() dialect.Version { return dialect.VersionOf(semver.MustParse(l.Version)) }

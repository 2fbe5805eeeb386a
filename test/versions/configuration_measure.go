package versions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/promgate/promgate/dialect"
)

// ConfigurationVerdicts are what the loaders of some releases say of constructs.
type ConfigurationVerdicts struct {
	releases []dialect.Version
	probes   []configurationProbe
	verdicts [][]string // of each probe, by release
}

// AskLoaders asks the loaders of all releases, one after the other, about all constructs of configurations.
func AskLoaders(ctx context.Context) (*ConfigurationVerdicts, error) {
	all := &ConfigurationVerdicts{}
	var sources []*loaderSource
	for _, r := range Releases() {
		_, s, err := buildLoader(ctx, r)
		if err != nil {
			return nil, err
		}
		sources = append(sources, s)
	}
	all.probes = append(fieldProbes(sources), behaviourProbes()...)
	all.verdicts = make([][]string, len(all.probes))
	for _, r := range Releases() {
		if err := all.add(ctx, r); err != nil {
			return nil, fmt.Errorf("asking the loaders: %w", err)
		}
	}
	return all, nil
}

func (c *ConfigurationVerdicts) add(ctx context.Context, r Release) (err error) {
	l, err := StartLoader(ctx, r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	c.releases = append(c.releases, l.Dialect())
	for i, p := range c.probes {
		v, err := l.verdict(p)
		if err != nil {
			return err
		}
		c.verdicts[i] = append(c.verdicts[i], v)
	}
	return nil
}

// Table returns the constructs on which the releases differ.
func (c *ConfigurationVerdicts) Table() ([]dialect.Construct, error) {
	var table []dialect.Construct
	for i, p := range c.probes {
		verdicts := c.verdicts[i]
		if !slices.ContainsFunc(verdicts, func(v string) bool { return v != verdicts[0] }) {
			if verdicts[0] == refused {
				return nil, fmt.Errorf("no release accepts the probe of %s %s", p.kind, p.name)
			}
			continue
		}
		table = append(table, dialect.Construct{Kind: p.kind, Name: p.name, Accepted: spansOf(c.releases, verdicts)})
	}
	table = slices.DeleteFunc(table, func(c dialect.Construct) bool { return sameAsItsSection(table, c) })
	slices.SortStableFunc(table, func(a, b dialect.Construct) int {
		return cmp.Or(cmp.Compare(configurationIndex(a.Kind), configurationIndex(b.Kind)), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return slices.CompactFunc(table, func(a, b dialect.Construct) bool { return a.Kind == b.Kind && a.Name == b.Name }), nil
}

// sameAsItsSection reports whether a field is as old as the section that it is in.
func sameAsItsSection(table []dialect.Construct, c dialect.Construct) bool {
	in, name := "top level", string(c.Kind)
	if strings.HasSuffix(name, "_sd_configs") {
		in = "scrape_configs"
	} else if i := strings.LastIndex(name, "."); i >= 0 {
		in, name = name[:i], name[i+1:]
	}
	return slices.ContainsFunc(table, func(s dialect.Construct) bool {
		return string(s.Kind) == in && s.Name == name && slices.Equal(s.Accepted, c.Accepted)
	})
}

// configurationIndex orders the sections: those of the list, then discoveries, then the rest.
func configurationIndex(k dialect.Kind) int {
	if k == behaviour {
		return len(sections) + 1
	}
	if i := slices.IndexFunc(sections, func(s section) bool { return s.name == string(k) }); i >= 0 {
		return i
	}
	return len(sections)
}

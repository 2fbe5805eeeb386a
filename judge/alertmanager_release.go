package judge

import (
	"fmt"

	"github.com/blang/semver/v4"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/dialect"
)

// release returns the release of Alertmanager that reads the configuration, if it is known to be an older one than that of the
// linked loader.
func (j *Alertmanager) release() (release dialect.Version, older bool) {
	runs, known := j.g.Release()
	release = dialect.VersionOf(runs)
	return release, known && !j.unknown && release.Before(newestAlertmanagerRelease)
}

// newestAlertmanagerRelease is that of the linked loader.
var newestAlertmanagerRelease = dialect.VersionOf(semver.MustParse(newestAlertmanager))

// load runs the linked loader over a whole configuration, and says what an older release refuses of the section that the operator
// writes of the user's, which that loader accepts: the rest may be ours. It returns the size of the configuration, in bytes.
func (j *Alertmanager) load(whole yaml.MapSlice, section string, written yaml.MapSlice) (size int, err error) {
	size, err = loadAlertmanager(whole, j.matcherMode())
	if release, older := j.release(); err == nil && older {
		err = newerKeys(section, written, release)
	}
	return size, err
}

// newerKeys refuses the keys of a section that a release does not have.
func newerKeys(section string, value any, release dialect.Version) error {
	m, ok := value.(yaml.MapSlice)
	if !ok {
		for _, entry := range entriesOf(value) {
			if err := newerKeys(section, entry, release); err != nil {
				return err
			}
		}
		return nil
	}
	for _, item := range m {
		key, _ := item.Key.(string)
		k := dialect.FindAlertmanagerKey(section, key)
		if k == nil {
			continue
		}
		if !k.In(release) {
			return fmt.Errorf("%s in %s %s, and this one is %s", key, section, k.Needs(), release.Full())
		}
		if err := newerKeys(k.Leads, item.Value, release); k.Leads != "" && err != nil {
			return err
		}
	}
	return nil
}

// current returns a section without what a release reads otherwise than the linked loader does: keys that are gone since, and
// those of the event recorder, whose format changed with 0.35.0. It reports whether there is such a thing.
func current(section string, value any, release dialect.Version) (cleaned any, changed bool) {
	m, ok := value.(yaml.MapSlice)
	if !ok {
		entries := entriesOf(value)
		if entries == nil {
			return value, false
		}
		out := make([]yaml.MapSlice, len(entries))
		for i, entry := range entries {
			of, entryChanged := current(section, entry, release)
			out[i], _ = of.(yaml.MapSlice)
			changed = changed || entryChanged
		}
		return out, changed
	}
	out := yaml.MapSlice{}
	for _, item := range m {
		key, _ := item.Key.(string)
		k := dialect.FindAlertmanagerKey(section, key)
		if k != nil && k.In(release) && (!k.In(newestAlertmanagerRelease) || k.Leads == "event_recorder") {
			changed = true
			continue
		}
		if k != nil && k.Leads != "" {
			var innerChanged bool
			item.Value, innerChanged = current(k.Leads, item.Value, release)
			changed = changed || innerChanged
		}
		out = append(out, item)
	}
	return out, changed
}

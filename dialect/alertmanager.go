package dialect

import (
	"fmt"
	"sync"
)

//go:generate go -C ../test/versions run ./tables dialect/alertmanager_table.go

// An AlertmanagerKey is a key of Alertmanager's configuration, as a range of releases has it (the types in its package config, and
// in what that uses). Alertmanager refuses a configuration with a key that it does not know.
type AlertmanagerKey struct {
	// Section is what the key is in: config for the whole configuration, and one name for all places that have the same settings.
	Section, Key string

	// Leads is the section that the key leads to. It is empty for a value, and for what the user chooses the keys of.
	Leads string

	From  Version // the first release that has it; zero means all that are older, too
	Until Version // the first one after them; zero means that there is none
}

// FindAlertmanagerKey returns a key of a section of Alertmanager's configuration, or nil if no known release has it.
func FindAlertmanagerKey(section, key string) *AlertmanagerKey {
	return alertmanagerKeysByName()[[2]string{section, key}]
}

var alertmanagerKeysByName = sync.OnceValue(func() map[[2]string]*AlertmanagerKey {
	byName := make(map[[2]string]*AlertmanagerKey, len(alertmanagerKeys))
	for i := range alertmanagerKeys {
		k := &alertmanagerKeys[i]
		byName[[2]string{k.Section, k.Key}] = k
	}
	return byName
})

// In reports whether a release has the key.
func (k *AlertmanagerKey) In(v Version) bool { return within(v, k.From, k.Until) }

// Needs says which releases have the key.
func (k *AlertmanagerKey) Needs() string {
	switch {
	case k.Until.IsZero():
		return "needs Alertmanager " + k.From.Full()
	case k.From.IsZero():
		return "is gone since Alertmanager " + k.Until.Full()
	}
	return fmt.Sprintf("needs Alertmanager %s or later, and is gone since %s", k.From.Full(), k.Until.Full())
}

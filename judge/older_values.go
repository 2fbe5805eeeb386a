package judge

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/since"
)

// olderValues refuses values of fields, wherever they are, that the Prometheus is too old for.
func (j *Judge) olderValues(value any) error {
	m, ok := value.(yaml.MapSlice)
	if !ok {
		for _, entry := range entriesOf(value) {
			if err := j.olderValues(entry); err != nil {
				return err
			}
		}
		return nil
	}
	for _, item := range m {
		if err := j.olderItem(item); err != nil {
			return err
		}
		if err := j.olderValues(item.Value); err != nil {
			return err
		}
	}
	return nil
}

func (j *Judge) olderItem(item yaml.MapItem) error {
	switch {
	case item.Key == "oauth2" && hasEmptySecret(item.Value) && !j.g.Has(since.EmptyClientSecret):
		return fmt.Errorf("the client secret is empty, which needs Prometheus %s, and this one is %s", since.EmptyClientSecret, j.g.Version())
	case isRelabelings(item.Key) && !j.g.Has(since.EqualActions):
		for _, entry := range entriesOf(item.Value) {
			if action, _ := textOf(entry, "action"); strings.EqualFold(action, "keepequal") || strings.EqualFold(action, "dropequal") {
				return fmt.Errorf("unknown relabel action %q", action)
			}
		}
	case item.Key == "kubernetes_sd_configs" && selectsNodesByPod(item.Value):
		return errors.New("pod role supports only pod selectors")
	}
	return nil
}

func hasEmptySecret(oauth2 any) bool {
	section, _ := oauth2.(yaml.MapSlice)
	secret, ok := textOf(section, "client_secret")
	return ok && secret == ""
}

// selectsNodesByPod reports whether a discovery of pods selects them by the labels of their nodes.
func selectsNodesByPod(discoveries any) bool {
	for _, d := range entriesOf(discoveries) {
		if role, _ := textOf(d, "role"); role != "pod" {
			continue
		}
		for _, s := range entriesOf(valueOf(d, "selectors")) {
			if role, _ := textOf(s, "role"); role == "node" {
				return true
			}
		}
	}
	return false
}

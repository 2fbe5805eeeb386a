package judge

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/alertmanager"
	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// self judges an Alertmanager: that of the judge, or another one, whose Secrets are not read then.
func (j *Alertmanager) self(a *monitoringv1.Alertmanager) validation.Verdict {
	if !j.g.Is(a) {
		g, err := alertmanager.New(a, promconfig.Placeholders{})
		if err != nil {
			return validation.Verdict{Refused: findings([]mistake{mistaken(specPath.Field("version"), err.Error())})}
		}
		j = &Alertmanager{g: g, base: g.Base()}
	}
	refused := mistakesOf(j.base.Failures)
	switch {
	case !j.base.Known || len(refused) > 0:
	case j.base.Text != nil:
		refused = append(refused, j.secret()...)
	default:
		refused = append(refused, j.globalSection()...)
	}
	return validation.Verdict{Refused: findings(refused), Ignored: j.ignored(j.base.Ignored)}
}

// secret judges the configuration that the user wrote by hand. Where the operator adds objects to it, it reads it first,
// with the matchers of old, whatever the Alertmanager's flags are (v0.93.0, alertmanagerConfigFromBytes).
func (j *Alertmanager) secret() []mistake {
	mode := j.matcherMode()
	if valueOf(j.base.Fields, "event_recorder") != nil {
		return nil // its format changed with 0.35.0
	}
	err := loadAlertmanagerText(string(j.base.Text), mode)
	reader := "Alertmanager"
	if err == nil && !j.g.Unmanaged() {
		reader, err = "the operator, which reads matchers in classic mode,", loadAlertmanagerText(string(j.base.Text), classicMatchers)
	}
	if err == nil {
		return nil
	}
	return []mistake{mistaken(specPath.Field("configSecret"), fmt.Sprintf("%s refuses the configuration in Secret %s: %s", reader, j.g.ConfigSecret(), words(err)))}
}

// globalSection judges the global section of spec.alertmanagerConfiguration.
func (j *Alertmanager) globalSection() []mistake {
	under := func(m yaml.MapSlice) yaml.MapSlice {
		one := &Alertmanager{g: j.g, base: j.base, global: m}
		return one.under(nil)
	}
	global := j.base.GlobalSection()
	err := loadAlertmanager(under(global))
	if err == nil {
		return nil
	}
	search := newSearch(specPath.Field("alertmanagerConfiguration"), j.base.Sources, newBudget(), func(m yaml.MapSlice) (int, error) {
		text, err := marshalAlertmanager(under(m))
		if err != nil {
			return 0, err
		}
		return len(text), loadAlertmanagerText(text, fallbackMatchers)
	})
	search.layout = ofAlertmanager
	return search.narrow(err, global, fieldpath.New("global"))
}

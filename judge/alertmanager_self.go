package judge

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/alertmanager/config"
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
		j.templates = func() validation.Templates { return validation.Templates{} }
	}
	var loaded *config.Config
	refused := mistakesOf(j.base.Failures)
	switch {
	case !j.base.Known || len(refused) > 0:
	case j.base.Text != nil:
		loaded, refused = j.secret()
	default:
		refused = append(refused, j.globalSection()...)
	}
	if c := a.Spec.AlertmanagerConfiguration; c != nil && c.Name == "" {
		refused = append(refused, mistaken(specPath.Field("alertmanagerConfiguration", "name"),
			"the operator writes no configuration, for any object: it cannot get an AlertmanagerConfig without a name"))
	}
	view := j.view()
	view.Fallback = j.g.Fallback() && (a.Spec.ConfigSecret != "" || j.g.Unmanaged())
	if view.Fallback {
		view.Secret = j.g.ConfigSecret()
	}
	if len(refused) == 0 && j.base.Text != nil {
		view.Secret, view.Receivers, view.Config = j.g.ConfigSecret(), j.receivers(), loaded
	}
	return validation.Verdict{
		Refused: findings(refused), Ignored: j.ignored(j.base.Ignored), Alertmanager: view,
		Arguments: findings(DefaultLimits().alertmanagerArguments(j.g)),
	}
}

// view returns what is known of the Alertmanager.
func (j *Alertmanager) view() *validation.AlertmanagerView {
	if j.unknown {
		return &validation.AlertmanagerView{}
	}
	return &validation.AlertmanagerView{Templates: j.templates()}
}

// receivers returns the receivers of the base as they are written.
func (j *Alertmanager) receivers() []map[string]any {
	var all []map[string]any
	entries, _ := valueOf(j.base.Fields, "receivers").([]yaml.MapSlice)
	for _, r := range entries {
		all = append(all, asMap(r))
	}
	return all
}

func asMap(m yaml.MapSlice) map[string]any {
	out := map[string]any{}
	for _, item := range m {
		out[fmt.Sprint(item.Key)] = plain(item.Value)
	}
	return out
}

func plain(value any) any {
	switch v := value.(type) {
	case yaml.MapSlice:
		return asMap(v)
	case []yaml.MapSlice:
		list := make([]any, len(v))
		for i := range v {
			list[i] = asMap(v[i])
		}
		return list
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	}
	return value
}

// templatesOf returns the template files of the Alertmanager.
func templatesOf(g *alertmanager.Generator, base *alertmanager.Base) validation.Templates {
	read := g.Templates(base)
	t := validation.Templates{Complete: read.Complete, Missing: templatePaths(read.Missing), Unreadable: templatePaths(read.Unreadable)}
	for _, f := range read.Files {
		t.Files = append(t.Files, validation.TemplateFile{Path: f.Path, Content: f.Content, Field: f.Field})
	}
	return t
}

func templatePaths(rejections []promconfig.Rejection) []validation.TemplatePath {
	var paths []validation.TemplatePath
	for _, r := range rejections {
		paths = append(paths, validation.TemplatePath{Field: r.Field, Reason: r.Reason})
	}
	return paths
}

// secret loads and judges the configuration that the user wrote by hand. Where the operator adds objects to it, it reads it first,
// with the matchers of old, whatever the Alertmanager's flags are (v0.93.0, alertmanagerConfigFromBytes).
func (j *Alertmanager) secret() (loaded *config.Config, refused []mistake) {
	text, fields := string(j.base.Text), any(j.base.Fields)
	release, older := j.release()
	if older {
		if err := newerKeys("config", fields, release); err != nil {
			return nil, j.refusesSecret("Alertmanager", err)
		}
		if cleaned, changed := current("config", fields, release); changed {
			rest, _ := cleaned.(yaml.MapSlice)
			without, err := marshalAlertmanager(rest)
			if err != nil {
				return nil, j.refusesSecret("Alertmanager", err)
			}
			text = without
		}
	}
	loaded, err := loadAlertmanagerText(text, j.matcherMode())
	reader := "Alertmanager"
	if err == nil && !j.g.Unmanaged() {
		reader, err = "the operator, which reads matchers in classic mode,", classicMatchers.check(text)
	}
	if err == nil {
		reader, err = "Alertmanager", receiverClients(loaded)
	}
	if err != nil {
		return nil, j.refusesSecret(reader, err)
	}
	return loaded, nil
}

func (j *Alertmanager) refusesSecret(reader string, err error) []mistake {
	return []mistake{mistaken(specPath.Field("configSecret"), fmt.Sprintf("%s refuses the configuration in Secret %s: %s", reader, j.g.ConfigSecret(), words(err)))}
}

// globalSection judges the global section of spec.alertmanagerConfiguration.
func (j *Alertmanager) globalSection() []mistake {
	load := func(m yaml.MapSlice) (int, error) {
		one := &Alertmanager{g: j.g, base: j.base, global: m}
		return one.load(one.under(nil), "global", m)
	}
	global := j.base.GlobalSection()
	_, err := load(global)
	if err == nil {
		return nil
	}
	search := newSearch(specPath.Field("alertmanagerConfiguration"), j.base.Sources, newBudget(), load)
	search.layout = ofAlertmanager
	return search.narrow(err, global, fieldpath.New("global"))
}

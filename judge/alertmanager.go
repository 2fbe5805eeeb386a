package judge

import (
	"fmt"
	"slices"
	"sync"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/alertmanager"
	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// An Alertmanager judges AlertmanagerConfig objects for one Alertmanager, and that Alertmanager itself. It may be
// used by several goroutines.
type Alertmanager struct {
	g       *alertmanager.Generator
	base    *alertmanager.Base
	global  yaml.MapSlice // the section under which objects are judged
	unknown bool          // no known Alertmanager selects the objects

	templates func() validation.Templates
}

// NewAlertmanager returns the judge for an Alertmanager. The judge for one whose version the operator cannot use accepts
// what some Alertmanager accepts.
func NewAlertmanager(a *monitoringv1.Alertmanager, assets promconfig.Assets) *Alertmanager {
	g, err := alertmanager.New(a, assets)
	if err != nil {
		return anyAlertmanager(assets)
	}
	j := &Alertmanager{g: g, base: g.Base()}
	j.templates = sync.OnceValue(func() validation.Templates { return templatesOf(g, j.base) })
	j.global = anyGlobal()
	if j.base.Known && len(j.base.Failures) == 0 {
		j.global = withMail(j.base.GlobalSection())
	}
	if _, err := j.load(j.under(nil), "global", j.base.GlobalSection()); err != nil {
		j.global = anyGlobal() // a mistake in the Alertmanager is no reason to refuse all objects
	}
	return j
}

// anyAlertmanager returns the judge for objects that no known Alertmanager selects.
func anyAlertmanager(assets promconfig.Assets) *Alertmanager {
	a := &monitoringv1.Alertmanager{}
	a.Spec.Version = newestAlertmanager
	g, err := alertmanager.New(a, assets)
	if err != nil {
		panic(err) // the version is ours
	}
	return &Alertmanager{g: g, base: &alertmanager.Base{}, global: anyGlobal(), unknown: true}
}

// newestAlertmanager is the version of the linked loader.
const newestAlertmanager = "0.35.0"

// anyGlobal returns a global section that has whatever a receiver may do without.
func anyGlobal() yaml.MapSlice {
	return yaml.MapSlice{
		{Key: "smtp_smarthost", Value: "smarthost.invalid:25"},
		{Key: "smtp_from", Value: "alertmanager@sender.invalid"},
		{Key: "slack_api_url", Value: alertmanager.SlackBotURL}, // updateMessage needs this one
		{Key: "opsgenie_api_key", Value: "any"},
		{Key: "victorops_api_key", Value: "any"},
		{Key: "wechat_api_secret", Value: "any"},
		{Key: "wechat_api_corp_id", Value: "any"},
		{Key: "telegram_bot_token", Value: "any"},
		{Key: "rocketchat_token", Value: "any"},
		{Key: "rocketchat_token_id", Value: "any"},
		{Key: "jira_api_url", Value: alertmanager.UnreadURL},
	}
}

// leavesOut begins what is said of a mistake that Alertmanager does not mind.
const leavesOut = "the operator leaves out the whole object, and none of its routes is used: "

// withMail adds what a receiver for mail may do without: package alertmanager reports what is missing of that.
func withMail(global yaml.MapSlice) yaml.MapSlice {
	global = slices.Clone(global)
	for _, item := range anyGlobal()[:2] {
		if key, _ := item.Key.(string); valueOf(global, key) == nil {
			global = append(global, item)
		}
	}
	return global
}

// Object implements [validation.Judge].
func (j *Alertmanager) Object(object any) validation.Verdict {
	if a, ok := object.(*monitoringv1.Alertmanager); ok {
		return j.self(a)
	}
	part, ok := j.g.Part(object, j.base)
	if !ok {
		return validation.Verdict{}
	}
	refused := inOurWords(j.part(part), part)
	v := validation.Verdict{Ignored: j.ignored(part.Ignored), Alertmanager: j.view()}
	if !j.unknown && !part.Root && j.g.Has(since.AlertmanagerMatchers) && j.g.Enforces(part.Namespace) {
		v.Alertmanager.Confined = part.Namespace
	}
	places := placesOf(refused)
	for _, r := range part.Rejections {
		m := mistaken(r.Field, leavesOut+r.Reason)
		switch {
		case !m.apartFrom(places):
		case r.Since != nil:
			v.LeftOut = append(v.LeftOut, m.finding())
		default: // no Alertmanager of any version gets the object
			refused = append(refused, m)
		}
	}
	v.Refused = findings(refused)
	return v
}

// inOurWords replaces what the loader says by what the operator says of the same place, or of a field below it, which is
// more exact. What keeps the operator from writing a configuration is a reason to refuse the object, whatever the loader
// would say.
func inOurWords(loaded []mistake, part alertmanager.Part) []mistake {
	var out []mistake
	for _, m := range mistakesOf(part.Failures) {
		m.reason = "with it the operator writes no configuration, for any object: " + m.reason
		out = append(out, m)
	}
	out = append(out, mistakesOf(part.Refused)...)
	ours := placesOf(out)
	var said fieldpath.Set
	for _, m := range loaded {
		if !m.apartFrom(ours) {
			continue
		}
		found := false
		for _, r := range part.Rejections {
			if r.Since != nil || !r.Field.Within(m.field) {
				continue
			}
			found = true
			if !said.Covers(r.Field) {
				out = append(out, mistaken(r.Field, r.Reason))
			}
			said.Add(r.Field)
		}
		if !found {
			out = append(out, m)
		}
	}
	return out
}

// ignored returns a finding for each field that the Alertmanager is too old for.
func (j *Alertmanager) ignored(fields []promconfig.Ignored) []validation.Finding {
	if j.unknown {
		return nil
	}
	return omitted(fields, "Alertmanager", j.g.Name(), j.g.Version().String())
}

// part loads the part of an object, under the global section, with the receivers and time intervals that its routes
// refer to: what is undefined is a mistake of its own.
func (j *Alertmanager) part(part alertmanager.Part) []mistake {
	load := func(m yaml.MapSlice) (int, error) {
		whole := j.whole(m, part.Root)
		if part.LeftOut { // an Alertmanager as old as this one never gets it
			return loadAlertmanager(whole, j.matcherMode())
		}
		return j.load(whole, "config", m)
	}
	_, err := load(part.Fields)
	if err == nil {
		return nil
	}
	search := newSearch(specPath, part.Sources, newBudget(), load)
	search.layout = ofAlertmanager
	return search.narrow(err, part.Fields, fieldpath.Path{})
}

// nobody is the receiver of the root route under which objects are judged. No object's receiver has such a name.
const nobody = "null"

// under returns a whole configuration with the part of an object.
func (j *Alertmanager) under(part yaml.MapSlice) yaml.MapSlice { return j.whole(part, false) }

// whole returns a whole configuration with the part of an object, whose route is the root or below it.
func (j *Alertmanager) whole(part yaml.MapSlice, isRoot bool) yaml.MapSlice {
	root := yaml.MapSlice{{Key: "receiver", Value: nobody}}
	receivers := []yaml.MapSlice{{{Key: "name", Value: nobody}}}
	var intervals []yaml.MapSlice
	var whole yaml.MapSlice
	if len(j.global) > 0 {
		whole = append(whole, yaml.MapItem{Key: "global", Value: j.global})
	}
	for _, item := range part {
		switch item.Key {
		case "route":
			if route, ok := item.Value.(yaml.MapSlice); ok && isRoot {
				root = route
			} else if ok {
				root = append(root, yaml.MapItem{Key: "routes", Value: []yaml.MapSlice{route}})
			}
		case "receivers":
			receivers = append(receivers, keptEntries(item.Value)...)
		case "mute_time_intervals":
			intervals = append(intervals, keptEntries(item.Value)...)
		default:
			whole = append(whole, item)
		}
	}
	used := usedNames{}
	used.in(root)
	receivers = withNames(receivers, used.receivers)
	intervals = withNames(intervals, used.intervals)
	whole = append(whole, yaml.MapItem{Key: "route", Value: root}, yaml.MapItem{Key: "receivers", Value: receivers})
	if len(intervals) > 0 {
		whole = append(whole, yaml.MapItem{Key: "mute_time_intervals", Value: intervals})
	}
	return whole
}

func keptEntries(value any) []yaml.MapSlice {
	entries, _ := value.([]yaml.MapSlice)
	return slices.DeleteFunc(slices.Clone(entries), func(m yaml.MapSlice) bool { return m == nil })
}

// usedNames are the names of receivers and time intervals that routes refer to.
type usedNames struct{ receivers, intervals []string }

func (u *usedNames) in(route yaml.MapSlice) {
	for _, item := range route {
		switch item.Key {
		case "receiver":
			u.receivers = append(u.receivers, fmt.Sprint(item.Value))
		case "mute_time_intervals", "active_time_intervals":
			for _, name := range textsIn(item.Value) {
				if name != nil {
					u.intervals = append(u.intervals, fmt.Sprint(name))
				}
			}
		case "routes":
			for _, below := range keptEntries(item.Value) {
				u.in(below)
			}
		}
	}
}

// withNames adds an empty entry for each name that none of the entries has.
func withNames(entries []yaml.MapSlice, names []string) []yaml.MapSlice {
	known := map[string]bool{}
	for _, e := range entries {
		known[fmt.Sprint(valueOf(e, "name"))] = true
	}
	for _, name := range names {
		if !known[name] {
			known[name] = true
			entries = append(entries, yaml.MapSlice{{Key: "name", Value: name}})
		}
	}
	return entries
}

// Snapshot returns what checks may know of the Alertmanager that the judge speaks for.
func (j *Alertmanager) Snapshot() validation.Snapshot {
	s := validation.Permissive()
	s.Judge = j
	s.Prometheus = validation.Prometheus{Name: j.g.Name(), Alertmanager: true, Version: j.g.Version()}
	return s
}

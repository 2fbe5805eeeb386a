package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/alertmanager"
	"github.com/promgate/promgate/alertpath"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/selection"
)

// A destination is how an alert gets to one Alertmanager.
type destination struct {
	labels  alertpath.Labels
	certain bool // it is not dropped on the way
	path    string
}

// sending returns what a Prometheus does with its alerts, and what is not known of it. It is nil if nothing is known.
func (e *explainer) sending(i *instance, p *monitoringv1.Prometheus) (s *render.Sending, unread string) {
	assets := e.assetsOf(i.Ref.Namespace)
	s, err := render.SendingOf(i.Instance, assets)
	switch {
	case err != nil:
		e.unknown("alert-sent", "What it does with its alerts is not known: "+err.Error()+".")
		return nil, ""
	case s.Generator.Unmanaged():
		e.unknown("alert-sent", "What it does with its alerts is in a configuration that the user writes, because the Prometheus has no selector for monitors.")
		return nil, ""
	}
	if ref := p.Spec.AdditionalAlertRelabelConfigs; ref != nil && isUnread(assets, i.Ref.Namespace, ref) {
		unread = fmt.Sprintf("the Secret %s/%s, with spec.additionalAlertRelabelConfigs, is not known", i.Ref.Namespace, ref.Name)
	}
	return s, unread
}

// assetsOf returns the Secrets and ConfigMaps that are known. Where not all of a namespace are, of all of them if it is empty, the
// others count as not read.
func (e *explainer) assetsOf(namespace string) promconfig.Assets {
	if e.Live && e.unreadIn(selection.SecretKind, namespace) == "" && e.unreadIn(selection.ConfigMapKind, namespace) == "" {
		return e.model.Assets()
	}
	return e.model.Known()
}

func isUnread(assets promconfig.Assets, namespace string, ref *corev1.SecretKeySelector) bool {
	content, _ := assets.SecretKey(namespace, ref.Name, ref.Key)
	return string(content) == promconfig.Placeholder
}

// explainEntries is about the Alertmanagers that a Prometheus sends alerts to: those of spec.alerting, then those of the
// Secret that the user writes.
func (e *explainer) explainEntries(i *instance, p *monitoringv1.Prometheus, s *render.Sending, d destination) {
	var typed []monitoringv1.AlertmanagerEndpoints
	if p.Spec.Alerting != nil {
		typed = p.Spec.Alerting.Alertmanagers
	}
	additional := p.Spec.AdditionalAlertManagerConfigs
	unread := additional != nil && isUnread(e.assetsOf(i.Ref.Namespace), i.Ref.Namespace, additional)
	if len(s.Alerting.AlertmanagerConfigs) == 0 && !unread {
		e.no("alert-sent", "It sends alerts to no Alertmanager: spec.alerting names none.", problem{
			stageTold, i.Ref.String() + " sends its alerts to no Alertmanager", "set spec.alerting.alertmanagers, if somebody should be told of them",
		})
		return
	}
	found := destinations{}
	for n, c := range s.Alerting.AlertmanagerConfigs {
		labels, outcome := d.labels.Relabeled(c.AlertRelabelConfigs)
		if outcome == relabeling.Drops {
			e.add(Step{ID: "alert-sent", Answer: No, Text: entryWords(n, typed) + " relabels alerts, and drops this one.", dropping: &problem{
				stageTold, fmt.Sprintf("nobody is told of the alert: %s of %s drops it", entryWords(n, typed), i.Ref), "correct its alertRelabelings, if somebody should be told",
			}})
			continue
		}
		to := destination{labels: labels, certain: d.certain && outcome == relabeling.Passes, path: alertpath.Prefix(c.PathPrefix)}
		if n < len(typed) {
			e.explainEntry(i, n, &typed[n], to, found)
		} else {
			e.explainHandwritten(i, c, to, found)
		}
	}
	if unread {
		e.unknown("alert-sent", fmt.Sprintf("Whether it sends alerts to more Alertmanagers is not known: the Secret %s/%s, with spec.additionalAlertManagerConfigs, is not known.", i.Ref.Namespace, additional.Name))
		e.untold = true
	}
	for _, ref := range found.inOrder() {
		e.explainAlertmanager(i, e.model.Instance(ref), found[ref])
	}
}

func entryWords(n int, typed []monitoringv1.AlertmanagerEndpoints) string {
	if n < len(typed) {
		return fmt.Sprintf("spec.alerting.alertmanagers[%d]", n)
	}
	return "An entry of spec.additionalAlertManagerConfigs"
}

// destinations are the ways to each Alertmanager. An Alertmanager may be reached in several.
type destinations map[selection.Ref][]destination

func (d destinations) inOrder() []selection.Ref {
	return slices.SortedFunc(maps.Keys(d), selection.Ref.Compare)
}

// explainEntry is about an entry of spec.alerting.alertmanagers: Services by name and port.
func (e *explainer) explainEntry(i *instance, n int, entry *monitoringv1.AlertmanagerEndpoints, to destination, found destinations) {
	namespace := i.Ref.Namespace
	if entry.Namespace != nil && *entry.Namespace != "" {
		namespace = *entry.Namespace
	}
	wanted := fmt.Sprintf("Service %s/%s", namespace, entry.Name)
	if port := entry.Port.String(); port != "0" && port != "" {
		wanted += ", port " + port
	}
	if slices.ContainsFunc(entry.RelabelConfigs, func(r monitoringv1.RelabelConfig) bool { return relabeling.Filters(&r) }) {
		to.certain = false
		wanted += ", as far as its relabelings do not drop it"
	}
	if slices.ContainsFunc(entry.RelabelConfigs, func(r monitoringv1.RelabelConfig) bool {
		return relabeling.MayWrite(&r, "__address__", "__scheme__", "__alerts_path__")
	}) {
		e.untold = true
		e.unknown("alert-sent", fmt.Sprintf("It sends alerts to %s: what is there is not known, because its relabelings may change the address, the scheme or the path.", wanted))
		return
	}
	services := alertpath.Addressed(entry, i.Ref.Namespace, e.services())
	if len(services) == 0 {
		named, certain := alertpath.Named(entry, i.Ref.Namespace, e.services())
		if certain && len(named) == 1 && entry.Port.StrVal != "" && len(named[0].Spec.Selector) > 0 && !e.portNamesDiffer(namespace) {
			e.explainNoPort(i, fmt.Sprintf("Service %s/%s", namespace, entry.Name), entry.Port.StrVal, fmt.Sprintf("correct spec.alerting.alertmanagers[%d]", n))
			return
		}
		e.explainNotThere(i, n, wanted, namespace)
		return
	}
	for _, s := range services {
		e.explainService(i, wanted, s, to, found, func(a *monitoringv1.Alertmanager) bool { return alertpath.LeadsTo(s, entry.Port, a) })
	}
}

func (e *explainer) explainNotThere(i *instance, n int, wanted, namespace string) {
	why := "the files do not have it"
	if e.Live {
		why = e.unreadIn(selection.ServiceKind, namespace)
	}
	if why != "" {
		e.untold = true
		e.unknown("alert-sent", fmt.Sprintf("It sends alerts to %s: which Alertmanager that is, is not known, because %s.", wanted, why))
		return
	}
	e.no("alert-sent", fmt.Sprintf("It sends alerts to %s, and there is none.", wanted), problem{
		stageTold, fmt.Sprintf("%s sends its alerts to %s, and there is none", i.Ref, wanted), fmt.Sprintf("correct spec.alerting.alertmanagers[%d]", n),
	})
}

// explainNoPort is about a port that a Service lacks.
func (e *explainer) explainNoPort(i *instance, service, port, fix string) {
	e.no("alert-sent", fmt.Sprintf("It sends no alerts to %s, which has no port %s.", service, port), problem{
		stageTold, fmt.Sprintf("%s should send its alerts to port %s of %s, which has no such port", i.Ref, port, service), fix,
	})
}

// explainService notes which Alertmanagers are behind a Service.
func (e *explainer) explainService(i *instance, wanted string, s *corev1.Service, to destination, found destinations, leads func(*monitoringv1.Alertmanager) bool) {
	var names, others []string
	misled := false
	for _, of := range e.alertmanagers() {
		a, _ := of.Object.(*monitoringv1.Alertmanager)
		if !alertpath.IsBehind(s, a, versionOf(a)) {
			continue
		}
		if !leads(a) {
			others = append(others, of.Ref.String())
			continue
		}
		if prefix := alertpath.Prefix(a.Spec.RoutePrefix); prefix != to.path {
			misled = true
			e.explainWrongPath(i, wanted, of.Ref, prefix, to)
			continue
		}
		found[of.Ref] = append(found[of.Ref], to)
		names = append(names, of.Ref.String())
	}
	if len(names) > 0 {
		e.yes("alert-sent", fmt.Sprintf("It sends alerts to %s: that is %s.", wanted, list(names, maxListed)))
		return
	}
	if misled {
		return
	}
	e.untold = true
	why := e.unreadIn(monitoringv1.AlertmanagersKind, s.Namespace)
	switch {
	case len(others) > 0:
		why = "the port is not that at which " + list(others, maxListed) + " " + verb(len(others), "takes", "take") + " alerts"
	case why == "":
		why = "no Alertmanager object is behind it"
		if !e.Live {
			why += " among the files"
		}
	}
	e.unknown("alert-sent", fmt.Sprintf("It sends alerts to %s: what is there is not known, because %s.", wanted, why))
}

// explainWrongPath is about an Alertmanager that takes alerts at another path.
func (e *explainer) explainWrongPath(i *instance, wanted string, ref selection.Ref, prefix string, to destination) {
	text := fmt.Sprintf("It sends alerts to %s, path %s: %s takes them at %s alone (spec.routePrefix).", wanted, to.path, ref, prefix)
	if !to.certain {
		e.untold = true
		e.unknown("alert-sent", text)
		return
	}
	e.no("alert-sent", text, problem{
		stageTold, fmt.Sprintf("%s sends its alerts to the path %s of %s, which takes them at %s", i.Ref, to.path, ref, prefix), "correct the path prefix",
	})
}

// services returns the known Services, and those that the operator keeps for the known Alertmanagers.
func (e *explainer) services() []*corev1.Service {
	known := map[selection.Ref]*corev1.Service{}
	for _, of := range e.alertmanagers() {
		a, _ := of.Object.(*monitoringv1.Alertmanager)
		if s := alertpath.GoverningService(a); s != nil {
			known[selection.Ref{Kind: selection.ServiceKind, Namespace: s.Namespace, Name: s.Name}] = s
		}
	}
	for _, ref := range e.model.Refs(selection.ServiceKind) {
		if s, ok := e.model.Object(ref).(*corev1.Service); ok {
			known[ref] = s
		}
	}
	return slices.SortedFunc(maps.Values(known), func(a, b *corev1.Service) int { return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name) })
}

func (e *explainer) alertmanagers() []*cluster.Instance {
	var found []*cluster.Instance
	for _, of := range e.model.Instances() {
		if of.Ref.Kind == monitoringv1.AlertmanagersKind {
			found = append(found, of)
		}
	}
	return found
}

// portNamesDiffer reports whether the Alertmanagers of a namespace call their ports differently: the operator then writes now one, now the
// other into the Service that it keeps for all of them.
func (e *explainer) portNamesDiffer(namespace string) bool {
	names := map[string]bool{}
	for _, of := range e.alertmanagers() {
		if a, ok := of.Object.(*monitoringv1.Alertmanager); ok && a.Namespace == namespace {
			names[alertpath.PortName(a)] = true
		}
	}
	return len(names) > 1
}

// versionOf returns the version of an Alertmanager, or nothing if it is none.
func versionOf(a *monitoringv1.Alertmanager) string {
	g, err := alertmanager.New(a, promconfig.Placeholders{})
	if err != nil {
		return ""
	}
	return g.Version().String()
}

// explainRulerPath is about the alerts of a ThanosRuler, which promgate does not follow.
func (e *explainer) explainRulerPath(i *instance, r *monitoringv1.ThanosRuler) {
	e.untold = true
	switch {
	case r.Spec.AlertManagersConfig != nil:
		e.unknown("alert-sent", fmt.Sprintf("It sends alerts to what the Secret %s/%s says (spec.alertmanagersConfig). promgate does not follow them.", i.Ref.Namespace, r.Spec.AlertManagersConfig.Name))
	case len(r.Spec.AlertManagersURL) > 0:
		e.unknown("alert-sent", fmt.Sprintf("It sends alerts to %s. promgate does not follow the alerts of a ThanosRuler, which labels them in its own way.", list(r.Spec.AlertManagersURL, maxListed)))
	default:
		e.untold = false
		e.no("alert-sent", "It sends alerts to no Alertmanager: neither spec.alertmanagersUrl nor spec.alertmanagersConfig is set.", problem{
			stageTold, i.Ref.String() + " sends its alerts to no Alertmanager", "set spec.alertmanagersUrl, if somebody should be told of them",
		})
	}
}

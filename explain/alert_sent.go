package explain

import (
	"fmt"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
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

// assetsOf returns the Secrets that are known. Where not all of a namespace are, the others count as not read.
func (e *explainer) assetsOf(namespace string) promconfig.Assets {
	if e.Live && e.unreadIn(selection.SecretKind, namespace) == "" && e.unreadIn(selection.ConfigMapKind, namespace) == "" {
		return e.model.Assets()
	}
	return e.model.KnownAssets()
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
			e.add(Step{ID: "alert-sent", Answer: No, Text: entryWords(n, typed) + " relabels alerts, and drops this one."})
			continue
		}
		to := destination{labels: labels, certain: d.certain && outcome == relabeling.Passes}
		if n < len(typed) {
			e.explainEntry(i, n, &typed[n], to, found)
		} else {
			e.explainHandwritten(c, to, found)
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
	var refs []selection.Ref
	for ref := range d {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, selection.Ref.Compare)
	return refs
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
	services := alertpath.Addressed(entry, i.Ref.Namespace, e.services())
	if len(services) == 0 {
		e.explainNotThere(i, n, wanted, namespace)
		return
	}
	for _, s := range services {
		e.explainService(wanted, s, to, found)
	}
}

func (e *explainer) explainNotThere(i *instance, n int, wanted, namespace string) {
	why := ""
	switch {
	case !e.Live:
		why = "the files do not have it"
	default:
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

// explainService notes which Alertmanagers are behind a Service.
func (e *explainer) explainService(wanted string, s *corev1.Service, to destination, found destinations) {
	var names []string
	for _, of := range e.alertmanagers() {
		a, _ := of.Object.(*monitoringv1.Alertmanager)
		if !alertpath.IsBehind(s, a, versionOf(a)) {
			continue
		}
		found[of.Ref] = append(found[of.Ref], to)
		names = append(names, of.Ref.String())
	}
	if len(names) > 0 {
		e.yes("alert-sent", fmt.Sprintf("It sends alerts to %s: that is %s.", wanted, list(names, maxListed)))
		return
	}
	e.untold = true
	why := e.unreadIn(monitoringv1.AlertmanagersKind, s.Namespace)
	if why == "" {
		why = "no Alertmanager object is behind it"
		if !e.Live {
			why += " among the files"
		}
	}
	e.unknown("alert-sent", fmt.Sprintf("It sends alerts to %s: what is there is not known, because %s.", wanted, why))
}

// explainHandwritten is about an entry that the user wrote.
func (e *explainer) explainHandwritten(c *config.AlertmanagerConfig, to destination, found destinations) {
	if len(c.RelabelConfigs) > 0 {
		to.certain = false
	}
	for _, d := range c.ServiceDiscoveryConfigs {
		static, ok := d.(discovery.StaticConfig)
		if !ok {
			e.untold = true
			e.unknown("alert-sent", fmt.Sprintf("An entry of spec.additionalAlertManagerConfigs finds Alertmanagers by %s: which, is not known.", d.Name()))
			continue
		}
		for _, group := range static {
			for _, target := range group.Targets {
				e.explainAddress(string(target["__address__"]), to, found)
			}
		}
	}
}

// explainAddress is about an address to which alerts are sent.
func (e *explainer) explainAddress(address string, to destination, found destinations) {
	namespace, name, ok := alertpath.ServiceAt(address)
	for _, s := range e.services() {
		if ok && s.Namespace == namespace && s.Name == name {
			e.explainService(address, s, to, found)
			return
		}
	}
	e.untold = true
	e.unknown("alert-sent", fmt.Sprintf("It sends alerts to %s: what is there is not known.", address))
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
	var services []*corev1.Service
	for _, s := range known {
		services = append(services, s)
	}
	slices.SortFunc(services, func(a, b *corev1.Service) int { return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name) })
	return services
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

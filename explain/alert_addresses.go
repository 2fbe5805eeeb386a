package explain

import (
	"fmt"
	"strconv"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"

	"github.com/promgate/promgate/alertpath"
)

// explainHandwritten is about an entry that the user wrote.
func (e *explainer) explainHandwritten(i *instance, c *config.AlertmanagerConfig, to destination, found destinations) {
	if len(c.RelabelConfigs) > 0 {
		to.certain, e.untold = false, true
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
				e.explainAddress(i, string(target["__address__"]), c.Scheme, to, found)
			}
		}
	}
}

// explainAddress is about an address to which alerts are sent.
func (e *explainer) explainAddress(i *instance, address, scheme string, to destination, found destinations) {
	namespace, name, ok := alertpath.ServiceAt(address)
	for _, s := range e.services() {
		if !ok || s.Namespace != namespace || s.Name != name {
			continue
		}
		number := alertpath.NumberAt(address, scheme)
		if !alertpath.HasNumber(s, number) && to.certain {
			e.explainNoPort(i, fmt.Sprintf("Service %s/%s", namespace, name), strconv.Itoa(int(number)), "correct spec.additionalAlertManagerConfigs")
			return
		}
		e.explainService(i, address, s, to, found, func(a *monitoringv1.Alertmanager) bool { return alertpath.NumberLeadsTo(s, number, a) })
		return
	}
	e.untold = true
	e.unknown("alert-sent", fmt.Sprintf("It sends alerts to %s: what is there is not known.", address))
}

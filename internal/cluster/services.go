package cluster

import (
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/validation"
)

// Services is what the endpoints of a *monitoringv1.ServiceMonitor find on the Services that
// are known. Other monitors select none.
func (s *State) Services(object any) validation.Services {
	var services validation.Services
	m := jobs.MonitorOf(object)
	if m == nil {
		return services
	}
	for _, u := range s.index.Unserved(m) {
		services.Unserved = append(services.Unserved, validation.Unserved{
			Endpoint: m.Claims[u.Claim].Endpoint, Service: u.Service, Services: u.Services, Ports: u.Ports,
		})
	}
	for _, t := range s.index.Twins(m) {
		services.Twins = append(services.Twins, validation.Twins{
			Endpoint: m.Claims[t.Claim].Endpoint, Service: t.Service, Headless: t.Headless, Port: t.Port,
		})
	}
	return services
}

package monitor

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
	"github.com/promgate/promgate/validation/part/client"
	"github.com/promgate/promgate/validation/part/discovery"
	"github.com/promgate/promgate/validation/part/relabel"
)

// An Object is a monitor of any kind in Prometheus' terms. It is checked for one
// Prometheus, by one goroutine.
type Object struct {
	// Raw is the object itself, for the judge: *monitoringv1.ServiceMonitor and so on.
	Raw any

	// Scrapes become one scrape configuration each: the endpoints of a ServiceMonitor or
	// PodMonitor, a Probe or ScrapeConfig as a whole.
	Scrapes []Scrape

	// Selectors select Services, Pods or Ingresses by their labels.
	Selectors []part.LabelSelector

	// Durations are all durations that are set, except refresh intervals, which have a check of
	// their own.
	Durations []validation.Text

	// ScrapeClass may be nil.
	ScrapeClass *validation.Text

	// Endpoints is the place of the list of endpoints of a ServiceMonitor or PodMonitor. It
	// is nil for the other kinds.
	Endpoints *validation.Place

	Bounds Bounds

	// CopiedLabels are the names of labels that targets get from their Services and Pods.
	CopiedLabels []validation.Text

	// NameSchemes are empty except for a ScrapeConfig.
	NameSchemes NameSchemes

	// Probe is the object itself, if it is one.
	Probe *Probe

	verdict *validation.Verdict // nil until the judge has been asked
}

// A Scrape is one scrape configuration.
type Scrape struct {
	validation.Place

	Interval, Timeout validation.Text
	MetricsPath       validation.Text
	Params            Params
	Scheme            *monitoringv1.Scheme
	Ports             []Port
	IgnoredPorts      []Port // ports that the operator ignores, since there is one in Ports
	Client            client.Client

	Relabelings       relabel.Relabelings
	MetricRelabelings relabel.Relabelings

	// Discoveries are the service discoveries that a ScrapeConfig names.
	Discoveries []discovery.Discovery

	// DiscoveryClients are the clients that the discoveries ask their sources with.
	DiscoveryClients []client.Client

	// Static are the targets that the object lists itself.
	Static []Static

	// Endpoint is the whole of an endpoint, *monitoringv1.Endpoint or
	// *monitoringv1.PodMetricsEndpoint. It is nil for a Probe or ScrapeConfig.
	Endpoint any

	HonorLabels     bool
	HonorTimestamps *bool
}

// Params are the parameters of the scrape's URL.
type Params struct {
	validation.Place

	Values map[string][]string

	// Names has the names as they are written: those of a Probe are a list, which may
	// have a name twice.
	Names []Param
}

// A Param is one parameter that reaches the URL.
type Param struct {
	validation.Place

	Name   string
	Values []string
}

// A Port names the port that targets are selected by.
type Port struct {
	validation.Place

	Value intstr.IntOrString
}

// scrapesOf is a walk for [validation.Each].
func scrapesOf(o *Object) []Scrape { return o.Scrapes }

// clientsOf walks to all clients, including those of discoveries and of token servers.
func clientsOf(o *Object) []client.Client {
	var all []client.Client
	add := func(c client.Client) { all = append(append(all, c), c.TokenServer()...) }
	for _, s := range o.Scrapes {
		add(s.Client.OfTarget())
		for _, c := range s.DiscoveryClients {
			add(c)
		}
	}
	return all
}

// relabelingsOf walks to every relabeling.
func relabelingsOf(o *Object) []relabel.Relabeling {
	var all []relabel.Relabeling
	for _, s := range o.Scrapes {
		all = append(all, s.Relabelings.Each()...)
		all = append(all, s.MetricRelabelings.Each()...)
	}
	return all
}

// portsOf walks to every port.
func portsOf(o *Object) []Port {
	var all []Port
	for _, s := range o.Scrapes {
		all = append(all, s.Ports...)
	}
	return all
}

// discoveriesOf walks to every discovery.
func discoveriesOf(o *Object) []discovery.Discovery {
	var all []discovery.Discovery
	for _, s := range o.Scrapes {
		all = append(all, s.Discoveries...)
	}
	return all
}

// selectorsOf walks to every selector.
func selectorsOf(o *Object) []part.LabelSelector { return o.Selectors }

// durationsOf walks to every duration.
func durationsOf(o *Object) []validation.Text { return o.Durations }

// subjectAt returns the subject of the scrape that a path leads into.
func (o *Object) subjectAt(path fieldpath.Path) validation.Subject {
	for _, s := range o.Scrapes {
		if path.Within(s.Path) {
			return s.Subject
		}
	}
	return nil
}

// metricRelabelingsOf walks to the lists of relabelings of samples.
func metricRelabelingsOf(o *Object) []relabel.Relabelings {
	var all []relabel.Relabelings
	for _, s := range o.Scrapes {
		all = append(all, s.MetricRelabelings)
	}
	return all
}

// relabelingListsOf walks to all lists of relabelings.
func relabelingListsOf(o *Object) []relabel.Relabelings {
	var all []relabel.Relabelings
	for _, s := range o.Scrapes {
		all = append(all, s.Relabelings, s.MetricRelabelings)
	}
	return all
}

// targetRelabelingsOf walks to the lists of relabelings of targets.
func targetRelabelingsOf(o *Object) []relabel.Relabelings {
	var all []relabel.Relabelings
	for _, s := range o.Scrapes {
		all = append(all, s.Relabelings)
	}
	return all
}

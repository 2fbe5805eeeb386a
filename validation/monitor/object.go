package monitor

import (
	"regexp"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

// An Object is a monitor of any kind in Prometheus' terms. It is checked for one
// Prometheus, by one goroutine.
type Object struct {
	// Raw is the object itself, for the judge: *monitoringv1.ServiceMonitor and so on.
	Raw any

	// Scrapes are what becomes a scrape configuration each: the endpoints of a
	// ServiceMonitor or PodMonitor, the whole of a Probe or ScrapeConfig.
	Scrapes []Scrape

	// Selectors choose Services, Pods or Ingresses by their labels.
	Selectors []Selector

	// Durations are all of them but refresh intervals, which have a check of their own.
	Durations []part.DurationField

	// ScrapeClass may be nil.
	ScrapeClass *Text

	// Endpoints is the list that the scrapes of a ServiceMonitor or PodMonitor come
	// from. It is nil for the other kinds.
	Endpoints *Place

	Bounds Bounds

	// CopiedLabels are those that targets get of their Services and Pods.
	CopiedLabels []Text

	// NameSchemes are empty but for a ScrapeConfig.
	NameSchemes NameSchemes

	// Probe is the object itself, if it is one.
	Probe *Probe

	verdict *validation.Verdict // once it is known
}

// A Scrape is one scrape configuration.
type Scrape struct {
	Place

	Interval, Timeout Text
	MetricsPath       Text
	Params            Params
	Scheme            *monitoringv1.Scheme
	Ports             []Port
	Client            Client

	Relabelings       Relabelings
	MetricRelabelings Relabelings

	// Discoveries are the service discoveries that a ScrapeConfig names.
	Discoveries []Discovery

	// Static are the targets that stand in the object itself.
	Static []Static

	// Endpoint is the whole of an endpoint, *monitoringv1.Endpoint or
	// *monitoringv1.PodMetricsEndpoint. It is nil for a Probe or ScrapeConfig.
	Endpoint any
}

// Text is a field that holds a text. An empty one is not set, unless Empty says so.
type Text struct {
	Place

	Value string
	Empty bool // written down as an empty text, which reaches Prometheus
}

// Params are the parameters of the scrape's URL.
type Params struct {
	Place

	Values map[string][]string

	// Names has the names as they are written: a Probe's are a list, in which one
	// may stand twice.
	Names []Param
}

// A Param is one parameter that reaches the URL.
type Param struct {
	Place

	Name   string
	Values []string
}

// A Port names a port by which targets are chosen.
type Port struct {
	Place

	Value intstr.IntOrString
}

// Relabelings is a list of relabelings. Metric says that samples go through it, not
// targets.
type Relabelings struct {
	Place

	List   []monitoringv1.RelabelConfig
	Metric bool

	// Names is the alphabet of labels that a ScrapeConfig asks for. May be nil.
	Names *monitoringv1.NameValidationSchemeOptions
}

// A Relabeling is one of them.
type Relabeling struct {
	Place
	monitoringv1.RelabelConfig

	Metric bool
	Names  *monitoringv1.NameValidationSchemeOptions
}

// Each gives the relabelings one by one.
func (r Relabelings) Each() []Relabeling {
	list := make([]Relabeling, len(r.List))
	for i, c := range r.List {
		list[i] = Relabeling{Place: r.Index(i), RelabelConfig: c, Metric: r.Metric, Names: r.Names}
	}
	return list
}

// A Client is how Prometheus talks to a target, or to a source of targets.
type Client struct {
	Place
	monitoringv1.HTTPConfigWithoutTLS

	BearerTokenFile string
	TLS             *monitoringv1.TLSConfig

	// Proxy has a place of its own: a Probe's is its prober's.
	Proxy      monitoringv1.ProxyConfig
	ProxyPlace Place

	// TLSSince and ProxySince are the versions of Prometheus from which on the operator
	// writes either. Empty for any.
	TLSSince, ProxySince string
}

// A Selector chooses objects by their labels.
type Selector struct {
	Place
	metav1.LabelSelector

	// Lenient says that the operator never parses it, and goes by what it can read.
	Lenient bool
}

// A Discovery is one entry of a list of service discoveries.
type Discovery struct {
	Place

	// Kind is the first part of the field: http of httpSDConfigs.
	Kind string

	// Config is a pointer to the entry: *monitoringv1alpha1.HTTPSDConfig and so on.
	Config any

	Client          Client
	RefreshInterval Text

	// Durations are those besides the refresh interval.
	Durations []Text
}

// ScrapesOf is a walk for [validation.Each].
func ScrapesOf(o *Object) []Scrape { return o.Scrapes }

// ClientsOf walks to all clients, those of discoveries and of token servers too.
func ClientsOf(o *Object) []Client {
	var all []Client
	add := func(c Client) { all = append(append(all, c), c.tokenServer()...) }
	for _, s := range o.Scrapes {
		add(s.Client.ofTarget())
		for _, d := range s.Discoveries {
			add(d.Client)
		}
	}
	return all
}

// RelabelingsOf walks to every relabeling.
func RelabelingsOf(o *Object) []Relabeling {
	var all []Relabeling
	for _, s := range o.Scrapes {
		all = append(all, s.Relabelings.Each()...)
		all = append(all, s.MetricRelabelings.Each()...)
	}
	return all
}

// PortsOf walks to every port.
func PortsOf(o *Object) []Port {
	var all []Port
	for _, s := range o.Scrapes {
		all = append(all, s.Ports...)
	}
	return all
}

// DiscoveriesOf walks to every discovery.
func DiscoveriesOf(o *Object) []Discovery {
	var all []Discovery
	for _, s := range o.Scrapes {
		all = append(all, s.Discoveries...)
	}
	return all
}

// SelectorsOf walks to every selector.
func SelectorsOf(o *Object) []Selector { return o.Selectors }

// DurationsOf walks to every duration.
func DurationsOf(o *Object) []part.DurationField { return o.Durations }

// SubjectAt is the subject of the scrape that a path leads into.
func (o *Object) subjectAt(path string) string {
	for _, s := range o.Scrapes {
		if validation.Within(path, s.Path.String()) {
			return s.Subject
		}
	}
	return ""
}

var lastName = regexp.MustCompile(`([A-Za-z0-9]+)(\[[^\]]*\])*$`)

func lastNameOf(path string) string {
	if m := lastName.FindStringSubmatch(path); m != nil {
		return m[1]
	}
	return path
}

package promconfig

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
)

// Probe renders one job, for the static targets or else for the Ingresses.
func (g *Generator) Probe(p *monitoringv1.Probe) Part {
	w := g.writer(p.ObjectMeta)
	part := w.part(monitoringv1.ProbesKind)
	class := w.class(p.Spec.ScrapeClassName)
	w.rejectFor(specPath.Field("targets"), p.Spec.Targets.Validate())
	w.rejectFor(specPath.Field("prober", "url"), checkProberURL(p.Spec.ProberSpec.URL))

	name := jobName("probe", p.ObjectMeta, -1)
	s := w.job(name, specPath)
	s.probe(p, class)
	part.addJob(name, s)
	return part.finish(w, &p.Spec)
}

func (s *section) probe(p *monitoringv1.Probe, class scrapeClass) {
	self := s.w.self()
	honor := true
	s.honorTimestamps(&honor, "")
	prober := s.of(specPath.Field("prober"))
	prober.put("metrics_path", "path", p.Spec.ProberSpec.Path)
	s.take(prober)
	s.set("scrape_interval", "interval", p.Spec.Interval)
	s.set("scrape_timeout", "scrapeTimeout", p.Spec.ScrapeTimeout)
	prober = s.of(specPath.Field("prober"))
	prober.scheme(p.Spec.ProberSpec.Scheme)
	s.take(prober)
	s.probeParams(p)
	s.bounds(limits{p.Spec.SampleLimit, p.Spec.TargetLimit, p.Spec.LabelLimit, p.Spec.LabelNameLengthLimit, p.Spec.LabelValueLengthLimit, p.Spec.KeepDroppedTargets},
		p.Spec.NativeHistogramConfig, p.Spec.ScrapeProtocols, p.Spec.FallbackScrapeProtocol, class, nil)

	prober = s.of(specPath.Field("prober"))
	prober.proxy(self, p.Spec.ProberSpec.ProxyConfig)
	s.take(prober)
	s.setSince(since.FollowRedirects, "follow_redirects", "followRedirects", p.Spec.FollowRedirects)
	s.setSince(since.EnableHTTP2, "enable_http2", "enableHttp2", p.Spec.EnableHTTP2)
	s.safeTLSOf("tlsConfig", p.Spec.TLSConfig, class)
	s.probeTargets(p, class)
	if ref := p.Spec.BearerTokenSecret; ref != nil { //nolint:staticcheck // deprecated, and in use
		s.put("bearer_token", "bearerTokenSecret", s.secret(self, "bearerTokenSecret", *ref))
	}
	s.basicAuth(self, p.Spec.BasicAuth)
	s.oauth2(self, p.Spec.OAuth2)
	s.authorizationOf(p.Spec.Authorization, class)
	s.metricRelabelings(monitoringv1.ProbesKind, class, p.Spec.MetricRelabelConfigs)
}

// probeParams writes the module, which overrides a parameter of that name.
func (s *section) probeParams(p *monitoringv1.Probe) {
	var params yaml.MapSlice
	if p.Spec.Module != "" {
		params = append(params, yaml.MapItem{Key: "module", Value: []string{p.Spec.Module}})
		s.source(fieldpath.New("params", "module"), specPath.Field("module"))
	}
	for i, param := range p.Spec.Params {
		if param.Name == "module" && p.Spec.Module != "" {
			s.w.ignoref(specPath.Field("params").Index(i), "spec.module says it already")
			continue
		}
		params = append(params, yaml.MapItem{Key: param.Name, Value: param.Values})
	}
	if len(params) > 0 {
		s.put("params", "params", params)
	}
}

func (s *section) probeTargets(p *monitoringv1.Probe, class scrapeClass) {
	r := s.relabeler("relabel_configs")
	r.rememberJobName()
	if p.Spec.JobName != "" {
		r.add(specPath.Field("jobName"), target("job"), replacement(p.Spec.JobName))
	}
	switch {
	case p.Spec.Targets.StaticConfig != nil:
		s.staticTargets(p)
		r.add(ours, source("__address__"), target("__param_target"))
		r.probeWith(p)
		r.addAll(class.field("relabelings"), class.Relabelings)
		r.addAll(staticPath.Field("relabelingConfigs"), p.Spec.Targets.StaticConfig.RelabelConfigs)
		r.enforceNamespace(monitoringv1.ProbesKind)
		if p.Spec.Targets.Ingress != nil {
			s.w.ignoref(ingressPath, "spec.targets.staticConfig is set, and only one of the two counts")
		}
	case p.Spec.Targets.Ingress != nil:
		s.ingressTargets(r, p)
		r.probeWith(p)
		r.addAll(class.field("relabelings"), class.Relabelings)
		r.addAll(ingressPath.Field("relabelingConfigs"), p.Spec.Targets.Ingress.RelabelConfigs)
		r.enforceNamespace(monitoringv1.ProbesKind)
	}
	r.shard("__param_target")
	r.write()
}

var (
	staticPath  = specPath.Field("targets", "staticConfig")
	ingressPath = specPath.Field("targets", "ingress")
)

func (s *section) staticTargets(p *monitoringv1.Probe) {
	static := p.Spec.Targets.StaticConfig
	labels := map[string]string{"namespace": p.Namespace}
	maps.Copy(labels, static.Labels)
	s.w.checkLabelNames(staticPath.Field("labels"), static.Labels)
	s.putFrom(staticPath, "static_configs", []yaml.MapSlice{{
		{Key: "targets", Value: static.Targets},
		{Key: "labels", Value: labels},
	}})
	entry := s.key.Field("static_configs").Index(0)
	s.source(entry.Field("targets"), staticPath.Field("static"))
	s.source(entry.Field("labels"), staticPath.Field("labels"))
}

func (s *section) ingressTargets(r *relabeler, p *monitoringv1.Probe) {
	ingress := p.Spec.Targets.Ingress
	r.selectBy(roleIngress, ingressPath.Field("selector"), ingress.Selector)
	s.kubernetesSD(kubernetesSD{
		role: roleIngress, namespaces: ingress.NamespaceSelector, own: p.Namespace,
		namespacesField: ingressPath.Field("namespaceSelector"),
	})
	r.add(ours, source("__meta_kubernetes_ingress_scheme", "__address__", "__meta_kubernetes_ingress_path"), separator(";"),
		regex("(.+);(.+);(.+)"), target("__param_target"), replacement("${1}://${2}${3}"), action("replace"))
	r.add(ours, source("__meta_kubernetes_namespace"), target("namespace"))
	r.add(ours, source("__meta_kubernetes_ingress_name"), target("ingress"))
	r.add(ours, source("__address__"), separator(";"), regex("(.*)"), target("__tmp_ingress_address"), replacement("$1"), action("replace"))
}

// probeWith directs the scrape to the prober, with the target as a parameter.
func (r *relabeler) probeWith(p *monitoringv1.Probe) {
	r.add(ours, source("__param_target"), target("instance"))
	r.add(specPath.Field("prober", "url"), target("__address__"), replacement(p.Spec.ProberSpec.URL))
}

// dnsName is compiled when it is needed: with its counts that takes as long as a tenth of the start of the program.
var dnsName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}(\.[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})*[._]?$`)
})

// checkProberURL accepts what the operator accepts: a host, or a host and a port.
func checkProberURL(url string) error {
	host := url
	if i := strings.LastIndexByte(url, ':'); i >= 0 && (strings.HasPrefix(url, "[") || strings.Count(url, ":") == 1) {
		port := url[i+1:]
		host = strings.TrimSuffix(strings.TrimPrefix(url[:i], "["), "]")
		if number, err := strconv.Atoi(port); err != nil || number < 1 || number > 65535 {
			return fmt.Errorf("%q is not a port", port)
		}
	}
	address, err := netip.ParseAddr(host)
	if err == nil && address.Zone() == "" {
		return nil
	}
	if !dnsName().MatchString(host) || len(strings.ReplaceAll(host, ".", "")) > 255 {
		return fmt.Errorf("%q is not a host, with or without a port; it takes no scheme and no path", url)
	}
	return nil
}

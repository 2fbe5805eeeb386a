package alertmanager

import (
	"strconv"
	"strings"

	"github.com/alecthomas/units"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/promconfig"
)

// Arguments returns the arguments of the command line that the operator starts Alertmanager with (v0.93.0,
// pkg/alertmanager/statefulset.go), and those of the user after them. The address of the pod, and the names of peers
// and of the object, are not filled in.
func (g *Generator) Arguments() []promconfig.Argument {
	spec := &g.object.Spec
	a := &arguments{}
	a.ours("config.file", configOutPath+"/alertmanager.env.yaml")
	a.ours("storage.path", "/alertmanager")
	a.text("data.retention", string(spec.Retention), "120h", "retention")
	if g.Clustered() {
		a.ours("cluster.listen-address", "[127.0.0.1]:9094")
	} else {
		a.ours("cluster.listen-address=", "")
	}
	if spec.ListenLocal {
		a.ours("web.listen-address", "127.0.0.1:9093")
	} else {
		a.ours("web.listen-address", ":9093")
	}
	a.text("web.external-url", spec.ExternalURL, "", "externalUrl")
	if g.minor() >= 27 {
		a.text("enable-feature", strings.Join(spec.EnableFeatures, ","), "", "enableFeatures")
	}
	a.text("web.route-prefix", spec.RoutePrefix, "/", "routePrefix")
	g.webArguments(a)
	g.limitArguments(a)
	if spec.LogLevel != "info" {
		a.text("log.level", spec.LogLevel, "", "logLevel")
	}
	if spec.LogFormat != "logfmt" && g.minor() >= 16 {
		a.text("log.format", spec.LogFormat, "", "logFormat")
	}
	a.text("cluster.advertise-address", spec.ClusterAdvertiseAddress, "", "clusterAdvertiseAddress")
	a.text("cluster.gossip-interval", string(spec.ClusterGossipInterval), "", "clusterGossipInterval")
	a.text("cluster.pushpull-interval", string(spec.ClusterPushpullInterval), "", "clusterPushpullInterval")
	a.text("cluster.peer-timeout", string(spec.ClusterPeerTimeout), "", "clusterPeerTimeout")
	if g.minor() >= 30 {
		a.ours("cluster.peer-name", "peer")
	}
	if g.minor() >= 26 {
		label := g.Name()
		if spec.ClusterLabel != nil {
			label = *spec.ClusterLabel
		}
		a.add("cluster.label", label, specPath.Field("clusterLabel"))
	}
	for i, peer := range spec.AdditionalPeers {
		a.add("cluster.peer", peer, specPath.Field("additionalPeers").Index(i))
	}
	a.ours("cluster.peer", "peer:9094")
	a.ours("cluster.reconnect-timeout", "5m")
	if g.minor() >= 22 {
		a.ours("web.config.file", "/etc/alertmanager/web_config/web-config.yaml")
	}
	if g.UsesClusterTLS() {
		a.ours("cluster.tls-config", "/etc/alertmanager/cluster_tls_config/cluster-tls-config.yaml")
	}
	g.additional(a)
	return a.list
}

// ClusterTLS returns the settings of TLS between the replicas, or nil.
func (g *Generator) ClusterTLS() *monitoringv1.ClusterTLSConfig { return g.object.Spec.ClusterTLS }

// UsesClusterTLS reports whether the Alertmanager gets the settings of TLS between the replicas.
func (g *Generator) UsesClusterTLS() bool { return g.minor() >= 24 && g.object.Spec.ClusterTLS != nil }

// Clustered reports whether the Alertmanager is one of a cluster.
func (g *Generator) Clustered() bool {
	replicas := g.object.Spec.Replicas
	return replicas != nil && *replicas > 1 || g.object.Spec.ForceEnableClusterMode
}

// WebServer returns the settings of the web server.
func (g *Generator) WebServer() (fields monitoringv1.WebConfigFileFields, ok bool) {
	if w := g.object.Spec.Web; w != nil && g.minor() >= 22 {
		return w.WebConfigFileFields, true
	}
	return fields, false
}

func (g *Generator) minor() uint64 { return g.version.Minor }

func (g *Generator) webArguments(a *arguments) {
	w := g.object.Spec.Web
	if w == nil || g.minor() < 17 {
		return
	}
	if w.GetConcurrency != nil {
		a.add("web.get-concurrency", strconv.Itoa(int(*w.GetConcurrency)), specPath.Field("web", "getConcurrency"))
	}
	if w.Timeout != nil {
		a.add("web.timeout", strconv.Itoa(int(*w.Timeout)), specPath.Field("web", "timeout"))
	}
}

func (g *Generator) limitArguments(a *arguments) {
	l := g.object.Spec.Limits
	if l != nil && g.minor() >= 28 {
		if l.MaxSilences != nil {
			a.add("silences.max-silences", strconv.Itoa(int(*l.MaxSilences)), specPath.Field("limits", "maxSilences"))
		}
		if l.MaxPerSilenceBytes != nil && *l.MaxPerSilenceBytes != "" {
			n, _ := units.ParseBase2Bytes(string(*l.MaxPerSilenceBytes)) // the operator does not look at the error either
			a.add("silences.max-per-silence-bytes", strconv.FormatInt(int64(n), 10), specPath.Field("limits", "maxPerSilenceBytes"))
		}
	}
	if seconds := g.object.Spec.MinReadySeconds; seconds != nil && g.minor() >= 30 {
		for _, extra := range g.object.Spec.AdditionalArgs {
			if strings.TrimPrefix(extra.Name, "no-") == "dispatch.start-delay" {
				return
			}
		}
		a.add("dispatch.start-delay", strconv.Itoa(int(*seconds))+"s", specPath.Field("minReadySeconds"))
	}
}

func (g *Generator) additional(a *arguments) {
	for i, extra := range g.object.Spec.AdditionalArgs {
		a.list = append(a.list, promconfig.Argument{
			Name: extra.Name, Value: extra.Value, Field: specPath.Field("additionalArgs").Index(i), Additional: true,
		})
	}
}

// arguments collects a command line.
type arguments struct{ list []promconfig.Argument }

func (a *arguments) add(name, value string, field fieldpath.Path) {
	a.list = append(a.list, promconfig.Argument{Name: name, Value: value, Field: field})
}

// ours adds an argument that the operator always sets.
func (a *arguments) ours(name, value string) { a.add(name, value, specPath) }

// text adds an argument for a field, or with its default, if that is not empty.
func (a *arguments) text(name, value, otherwise, field string) {
	switch {
	case value != "":
		a.add(name, value, specPath.Field(field))
	case otherwise != "":
		a.ours(name, otherwise)
	}
}

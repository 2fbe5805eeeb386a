package explain

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// The ports on which the operator runs the servers (v0.95.1).
const (
	prometheusPort = 9090
	rulerPort      = 10902
)

// explainServers is about what Prometheus itself says of the object.
func (e *explainer) explainServers() {
	if e.API == nil {
		return
	}
	for _, i := range e.instances {
		if !i.included || i.Ref.Kind == monitoringv1.AlertmanagersKind {
			continue
		}
		e.section = "What " + i.Ref.String() + " says"
		if e.OnlyServer != "" && len(e.instances) > 1 {
			e.section = "What Prometheus says"
			e.unknown("server", fmt.Sprintf("%s is the server of one of %d instances that select the object: name it with --prometheus NAMESPACE/NAME.", e.OnlyServer, len(e.instances)))
			return
		}
		servers := serversOf(i)
		if e.OnlyServer != "" {
			servers = make([]Server, 1) // whichever: the API asks the same one
		}
		if len(servers) == 0 {
			e.unknown("server", "It runs on each node: name one of its servers with --prometheus-url.")
			continue
		}
		if !e.explainReload(i, servers) {
			continue
		}
		if e.ref.Kind == monitoringv1.PrometheusRuleKind {
			e.explainRules(i, servers[0])
			continue
		}
		for _, job := range i.jobs {
			e.explainJob(i, job, servers)
		}
	}
}

// serversOf returns the first replica of each shard of an instance, as the operator names them. An
// agent on each node has no such names.
func serversOf(i *instance) []Server {
	if ruler, ok := i.Object.(*monitoringv1.ThanosRuler); ok {
		return []Server{{
			Namespace: i.Ref.Namespace, Pod: resourceName(i) + "-0", Port: rulerPort,
			TLS: ruler.Spec.Web != nil && ruler.Spec.Web.TLSConfig != nil, Prefix: prefixOr(ruler.Spec.RoutePrefix),
		}}
	}
	common, ok := commonOf(i)
	if !ok || isOnEachNode(i) {
		return nil
	}
	shards := 1
	if common.Shards != nil && *common.Shards > 1 {
		shards = int(*common.Shards)
	}
	var servers []Server
	for shard := range shards {
		name := resourceName(i)
		if shard > 0 {
			name += fmt.Sprintf("-shard-%d", shard)
		}
		servers = append(servers, Server{
			Namespace: i.Ref.Namespace, Pod: name + "-0", Port: prometheusPort,
			TLS: common.PrometheusURIScheme() == "https", Prefix: prefixOr(common.RoutePrefix),
		})
	}
	return servers
}

func prefixOr(prefix string) string { return "/" + strings.Trim(prefix, "/") }

// get asks a server, and decodes the data of its answer.
func (e *explainer) get(server Server, path string, query url.Values, data any) error {
	body, err := e.API.Get(e.ctx, server, path, query)
	if err != nil {
		return err //nolint:wrapcheck // the caller says what is not known
	}
	answer := struct {
		Status string          `json:"status"`
		Error  string          `json:"error"`
		Data   json.RawMessage `json:"data"`
	}{}
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("the answer to %s is not that of Prometheus: %w", path, err)
	}
	if answer.Status != "success" {
		return fmt.Errorf("the answer to %s is an error: %s", path, answer.Error)
	}
	if err := json.Unmarshal(answer.Data, data); err != nil {
		return fmt.Errorf("the answer to %s is not that of Prometheus: %w", path, err)
	}
	return nil
}

// unreachable says why a server did not answer.
func (e *explainer) unreachable(server Server, err error) string {
	if e.OnlyServer != "" {
		return e.OnlyServer + ": " + err.Error()
	}
	if apierrors.IsForbidden(err) {
		return cause(err, "get", "pods/proxy", server.Namespace) + "; name a server with --prometheus-url instead"
	}
	return fmt.Sprintf("pod %s/%s: %s", server.Namespace, server.Pod, cause(err, "", "", ""))
}

// explainReload reports whether a server answers, and is about whether it could load its
// configuration. A ThanosRuler has no such answer.
func (e *explainer) explainReload(i *instance, servers []Server) bool {
	if _, ok := i.Object.(*monitoringv1.ThanosRuler); ok {
		return true
	}
	var info struct {
		ReloadConfigSuccess *bool  `json:"reloadConfigSuccess"`
		LastConfigTime      string `json:"lastConfigTime"`
	}
	for _, server := range servers {
		if err := e.get(server, "/api/v1/status/runtimeinfo", nil, &info); err != nil {
			e.unknown("server", "It does not answer: "+e.unreachable(server, err)+".")
			return false
		}
		if info.ReloadConfigSuccess != nil && !*info.ReloadConfigSuccess {
			e.no("loaded", fmt.Sprintf("Its last attempt to load the configuration failed: it still runs on that of %s.", info.LastConfigTime), problem{
				stageLoaded, i.Ref.String() + " could not load its configuration, and still runs on an older one", "see its log for the reason; promgate audit finds the object that causes it",
			})
			return true
		}
	}
	i.loaded = true
	e.yes("loaded", "It could load its configuration.")
	return true
}

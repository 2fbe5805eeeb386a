package explain_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/promgate/promgate/explain"
)

// servers records which servers are asked.
type servers struct{ asked []string }

func (s *servers) Get(_ context.Context, server explain.Server, path string, _ url.Values) ([]byte, error) {
	if strings.HasSuffix(path, "/runtimeinfo") {
		return []byte(`{"status":"success","data":{}}`), nil
	}
	s.asked = append(s.asked, fmt.Sprintf("%+v", server))
	return nil, errors.New("no answer")
}

// TestServers: the pods of each instance, as the operator runs them.
func TestServers(t *testing.T) {
	const objects = `
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: main, namespace: a}
spec: {ruleSelector: {}, podMonitorSelector: {}, shards: 2, routePrefix: prometheus/, web: {tlsConfig: {}}}
---
apiVersion: monitoring.coreos.com/v1alpha1
kind: PrometheusAgent
metadata: {name: main, namespace: a}
spec: {podMonitorSelector: {}, shards: 0}
---
apiVersion: monitoring.coreos.com/v1alpha1
kind: PrometheusAgent
metadata: {name: nodes, namespace: a}
spec: {podMonitorSelector: {}, mode: DaemonSet}
---
apiVersion: monitoring.coreos.com/v1
kind: ThanosRuler
metadata: {name: main, namespace: a}
spec: {ruleSelector: {}, routePrefix: /rules, web: {tlsConfig: {}}}
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: web, namespace: a}
spec: {selector: {}, podMetricsEndpoints: [{port: http}]}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: web, namespace: a}
spec: {groups: [{name: a, rules: [{record: a, expr: up}]}]}
`
	for command, want := range map[string][]string{
		"podmonitor a/web": {
			"{Namespace:a Pod:prom-agent-main-0 Port:9090 TLS:false Prefix:/}",
			"{Namespace:a Pod:prometheus-main-0 Port:9090 TLS:true Prefix:/prometheus}",
			"{Namespace:a Pod:prometheus-main-shard-1-0 Port:9090 TLS:true Prefix:/prometheus}",
		},
		"promrule a/web": {
			"{Namespace:a Pod:prometheus-main-0 Port:9090 TLS:true Prefix:/prometheus}",
			"{Namespace:a Pod:thanos-ruler-main-0 Port:10902 TLS:true Prefix:/rules}",
		},
	} {
		c := readCase(t, &txtar.Archive{Files: []txtar.File{{Name: "objects.yaml", Data: []byte(objects)}, {Name: "command", Data: []byte(command)}, {Name: "want"}}})
		s := &servers{}
		c.options.API = s
		c.explain(t)
		slices.Sort(s.asked)
		if diff := cmp.Diff(want, s.asked); diff != "" {
			t.Errorf("%s (-want +got):\n%s", command, diff)
		}
	}
}

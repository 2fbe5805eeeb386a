package watch

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/jobs"
)

// largeServer answers a list, and a watch that begins with a list, as client-go requests today. It
// has ServiceMonitors and nothing else.
type largeServer struct{ monitors int }

func (s largeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind, ok := served[path.Base(r.URL.Path)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	n := 0
	if kind.Kind == "ServiceMonitor" {
		n = s.monitors
	}
	version, name := kind.GroupVersion().String(), kind.Kind
	if strings.Contains(r.Header.Get("Accept"), "PartialObjectMetadata") {
		version, name = "meta.k8s.io/v1", "PartialObjectMetadata"
	}
	w.Header().Set("Content-Type", "application/json")
	if r.URL.Query().Get("watch") == "" {
		s.list(w, version, name, n)
		return
	}
	if r.URL.Query().Get("sendInitialEvents") == "true" {
		for i := range n {
			fmt.Fprintf(w, `{"type":"ADDED","object":%s}`+"\n", monitorJSON(i))
		}
		fmt.Fprintf(w, `{"type":"BOOKMARK","object":{"kind":%q,"apiVersion":%q,"metadata":{"resourceVersion":"1000000","annotations":{"k8s.io/initial-events-end":"true"}}}}`+"\n", name, version)
	}
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	<-r.Context().Done()
}

func (s largeServer) list(w io.Writer, version, kind string, n int) {
	fmt.Fprintf(w, `{"kind":"%sList","apiVersion":%q,"metadata":{"resourceVersion":"1000000"},"items":[`, kind, version)
	for i := range n {
		if i > 0 {
			_, _ = io.WriteString(w, ",")
		}
		_, _ = io.WriteString(w, monitorJSON(i))
	}
	_, _ = io.WriteString(w, "]}")
}

// monitorJSON is a monitor as Helm installs it, with the fields that the API server adds, of some
// 2.3 KB.
func monitorJSON(i int) string {
	return fmt.Sprintf(`{"apiVersion":"monitoring.coreos.com/v1","kind":"ServiceMonitor","metadata":{"name":"web-%[1]d","namespace":"team-%[2]d","uid":"00000000-0000-0000-0000-%012[1]d","resourceVersion":"%[1]d","generation":1,"creationTimestamp":"2026-01-02T03:04:05Z",`+
		`"labels":{"app.kubernetes.io/name":"web-%[1]d","app.kubernetes.io/instance":"web-%[1]d","app.kubernetes.io/part-of":"shop","app.kubernetes.io/managed-by":"Helm","helm.sh/chart":"web-1.2.%[3]d","release":"prometheus"},`+
		`"annotations":{"meta.helm.sh/release-name":"web-%[1]d","meta.helm.sh/release-namespace":"team-%[2]d"},`+
		`"managedFields":[{"manager":"helm","operation":"Update","apiVersion":"monitoring.coreos.com/v1","time":"2026-01-02T03:04:05Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{".":{},"f:meta.helm.sh/release-name":{},"f:meta.helm.sh/release-namespace":{}},"f:labels":{".":{},"f:app.kubernetes.io/instance":{},"f:app.kubernetes.io/managed-by":{},"f:app.kubernetes.io/name":{},"f:app.kubernetes.io/part-of":{},"f:helm.sh/chart":{},"f:release":{}}},"f:spec":{".":{},"f:endpoints":{},"f:jobLabel":{},"f:namespaceSelector":{},"f:selector":{}}}}]},`+
		`"spec":{"jobLabel":"app.kubernetes.io/name","namespaceSelector":{"matchNames":["team-%[2]d"]},"selector":{"matchLabels":{"app.kubernetes.io/name":"web-%[1]d","app.kubernetes.io/part-of":"shop"}},"endpoints":[`+
		`{"port":"web","interval":"30s","scrapeTimeout":"10s","relabelings":[{"action":"replace","sourceLabels":["__meta_kubernetes_pod_node_name"],"targetLabel":"node"}],"metricRelabelings":[{"action":"drop","sourceLabels":["__name__"],"regex":"go_.*"}]},`+
		`{"port":"admin","interval":"30s","scheme":"https","path":"/admin/metrics","bearerTokenFile":"/var/run/secrets/kubernetes.io/serviceaccount/token","tlsConfig":{"insecureSkipVerify":true}}]}}`,
		i, i%500, i%10)
}

// monitorOf returns what the index would hold of such a monitor under another name.
func monitorOf(i int) *jobs.Monitor {
	m := &monitoringv1.ServiceMonitor{}
	if err := json.Unmarshal([]byte(monitorJSON(i)), m); err != nil {
		panic(err) // it is a constant, but for numbers
	}
	m.Name, m.Annotations = "other", nil
	return jobs.MonitorOf(m)
}

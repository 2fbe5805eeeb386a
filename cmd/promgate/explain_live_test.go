package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExplainCluster: what the command asks a cluster, and what it makes of the answers. The cluster has
// no ThanosRuler, and the user may read Secrets in one namespace alone.
func TestExplainCluster(t *testing.T) {
	api := &fakeAPI{
		lists: map[string]string{
			"/apis/monitoring.coreos.com/v1/prometheuses":    `[{"metadata":{"name":"main","namespace":"monitoring"},"spec":{"scrapeInterval":"30s","evaluationInterval":"30s","serviceMonitorSelector":{},"serviceMonitorNamespaceSelector":{},"podMonitorSelector":{}}}]`,
			"/apis/monitoring.coreos.com/v1/servicemonitors": `[{"metadata":{"name":"web","namespace":"shop"},"spec":{"selector":{"matchLabels":{"app":"web"}},"endpoints":[{"port":"http"}]}}]`,
			"/api/v1/services":                `[{"metadata":{"name":"web","namespace":"shop","labels":{"app":"web"}},"spec":{"selector":{"app":"web"},"ports":[{"name":"http","port":80}]}}]`,
			"/api/v1/namespaces":              `[{"metadata":{"name":"shop"}}]`,
			"/api/v1/configmaps":              `[]`,
			"/api/v1/namespaces/shop/secrets": `[]`,
			"/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices": `[{"metadata":{"name":"web-1","namespace":"shop"},"addressType":"IPv4","ports":[{"name":"http","port":8080}],"endpoints":[{"addresses":["10.0.0.1"]}]}]`,
		},
		answers: map[string]string{
			"/api/v1/namespaces/monitoring/pods/http:prometheus-main-0:9090/proxy/api/v1/status/runtimeinfo": `{"status":"success","data":{"reloadConfigSuccess":true}}`,
			"/api/v1/namespaces/monitoring/pods/http:prometheus-main-0:9090/proxy/api/v1/targets":            `{"status":"success","data":{"activeTargets":[{"scrapePool":"serviceMonitor/shop/web/0","scrapeUrl":"http://10.0.0.1:8080/metrics","health":"down","lastError":"server returned HTTP status 401 Unauthorized"}],"droppedTargetCounts":{"serviceMonitor/shop/web/0":0}}}`,
		},
	}
	server := httptest.NewServer(api)
	defer server.Close()
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf(`{"apiVersion":"v1","kind":"Config","clusters":[{"name":"a","cluster":{"server":%q}}],"contexts":[{"name":"a","context":{"cluster":"a"}}],"current-context":"a"}`, server.URL)
	if err := os.WriteFile(kubeconfig, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	cmd := rootCommand()
	cmd.SetOut(&got)
	cmd.SetArgs([]string{"explain", "smon", "shop/web", "--kubeconfig", kubeconfig})
	if err := cmd.Execute(); err != nil {
		t.Error(err)
	}
	want := `ServiceMonitor shop/web

  yes      ServiceMonitor shop/web exists.
  yes      Neither it nor its namespace has the label promgate.dev/ignore.

Checks
  yes      No check denies it.

Prometheus monitoring/main
  yes      The operator manages it, if its flags do not exclude it.
  yes      Its serviceMonitorNamespaceSelector, {}, matches the namespace shop.
  yes      Its serviceMonitorSelector, {}, matches the labels of the object.
  yes      It is in the configuration, as the job serviceMonitor/shop/web/0.
  unknown  Whether the operator has written it into Secret
           monitoring/prometheus-main is not known: you may not list secrets in
           namespace monitoring.

Targets
  yes      Its selector, app=web, matches 1 Service in namespace shop: shop/web.
  no       The service account monitoring/default of Prometheus monitoring/main
           may not list pods in namespace shop.
  yes      endpoints[0], port http: shop/web has it.
  yes      endpoints[0], port http: 1 address is behind it: 10.0.0.1:8080.

What Prometheus monitoring/main says
  yes      It could load its configuration.
  no       The job serviceMonitor/shop/web/0: 0 targets are up, 1 down;
           relabeling dropped 0.
           - http://10.0.0.1:8080/metrics: server returned HTTP status 401
             Unauthorized

Prometheus monitoring/main finds no targets, because its service account
monitoring/default may not list pods in namespace shop: give it a Role or
ClusterRole that lets it get, list and watch them. 1 other step above says no as
well.
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, request := range api.writes {
		if request != "/apis/authorization.k8s.io/v1/subjectaccessreviews" {
			t.Errorf("the command writes: %s", request)
		}
	}
}

// fakeAPI answers as an API server does.
type fakeAPI struct {
	lists   map[string]string // the items of a list by path; all other lists are forbidden
	answers map[string]string // the rest
	writes  []string
}

// resources are those of the groups of the cluster.
var resources = map[string][]string{
	"/api/v1":                        {"Namespace", "Service", "Secret", "ConfigMap", "Pod"},
	"/apis/monitoring.coreos.com/v1": {"Prometheus", "ServiceMonitor", "PodMonitor", "Probe", "PrometheusRule"},
	"/apis/discovery.k8s.io/v1":      {"EndpointSlice"},
	"/apis/authorization.k8s.io/v1":  {"SubjectAccessReview"},
}

func (f *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	answer := func(code int, text string) {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(text))
	}
	kinds, isGroup := resources[r.URL.Path]
	items, isList := f.lists[r.URL.Path]
	text, isAnswer := f.answers[r.URL.Path]
	switch {
	case r.Method != http.MethodGet:
		f.writes = append(f.writes, r.URL.Path)
		review, _ := io.ReadAll(r.Body) // in protobuf
		answer(201, fmt.Sprintf(`{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1","status":{"allowed":%t}}`, !bytes.Contains(review, []byte("pods"))))
	case r.URL.Path == "/api":
		answer(200, `{"kind":"APIVersions","versions":["v1"]}`)
	case r.URL.Path == "/apis":
		answer(200, groupList())
	case isGroup:
		answer(200, resourceList(strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/apis/"), "/api/"), kinds))
	case isAnswer:
		answer(200, text)
	case isList:
		kind, version := "List", "v1"
		if strings.HasSuffix(r.URL.Path, "/endpointslices") { // this one is read into its Go type
			kind, version = "EndpointSliceList", "discovery.k8s.io/v1"
		}
		answer(200, fmt.Sprintf(`{"kind":%q,"apiVersion":%q,"items":%s}`, kind, version, items))
	case strings.HasSuffix(r.URL.Path, "s"):
		answer(403, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","message":"no","code":403}`)
	default:
		answer(404, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","message":"no","code":404}`)
	}
}

func groupList() string {
	var groups []string
	for path := range resources {
		if version, ok := strings.CutPrefix(path, "/apis/"); ok {
			name, _, _ := strings.Cut(version, "/")
			groups = append(groups, fmt.Sprintf(`{"name":%q,"versions":[{"groupVersion":%q,"version":"v1"}],"preferredVersion":{"groupVersion":%q,"version":"v1"}}`, name, version, version))
		}
	}
	return `{"kind":"APIGroupList","apiVersion":"v1","groups":[` + strings.Join(groups, ",") + `]}`
}

func resourceList(version string, kinds []string) string {
	var list []string
	for _, kind := range kinds {
		name := strings.ToLower(kind) + "s"
		if kind == "Prometheus" {
			name = "prometheuses"
		}
		list = append(list, fmt.Sprintf(`{"name":%q,"singularName":%q,"namespaced":%t,"kind":%q,"verbs":["list"]}`, name, strings.ToLower(kind), kind != "Namespace" && kind != "SubjectAccessReview", kind))
	}
	return fmt.Sprintf(`{"kind":"APIResourceList","apiVersion":"v1","groupVersion":%q,"resources":[%s]}`, version, strings.Join(list, ","))
}

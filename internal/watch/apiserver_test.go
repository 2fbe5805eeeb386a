package watch

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// resources are the kinds that an API server may have.
var resources = map[string]struct{ group, kind string }{
	"namespaces":       {"v1", "Namespace"},
	"services":         {"v1", "Service"},
	"prometheuses":     {"monitoring.coreos.com/v1", "Prometheus"},
	"prometheusagents": {"monitoring.coreos.com/v1alpha1", "PrometheusAgent"},
	"thanosrulers":     {"monitoring.coreos.com/v1", "ThanosRuler"},
	"servicemonitors":  {"monitoring.coreos.com/v1", "ServiceMonitor"},
	"podmonitors":      {"monitoring.coreos.com/v1", "PodMonitor"},
	"probes":           {"monitoring.coreos.com/v1", "Probe"},
	"scrapeconfigs":    {"monitoring.coreos.com/v1alpha1", "ScrapeConfig"},
	"alertmanagers":    {"monitoring.coreos.com/v1", "Alertmanager"},

	"alertmanagerconfigs": {"monitoring.coreos.com/v1alpha1", "AlertmanagerConfig"},
}

// apiServer answers the requests of informers: discovery, lists as watches, bookmarks.
type apiServer struct {
	mu       sync.Mutex
	objects  map[string][]string // by resource: JSON
	unserved map[string]bool     // gone from the API
	hidden   map[string]bool     // gone from the API, and still in discovery
	watches  map[string][]chan string
	refused  int // lists and watches of missing kinds

	changes map[string][]string // by resource: events after resource version 1
}

func newAPIServer() *apiServer {
	return &apiServer{objects: map[string][]string{}, unserved: map[string]bool{}, hidden: map[string]bool{}, watches: map[string][]chan string{}, changes: map[string][]string{}}
}

// change does something to the server between two requests.
func (s *apiServer) change(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// bookmark sends one on each watch of the resources.
func (s *apiServer) bookmark(resource string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.watches[resource] {
		w <- bookmark(resource, "")
	}
}

// drop breaks the watches of a resource.
func (s *apiServer) drop(resource string) {
	for _, w := range s.watches[resource] {
		close(w)
	}
	s.watches[resource] = nil
}

// bookmark has the resource version that everything has: on a quiet cluster it does not
// move.
func bookmark(resource, annotations string) string {
	r := resources[resource]
	if resource == "namespaces" || resource == "alertmanagerconfigs" {
		r.group, r.kind = "meta.k8s.io/v1", "PartialObjectMetadata" // it is asked for no more
	}
	return fmt.Sprintf(`{"type":"BOOKMARK","object":{"apiVersion":%q,"kind":%q,"metadata":{"resourceVersion":"1","annotations":{%s}}}}`, r.group, r.kind, annotations)
}

func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	path := strings.Trim(r.URL.Path, "/")
	switch path {
	case "api":
		write(w, metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}})
	case "apis":
		write(w, metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}, Groups: []metav1.APIGroup{monitoring()}})
	case "apis/monitoring.coreos.com":
		group := monitoring()
		group.TypeMeta = metav1.TypeMeta{Kind: "APIGroup", APIVersion: "v1"}
		write(w, group)
	case "api/v1", "apis/monitoring.coreos.com/v1", "apis/monitoring.coreos.com/v1alpha1":
		write(w, s.discovery(strings.TrimPrefix(strings.TrimPrefix(path, "apis/"), "api/")))
	default:
		s.collection(w, r, path[strings.LastIndexByte(path, '/')+1:])
	}
}

func monitoring() metav1.APIGroup {
	version := func(v string) metav1.GroupVersionForDiscovery {
		return metav1.GroupVersionForDiscovery{GroupVersion: "monitoring.coreos.com/" + v, Version: v}
	}
	return metav1.APIGroup{Name: "monitoring.coreos.com", PreferredVersion: version("v1"), Versions: []metav1.GroupVersionForDiscovery{version("v1"), version("v1alpha1")}}
}

func (s *apiServer) discovery(groupVersion string) metav1.APIResourceList {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: groupVersion}
	for name, r := range resources {
		if r.group == groupVersion && !s.unserved[name] {
			list.APIResources = append(list.APIResources, metav1.APIResource{
				Name: name, SingularName: strings.ToLower(r.kind), Kind: r.kind, Namespaced: name != "namespaces", Verbs: metav1.Verbs{"get", "list", "watch"},
			})
		}
	}
	return list
}

// collection answers a list, or a watch that may begin with all there is.
func (s *apiServer) collection(w http.ResponseWriter, r *http.Request, resource string) {
	s.mu.Lock()
	if s.unserved[resource] || s.hidden[resource] {
		s.refused++
		s.mu.Unlock()
		w.WriteHeader(http.StatusNotFound)
		write(w, metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure, Reason: metav1.StatusReasonNotFound, Code: http.StatusNotFound})
		return
	}
	objects, changes := s.objects[resource], s.changes[resource]
	if !r.URL.Query().Has("watch") {
		s.mu.Unlock()
		_, _ = fmt.Fprintf(w, `{"apiVersion":%q,"kind":%q,"metadata":{"resourceVersion":"1"},"items":[%s]}`,
			resources[resource].group, resources[resource].kind+"List", strings.Join(objects, ","))
		return
	}
	if r.URL.Query().Get("timeoutSeconds") == "1" {
		s.mu.Unlock()
		_, _ = w.Write([]byte(strings.Join(changes, "\n")))
		return
	}
	events := make(chan string, 10)
	s.watches[resource] = append(s.watches[resource], events)
	s.mu.Unlock()

	send := func(event string) {
		_, _ = w.Write([]byte(event + "\n"))
		_ = http.NewResponseController(w).Flush()
	}
	if r.URL.Query().Get("sendInitialEvents") == "true" {
		for _, o := range objects {
			send(`{"type":"ADDED","object":` + o + `}`)
		}
		send(bookmark(resource, `"k8s.io/initial-events-end":"true"`))
	} else {
		_ = http.NewResponseController(w).Flush() // the answer has begun
		for _, event := range changes {
			send(event)
		}
	}
	for {
		select {
		case <-r.Context().Done():
			return
		case event, open := <-events:
			if !open {
				return
			}
			send(event)
		}
	}
}

func write(w http.ResponseWriter, answer any) {
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

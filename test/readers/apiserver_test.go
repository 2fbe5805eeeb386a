package readers

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	webhookerrors "k8s.io/apiserver/pkg/admission/plugin/webhook/errors"
)

const (
	webhookName = "validate.promgate.dev"
	listPath    = "/apis/monitoring.coreos.com/v1/namespaces/shop/prometheusrules"
	objectPath  = listPath + "/web"
)

// apiServer is a small API server with the endpoints that the tools need. It holds one
// PrometheusRule, and a webhook refuses each change of it.
type apiServer struct {
	*httptest.Server

	t     *testing.T
	words string
	deny  denial

	mu      sync.Mutex
	changes []string // methods of the requests to change the object
	deleted bool
}

func startServer(t *testing.T, words string, deny denial) *apiServer {
	t.Helper()
	s := &apiServer{t: t, words: words, deny: deny}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"major": "1", "minor": "37", "gitVersion": "v1.37.2"})
	})
	mux.HandleFunc("GET /api", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}})
	})
	mux.HandleFunc("GET /apis", func(w http.ResponseWriter, _ *http.Request) {
		version := metav1.GroupVersionForDiscovery{GroupVersion: "monitoring.coreos.com/v1", Version: "v1"}
		writeJSON(w, http.StatusOK, metav1.APIGroupList{
			TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"},
			Groups:   []metav1.APIGroup{{Name: "monitoring.coreos.com", Versions: []metav1.GroupVersionForDiscovery{version}, PreferredVersion: version}},
		})
	})
	mux.HandleFunc("GET /apis/monitoring.coreos.com/v1", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, metav1.APIResourceList{
			TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: "monitoring.coreos.com/v1",
			APIResources: []metav1.APIResource{{
				Name: "prometheusrules", SingularName: "prometheusrule", Namespaced: true, Kind: "PrometheusRule",
				Verbs: metav1.Verbs{"create", "delete", "get", "list", "patch", "update", "watch"},
			}},
		})
	})
	mux.HandleFunc("GET "+objectPath, s.get)
	mux.HandleFunc("DELETE "+objectPath, s.remove)
	mux.HandleFunc("PATCH "+objectPath, s.change)
	mux.HandleFunc("PUT "+objectPath, s.change)
	mux.HandleFunc("POST "+listPath, s.change)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { writeStatus(w, notFound()) })
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *apiServer) get(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.deleted {
		writeStatus(w, notFound())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(s.live())
}

// live returns the stored object, as a tool applied it before.
func (s *apiServer) live() []byte {
	var object map[string]any
	if err := json.Unmarshal(rule(s.t, s.words, "up"), &object); err != nil {
		s.t.Error(err)
	}
	metadata := object["metadata"].(map[string]any)
	metadata["uid"], metadata["resourceVersion"] = "0c5d", "7"
	metadata["labels"] = map[string]any{"app.kubernetes.io/managed-by": "Helm"}
	metadata["annotations"] = map[string]any{
		"kubectl.kubernetes.io/last-applied-configuration": string(rule(s.t, s.words, "up")),
		"meta.helm.sh/release-name":                        "web", "meta.helm.sh/release-namespace": "shop",
	}
	raw, err := json.Marshal(object)
	if err != nil {
		s.t.Error(err)
	}
	return raw
}

func (s *apiServer) remove(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes = append(s.changes, r.Method)
	s.deleted = true
	writeStatus(w, &metav1.Status{Status: metav1.StatusSuccess, Code: http.StatusOK})
}

// change refuses a change with the answer of the webhook, wrapped as the API server does it.
func (s *apiServer) change(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.changes = append(s.changes, r.Method)
	s.mu.Unlock()
	status := webhookerrors.ToStatusErr(webhookName, s.deny(s.t, update(s.t, s.words))).Status()
	writeStatus(w, &status)
}

// wantNoDelete fails the test if a tool has deleted the object, or has sent no request to change
// it.
func (s *apiServer) wantNoDelete() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.deleted {
		s.t.Errorf("the live object was deleted, after %v", s.changes)
	}
	if len(s.changes) == 0 {
		s.t.Error("no request to change the object")
	}
}

// wantWholeDenial fails the test if an error does not show the whole message of the denial.
func (s *apiServer) wantWholeDenial(err error) {
	s.t.Helper()
	if err == nil {
		s.t.Fatal("no error")
	}
	message := s.deny(s.t, update(s.t, s.words)).Message
	if !strings.Contains(err.Error(), message) {
		s.t.Errorf("the error\n%s\ndoes not show the denial\n%s", err, message)
	}
}

func notFound() *metav1.Status {
	return &metav1.Status{Status: metav1.StatusFailure, Code: http.StatusNotFound, Reason: metav1.StatusReasonNotFound, Message: "not found"}
}

func writeStatus(w http.ResponseWriter, status *metav1.Status) {
	status.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	writeJSON(w, int(status.Code), status)
}

func writeJSON(w http.ResponseWriter, code int, content any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(content)
}

package watch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"

	"github.com/promgate/promgate/selection"
)

// answers is a [Question] that gives one answer after the other.
type answers struct {
	missed []bool
	err    error
	asked  []string
}

func (a *answers) Missed(_ context.Context, kind schema.GroupVersionKind, resourceVersion string) (bool, error) {
	a.asked = append(a.asked, kind.Kind+" since "+resourceVersion)
	if a.err != nil {
		return false, a.err
	}
	missed := a.missed[0]
	a.missed = a.missed[1:]
	return missed, nil
}

// at returns an informer that has all changes up to a resource version.
type at struct {
	cache.SharedIndexInformer

	version string
}

func (a at) LastSyncResourceVersion() string { return a.version }

// asking returns a watch whose informer of ServiceMonitors last heard something a while ago.
func asking(t *testing.T, silence time.Duration, version string, question *answers) (*Watch, *kind, *clock) {
	t.Helper()
	w, clock, _ := watchAt(t)
	w.question = question
	k := w.kindOf(selection.NewMonitor("ServiceMonitor"))
	var informer cache.SharedIndexInformer = at{version: version}
	k.informer.Store(&informer)
	w.note(k, nil)
	clock.pass(silence)
	return w, k, clock
}

// TestAsk: which kinds promgate asks about.
func TestAsk(t *testing.T) {
	cases := map[string]struct {
		reason  string
		silence time.Duration
		version string
		missing bool
		want    string
	}{
		"Silent":    {silence: quietAfter + 1, version: "7", want: "ServiceMonitor since 7", reason: "the informer has all changes up to that version"},
		"Heard":     {silence: quietAfter, version: "7", reason: "a bookmark may be on its way"},
		"Unread":    {silence: quietAfter + 1, reason: "the informer has read nothing yet"},
		"AnyState":  {silence: quietAfter + 1, version: "0", reason: "for a watch, 0 means any version"},
		"Uninstall": {silence: quietAfter + 1, version: "7", missing: true, reason: "the cluster does not have the kind"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			question := &answers{missed: []bool{false}}
			w, k, _ := asking(t, tc.silence, tc.version, question)
			k.missing.Store(tc.missing)
			w.ask(t.Context(), k)
			if got := strings.Join(question.asked, ", "); got != tc.want {
				t.Errorf("%s: asked %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

// TestQuietHour: if the API server sends nothing but answers questions, the model is never stale.
func TestQuietHour(t *testing.T) {
	question := &answers{missed: make([]bool, 1000)}
	w, k, clock := asking(t, 0, "7", question)
	for range int(time.Hour / questionInterval) {
		clock.pass(questionInterval)
		w.ask(t.Context(), k)
		if _, stale := w.Stale(); stale {
			t.Fatalf("stale after %d questions", len(question.asked))
		}
	}
	if n := len(question.asked); n < 30 || n > 60 {
		t.Errorf("%d questions in an hour; about one a minute is enough", n)
	}
}

// TestNoAnswer: a question without an answer proves nothing, and the log says why.
func TestNoAnswer(t *testing.T) {
	question := &answers{err: errors.New("connection refused")}
	w, k, clock := asking(t, 0, "7", question)
	var staleAt time.Duration
	for passed := time.Duration(0); passed < 2*staleAfter && staleAt == 0; passed += questionInterval {
		w.ask(t.Context(), k)
		if _, stale := w.Stale(); stale {
			staleAt = passed
		}
		clock.pass(questionInterval)
	}
	if staleAt <= staleAfter-questionInterval || staleAt > staleAfter+questionInterval {
		t.Errorf("stale after %s, want %s", staleAt, staleAfter)
	}
	question.err, question.missed = nil, []bool{false}
	w.ask(t.Context(), k)
	if _, stale := w.Stale(); stale {
		t.Error("stale in spite of an answer")
	}
}

func TestLogTurnSaysWhy(t *testing.T) {
	w, clock, logs := watchAt(t)
	w.question = &answers{err: errors.New("connection refused")}
	k := w.kinds[1]
	var informer cache.SharedIndexInformer = at{version: "7"}
	k.informer.Store(&informer)
	w.note(k, nil)
	clock.pass(2 * staleAfter)
	w.ask(t.Context(), k)
	w.logTurn()
	if got := logs.String(); !strings.Contains(got, "connection refused") || !strings.Contains(got, k.name) {
		t.Errorf("the log says\n%s", got)
	}
}

// TestMissed: a change that the informer does not have makes the kind stale, even if the API server
// answers all questions.
func TestMissed(t *testing.T) {
	question := &answers{missed: make([]bool, 1000)}
	for i := range question.missed {
		question.missed[i] = true
	}
	w, k, clock := asking(t, staleAfter, "7", question)
	w.ask(t.Context(), k)
	clock.pass(1)
	if _, stale := w.Stale(); !stale {
		t.Error("not stale")
	}
}

// TestCutOff: a watch that is open and delivers nothing is restarted. A single question that is
// merely ahead of the watch does not restart it.
func TestCutOff(t *testing.T) {
	server := newAPIServer()
	r := start(t, server)
	server.change(func() {
		added := strings.Replace(serviceMonitor("new"), `"resourceVersion":"1"`, `"resourceVersion":"2"`, 1)
		server.objects["servicemonitors"] = []string{added}
		server.changes["servicemonitors"] = []string{`{"type":"ADDED","object":` + added + `}`}
	})
	k := r.kindOf(selection.NewMonitor("ServiceMonitor"))
	r.clock.pass(quietAfter + 1)
	r.ask(t.Context(), k)
	if k.misses != 1 || r.knows("new") {
		t.Fatalf("after one question: %d misses, the object is known: %v", k.misses, r.knows("new"))
	}
	r.ask(t.Context(), k)
	eventually(t, "the informer has what it missed", func() bool { return r.knows("new") })
	if known := k.known(); known == nil || !known.Equal(r.now()) {
		t.Errorf("known up to %v, want %v", known, r.now())
	}
}

// TestConfirmedByTheServer: through the real client, where nothing changed.
func TestConfirmedByTheServer(t *testing.T) {
	r := start(t, newAPIServer())
	r.clock.pass(2 * staleAfter)
	if _, stale := r.Stale(); !stale {
		t.Fatal("not stale")
	}
	for _, k := range r.kinds {
		if !k.missing.Load() {
			r.ask(t.Context(), k)
		}
	}
	if kind, stale := r.Stale(); stale {
		t.Errorf("%s is stale", kind)
	}
}

// TestChanges: how the API server's answer is read.
func TestChanges(t *testing.T) {
	gone := `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410}`
	cases := map[string]struct {
		reason string
		code   int
		body   string
		broken bool // the connection breaks after the body
		missed bool
		fails  bool
	}{
		"Nothing":     {reason: "the watch ended by itself"},
		"Bookmark":    {body: `{"type":"BOOKMARK","object":{}}` + "\n", reason: "a bookmark is no change"},
		"Added":       {body: `{"type":"BOOKMARK","object":{}}` + "\n" + `{"type":"ADDED","object":{}}` + "\n", missed: true, reason: "the informer does not have it"},
		"Deleted":     {body: `{"type":"DELETED","object":{}}`, missed: true, reason: "the informer does not have the deletion"},
		"Expired":     {body: `{"type":"ERROR","object":` + gone + `}`, missed: true, reason: "the informer has to read all objects again"},
		"ExpiredCode": {code: http.StatusGone, body: gone, missed: true, reason: "the same, before the watch begins"},
		"Error":       {body: `{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","code":500}}`, fails: true, reason: "the answer does not tell what changed"},
		"Refused":     {code: http.StatusForbidden, body: `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403}`, fails: true, reason: "no answer"},
		"Broken":      {broken: true, reason: "a change may have been lost", fails: true},
		"BrokenLate":  {body: `{"type":"BOOKMARK","object":{}}` + "\n", broken: true, reason: "a change may have been lost", fails: true},
		"Cut":         {body: `{"type":"ADD`, reason: "half an event", fails: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			missed, err := ask(t, schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "Probe"}, func(w http.ResponseWriter, _ *http.Request) {
				if tc.code != 0 {
					w.Header().Set("Content-Type", "application/json")
					w.WriteHeader(tc.code)
				}
				_, _ = w.Write([]byte(tc.body))
				_ = http.NewResponseController(w).Flush()
				if tc.broken {
					panic(http.ErrAbortHandler)
				}
			})
			if missed != tc.missed || (err != nil) != tc.fails {
				t.Errorf("%s: missed is %v, the error %v", tc.reason, missed, err)
			}
		})
	}
}

// TestChangesRequest: the request that promgate sends.
func TestChangesRequest(t *testing.T) {
	cases := map[string]struct {
		kind schema.GroupVersionKind
		want string
	}{
		"Core":  {schema.GroupVersionKind{Version: "v1", Kind: "Service"}, "/api/v1/services"},
		"Group": {schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "Prometheus"}, "/apis/monitoring.coreos.com/v1/prometheuses"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := ""
			if _, err := ask(t, tc.kind, func(_ http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				got = fmt.Sprintf("%s watch=%s from %s for %ss as %s", r.URL.Path, q.Get("watch"), q.Get("resourceVersion"), q.Get("timeoutSeconds"), r.Header.Get("Accept"))
			}); err != nil {
				t.Fatal(err)
			}
			if want := tc.want + " watch=true from 7 for 1s as application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// ask asks a server what changed after resource version 7.
func ask(t *testing.T, kind schema.GroupVersionKind, serve http.HandlerFunc) (bool, error) {
	t.Helper()
	server := httptest.NewServer(serve)
	defer server.Close()
	client, err := discovery.NewDiscoveryClientForConfig(&rest.Config{Host: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	mapper := meta.NewDefaultRESTMapper(nil)
	mapper.Add(kind, meta.RESTScopeNamespace)
	return Changes{Client: client.RESTClient(), Mapper: mapper}.Missed(t.Context(), kind, "7")
}

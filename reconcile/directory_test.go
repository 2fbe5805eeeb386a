package reconcile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

var mainRef = selection.Ref{Kind: "Prometheus", Namespace: "monitoring", Name: "main"}

func mainPrometheus() *monitoringv1.Prometheus {
	p := &monitoringv1.Prometheus{}
	p.Namespace, p.Name, p.UID = "monitoring", "main", "uid-main"
	p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = "30s", "30s"
	all := &metav1.LabelSelector{}
	p.Spec.ServiceMonitorSelector, p.Spec.ServiceMonitorNamespaceSelector = all, all
	p.Spec.RuleSelector, p.Spec.RuleNamespaceSelector = all, all
	return p
}

func monitor(name string) *monitoringv1.ServiceMonitor {
	m := &monitoringv1.ServiceMonitor{}
	m.Namespace, m.Name = "shop", name
	m.Spec.Selector.MatchLabels = map[string]string{"app": name}
	m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: "web"}}
	return m
}

func rule(expr string) *monitoringv1.PrometheusRule {
	r := &monitoringv1.PrometheusRule{}
	r.Namespace, r.Name, r.UID = "shop", "r", "u"
	r.Spec.Groups = []monitoringv1.RuleGroup{{Name: "g", Rules: []monitoringv1.Rule{{Record: "a:b", Expr: intstr.FromString(expr)}}}}
	return r
}

// configuration returns the configuration of some objects, as it is written to a directory.
func configuration(t *testing.T, objects ...selection.Object) *render.Configuration {
	t.Helper()
	options := promconfig.AsInstalled()
	options.Paths = DirectoryPaths
	e := render.NewEngine(cluster.New(cluster.Options{KeepObjects: true}).Assets(), options, nil, time.Now)
	for _, o := range append(objects, mainPrometheus()) {
		e.Put(o)
	}
	c, err := e.Render(mainRef)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// prometheusServer imitates Prometheus' answer to a reload. It refuses a configuration that
// contains the word in refuses.
type prometheusServer struct {
	dir     string
	reloads atomic.Int32
	refuses atomic.Value // a string
	down    atomic.Bool
	blind   bool
}

func (p *prometheusServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.down.Load() {
		panic(http.ErrAbortHandler)
	}
	text, err := os.ReadFile(filepath.Join(p.dir, configurationFile))
	refuses, _ := p.refuses.Load().(string)
	bad := err != nil || refuses != "" && strings.Contains(string(text), refuses)
	switch {
	case r.URL.Path == "/-/reload" && r.Method == http.MethodPost:
		p.reloads.Add(1)
		if bad && !p.blind {
			http.Error(w, "failed to reload config: invalid", http.StatusInternalServerError)
		}
	case r.URL.Path == "/api/v1/status/runtimeinfo":
		fmt.Fprintf(w, `{"status": "success", "data": {"reloadConfigSuccess": %t}}`, !bad)
	default:
		http.NotFound(w, r)
	}
}

func directory(t *testing.T) (*Directory, *prometheusServer) {
	t.Helper()
	server := &prometheusServer{dir: t.TempDir()}
	s := httptest.NewServer(server)
	t.Cleanup(s.Close)
	reloader, err := NewReloader(s.URL, prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDirectory(server.dir, mainRef, map[string]string{"SHARD": "0"}, reloader)
	if err != nil {
		t.Fatal(err)
	}
	return d, server
}

// tree returns what Prometheus finds in the directory.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	for _, pattern := range []string{configurationFile, "rules/*/*", "certs/*"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			info, err := os.Stat(f)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %s", f, info.Mode())
			}
			names = append(names, strings.TrimPrefix(f, dir+"/"))
		}
	}
	return names
}

func TestDirectory(t *testing.T) {
	d, server := directory(t)
	write := func(wantChanged bool, wantReloads int32, objects ...selection.Object) {
		t.Helper()
		changed, err := d.Write(t.Context(), mainPrometheus(), configuration(t, objects...))
		if err != nil || changed != wantChanged || server.reloads.Load() != wantReloads {
			t.Errorf("changed %t, %d reloads, %v", changed, server.reloads.Load(), err)
		}
	}
	write(true, 1, monitor("a"), rule("up"))
	if got := tree(t, server.dir); !slices.Equal(got, []string{configurationFile, "rules/prometheus-main-rulefiles-0/shop-r-u.yaml"}) {
		t.Errorf("%v", got)
	}
	text, err := os.ReadFile(filepath.Join(server.dir, configurationFile))
	if err != nil || strings.Contains(string(text), "$(SHARD)") || !strings.Contains(string(text), "rules/prometheus-main-rulefiles-0/*.yaml") {
		t.Errorf("%v:\n%s", err, text)
	}
	write(false, 1, monitor("a"), rule("up")) // nothing to do
	write(true, 2, monitor("a"), rule("up == 0"))
	write(true, 3, monitor("a"))
	if got := tree(t, server.dir); !slices.Equal(got, []string{configurationFile}) {
		t.Errorf("a deleted rule has a file: %v", got)
	}
	stored, err := d.Stored(t.Context(), mainPrometheus())
	if err != nil || !maps.Equal(stored.Jobs, map[string]bool{"serviceMonitor/shop/a/0": true}) {
		t.Errorf("%v %v", stored, err)
	}
	if n := generations(t, server.dir); n != 1 {
		t.Errorf("%d generations", n)
	}
}

// TestRefusedReload: a configuration that Prometheus refuses is not left for its next start.
func TestRefusedReload(t *testing.T) {
	for _, blind := range []bool{false, true} { // Prometheus answers with an error, or only its status shows the failure
		d, server := directory(t)
		server.blind = blind
		if _, err := d.Write(t.Context(), mainPrometheus(), configuration(t, monitor("good"))); err != nil {
			t.Fatal(err)
		}
		server.refuses.Store("shop/bad")
		for range 2 { // the second time without another reload
			_, err := d.Write(t.Context(), mainPrometheus(), configuration(t, monitor("bad")))
			problem, ours := problemOf(err)
			if problem == nil || ours != nil || problem.reason != "ReloadRefused" {
				t.Fatalf("%v %v", problem, ours)
			}
			text, err := os.ReadFile(filepath.Join(server.dir, configurationFile))
			if err != nil || !strings.Contains(string(text), "shop/good") {
				t.Errorf("the last good one is gone: %v\n%s", err, text)
			}
		}
		if server.reloads.Load() != 3 { // the good one, the bad one, and back
			t.Errorf("%d reloads", server.reloads.Load())
		}
		if _, err := d.Write(t.Context(), mainPrometheus(), configuration(t, monitor("better"))); err != nil {
			t.Errorf("after a refusal: %v", err)
		}
	}
}

// TestLastGood: a configuration that was written while Prometheus was down does not count as good,
// even after a restart of the loop; and no generations pile up meanwhile.
func TestLastGood(t *testing.T) {
	d, server := directory(t)
	write := func(name string) (*problem, error) {
		_, err := d.Write(t.Context(), mainPrometheus(), configuration(t, monitor(name)))
		return problemOf(err)
	}
	_, _ = write("good")
	server.down.Store(true)
	for _, name := range []string{"bad", "bad-too", "bad-as-well"} {
		if _, err := write(name); err == nil {
			t.Fatal("written")
		}
	}
	if n := generations(t, server.dir); n != 2 {
		t.Errorf("%d left behind", n)
	}
	server.down.Store(false)
	server.refuses.Store("shop/bad")
	again, err := NewDirectory(server.dir, mainRef, d.variables, d.reloader)
	if err != nil {
		t.Fatal(err)
	}
	for _, writer := range []*Directory{d, again} {
		d = writer
		if p, err := write("bad-as-well"); p == nil || err != nil {
			t.Errorf("%v %v", p, err)
		}
		text, err := os.ReadFile(filepath.Join(server.dir, configurationFile))
		if err != nil || !strings.Contains(string(text), "shop/good") {
			t.Errorf("the last good one is gone: %v\n%s", err, text)
		}
	}
	d.since = d.since.Add(-refusedInterval)
	server.refuses.Store("")
	if p, err := write("bad-as-well"); p != nil || err != nil {
		t.Errorf("not asked again: %v %v", p, err)
	}
}

func generations(t *testing.T, dir string) int {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, generationPrefix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}

// TestNoRoom: a generation that could not be written is removed.
func TestNoRoom(t *testing.T) {
	d, server := directory(t)
	if err := d.replace(map[string][]byte{"a": nil, "../b": nil}, nil); err == nil {
		t.Fatal("written")
	}
	if n := generations(t, server.dir); n != 0 {
		t.Errorf("%d left behind", n)
	}
}

// TestUnreachable: a reload that failed because Prometheus was unreachable is tried again.
func TestUnreachable(t *testing.T) {
	d, server := directory(t)
	server.down.Store(true)
	_, err := d.Write(t.Context(), mainPrometheus(), configuration(t, monitor("a")))
	if problem, ours := problemOf(err); problem != nil || ours == nil {
		t.Fatalf("%v %v", problem, ours)
	}
	server.down.Store(false)
	if changed, err := d.Write(t.Context(), mainPrometheus(), configuration(t, monitor("a"))); changed || err != nil || server.reloads.Load() != 1 {
		t.Errorf("%t %v, %d reloads", changed, err, server.reloads.Load())
	}
}

// TestNotOurs: promgate does not write to a directory that contains somebody else's rules.
func TestNotOurs(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, rulesDir), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := NewDirectory(dir, mainRef, nil, nil); err == nil {
		t.Error("the directory is accepted")
	}
}

// TestHalfWritten: the remains of a process that was killed while writing do no harm.
func TestHalfWritten(t *testing.T) {
	d, server := directory(t)
	if err := os.Mkdir(filepath.Join(server.dir, generationPrefix+"dead"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(server.dir, "..next")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Write(context.Background(), mainPrometheus(), configuration(t, monitor("a"))); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(server.dir, generationPrefix+"dead")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

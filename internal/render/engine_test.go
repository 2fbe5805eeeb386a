package render

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

func prometheus() *monitoringv1.Prometheus {
	p := &monitoringv1.Prometheus{}
	p.Namespace, p.Name = "monitoring", "main"
	p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = "30s", "30s"
	everywhere, team := &metav1.LabelSelector{}, &metav1.LabelSelector{MatchLabels: map[string]string{"team": "main"}}
	p.Spec.ServiceMonitorSelector, p.Spec.ServiceMonitorNamespaceSelector = team, everywhere
	p.Spec.RuleSelector, p.Spec.RuleNamespaceSelector = team, everywhere
	return p
}

var born = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func monitor(namespace, name, app string, age int) *monitoringv1.ServiceMonitor {
	m := &monitoringv1.ServiceMonitor{}
	m.Namespace, m.Name, m.UID = namespace, name, types.UID(namespace+name)
	m.Labels = map[string]string{"team": "main"}
	m.CreationTimestamp = metav1.Time{Time: born.Add(time.Duration(age) * time.Hour)}
	m.Spec.Selector.MatchLabels = map[string]string{"app": app}
	m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: "web"}}
	return m
}

func rule(name, expr string) *monitoringv1.PrometheusRule {
	r := &monitoringv1.PrometheusRule{}
	r.Namespace, r.Name, r.UID = "shop", name, types.UID("uid-"+name)
	r.Labels = map[string]string{"team": "main"}
	r.Spec.Groups = []monitoringv1.RuleGroup{{Name: name, Rules: []monitoringv1.Rule{{Record: "a:b", Expr: intstr.FromString(expr)}}}}
	return r
}

func service(name string, labels map[string]string) *corev1.Service {
	s := &corev1.Service{}
	s.Namespace, s.Name, s.Labels = "shop", name, labels
	s.Spec.Ports = []corev1.ServicePort{{Name: "web", Port: 80}}
	return s
}

var mainPrometheus = selection.Ref{Kind: "Prometheus", Namespace: "monitoring", Name: "main"}

func rendered(t testing.TB, e *Engine) *Configuration {
	t.Helper()
	c, err := e.Render(mainPrometheus)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// noAssets has no Secrets and no ConfigMaps.
func noAssets() Assets { return cluster.New(cluster.Options{KeepObjects: true}).Assets() }

func engine(objects ...selection.Object) *Engine {
	e := NewEngine(noAssets(), promconfig.AsInstalled(), nil, time.Now)
	for _, o := range objects {
		e.Put(o)
	}
	return e
}

// names returns the objects that are left out, with the reason in short.
func names(c *Configuration) []string {
	var all []string
	for _, l := range c.LeftOut {
		for _, f := range l.Findings {
			all = append(all, fmt.Sprintf("%s/%s %s %s", l.Namespace, l.Name, f.Path, f.Check))
		}
	}
	return all
}

func TestLeftOut(t *testing.T) {
	twoEndpoints := monitor("shop", "young", "web", 2)
	twoEndpoints.Spec.Endpoints = append(twoEndpoints.Spec.Endpoints, monitoringv1.Endpoint{Port: "admin"})
	repeats := monitor("shop", "repeats", "other", 2)
	repeats.Spec.Endpoints = append(repeats.Spec.Endpoints, repeats.Spec.Endpoints[0])
	differs := monitor("shop", "differs", "other", 2)
	differs.Spec.Endpoints = append(differs.Spec.Endpoints, monitoringv1.Endpoint{Port: "web", RelabelConfigs: []monitoringv1.RelabelConfig{{TargetLabel: "instance", Replacement: new("b")}}})
	broken := monitor("shop", "broken", "web", 0)
	broken.Spec.Endpoints[0].ScrapeTimeout = "1h"
	fromOutside := monitor("bank", "a", "web", 1)
	fromOutside.Spec.NamespaceSelector.MatchNames = []string{"shop"}
	ownNamespaces := prometheus()
	ownNamespaces.Spec.IgnoreNamespaceSelectors = true
	for name, c := range map[string]struct {
		objects []selection.Object
		jobs    int
		want    []string
	}{
		"alone":        {[]selection.Object{monitor("shop", "a", "web", 1)}, 1, nil},
		"the younger":  {[]selection.Object{monitor("shop", "a", "web", 2), monitor("shop", "b", "web", 1)}, 1, []string{"shop/a spec.endpoints[0] duplicate-job"}},
		"one endpoint": {[]selection.Object{twoEndpoints, monitor("shop", "old", "web", 1)}, 2, []string{"shop/young spec.endpoints[0] duplicate-job"}},
		"by a Service": {
			[]selection.Object{monitor("shop", "a", "web", 1), monitor("shop", "b", "front", 2), service("web", map[string]string{"app": "web"})}, 2, nil,
		},
		// a wins over b, and b over c: c stays, since b is left out.
		"a chain": {
			[]selection.Object{
				monitor("shop", "a", "web", 1), withEndpoint(monitor("shop", "b", "web", 2), "admin"), justPort(monitor("shop", "c", "web", 3), "admin"),
			}, 2, []string{"shop/b spec.endpoints[0] duplicate-job", "shop/c spec.endpoints[0] duplicate-job"},
		},
		"what is refused keeps nobody out": {
			[]selection.Object{broken, monitor("shop", "young", "web", 9)}, 1, []string{"shop/broken spec.endpoints[0].scrapeTimeout scrape-timeout"},
		},
		"its own namespace comes first": {
			[]selection.Object{fromOutside, monitor("shop", "b", "web", 2)}, 1, []string{"bank/a spec.endpoints[0] duplicate-job"},
		},
		"each its own namespace": {[]selection.Object{fromOutside, monitor("shop", "b", "web", 2), ownNamespaces}, 2, nil},
		"of its own":             {[]selection.Object{repeats}, 1, []string{"shop/repeats spec.endpoints[1] endpoint-repeated"}},
		"a broken rule":          {[]selection.Object{rule("good", "up"), rule("bad", "sum(")}, 0, []string{"shop/bad spec.groups[0].rules[0].expr expr-syntax"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := rendered(t, engine(append([]selection.Object{prometheus()}, c.objects...)...))
			if diff := cmp.Diff(c.want, names(got)); diff != "" {
				t.Errorf("left out (-want +got):\n%s", diff)
			}
			if got.Jobs != c.jobs || len(got.JobNames()) != c.jobs || strings.Count(string(got.Text()), "job_name: ") != c.jobs {
				t.Errorf("%d jobs, not %d:\n%s", got.Jobs, c.jobs, got.Text())
			}
		})
	}
}

func withEndpoint(m *monitoringv1.ServiceMonitor, port string) *monitoringv1.ServiceMonitor {
	m.Spec.Endpoints = append(m.Spec.Endpoints, monitoringv1.Endpoint{Port: port})
	return m
}

func justPort(m *monitoringv1.ServiceMonitor, port string) *monitoringv1.ServiceMonitor {
	m.Spec.Endpoints[0].Port = port
	return m
}

// TestTakenOver: when the winner is deleted, the loser is included; when the winner is back, the
// loser is left out again.
func TestTakenOver(t *testing.T) {
	e := engine(prometheus(), monitor("shop", "old", "web", 1), monitor("shop", "young", "web", 2))
	if got := names(rendered(t, e)); len(got) != 1 {
		t.Fatalf("left out: %v", got)
	}
	old := selection.Ref{Kind: "ServiceMonitor", Namespace: "shop", Name: "old"}
	if touched := e.Delete(old); !slices.Equal(touched, []selection.Ref{mainPrometheus}) {
		t.Errorf("touched: %v", touched)
	}
	if got := rendered(t, e); len(got.LeftOut) != 0 || !got.JobNames()["serviceMonitor/shop/young/0"] {
		t.Errorf("left out: %v; jobs %v", names(got), got.JobNames())
	}
	e.Put(monitor("shop", "old", "web", 1))
	if got := names(rendered(t, e)); !slices.Equal(got, []string{"shop/young spec.endpoints[0] duplicate-job"}) {
		t.Errorf("left out: %v", got)
	}
}

// TestPieces: one change among many objects compresses little more than the changed object.
func TestPieces(t *testing.T) {
	e := engine(prometheus())
	for i := range 1000 {
		e.Put(monitor("shop", fmt.Sprintf("m-%d", i), fmt.Sprint(i), 0))
	}
	before := map[string]bool{}
	for _, p := range rendered(t, e).pieces {
		before[string(p.gzip)] = true
	}
	e.Delete(selection.Ref{Kind: "ServiceMonitor", Namespace: "shop", Name: "m-7"})
	changed := 0
	for _, p := range rendered(t, e).pieces {
		if !before[string(p.gzip)] {
			changed++
		}
	}
	if changed != 1 || len(before) < 5 || len(before) > 50 {
		t.Errorf("%d of %d pieces have changed", changed, len(before))
	}
}

// TestIncremental: after any changes, the configuration equals the one that a new engine generates
// from the same objects, and the compressed form decodes as one stream.
func TestIncremental(t *testing.T) {
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 1))
		e := engine(prometheus())
		objects := map[selection.Ref]selection.Object{}
		for range 40 {
			object := anyObject(random)
			ref := selection.RefOf(object)
			if random.IntN(3) == 0 {
				delete(objects, ref)
				e.Delete(ref)
			} else {
				objects[ref] = object
				e.Put(object)
			}
			if random.IntN(2) == 0 {
				continue // several changes at once
			}
			fresh := engine(prometheus())
			for _, o := range objects {
				fresh.Put(o)
			}
			got, want := rendered(t, e), rendered(t, fresh)
			if diff := cmp.Diff(string(want.Text()), string(got.Text())); diff != "" {
				t.Fatalf("seed %d: after %s (-anew +by steps):\n%s", seed, ref, diff)
			}
			if diff := cmp.Diff(names(want), names(got)); diff != "" {
				t.Fatalf("seed %d: left out after %s (-anew +by steps):\n%s", seed, ref, diff)
			}
			r, err := gzip.NewReader(bytes.NewReader(got.Gzip()))
			if err != nil {
				t.Fatal(err)
			}
			if text, err := io.ReadAll(r); err != nil || !bytes.Equal(text, got.Text()) {
				t.Fatalf("seed %d: the compressed configuration differs: %v", seed, err)
			}
		}
	}
}

func anyObject(random *rand.Rand) selection.Object {
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	switch random.IntN(8) {
	case 0:
		return rule(pick("a", "b"), pick("up", "sum("))
	case 1, 2:
		return service(pick("s", "t"), map[string]string{"app": pick("web", "api"), "tier": pick("front", "back")})
	case 3:
		n := &corev1.Namespace{}
		n.Name = pick("shop", "bank")
		return n
	}
	m := monitor(pick("shop", "bank"), pick("a", "b", "c", "d"), pick("web", "api"), random.IntN(3))
	if random.IntN(2) == 0 {
		m.Spec.Selector.MatchLabels = map[string]string{"tier": pick("front", "back")}
	}
	if random.IntN(3) == 0 {
		m.Spec.NamespaceSelector.Any = true
	}
	if random.IntN(4) == 0 {
		m.Labels = nil
	}
	if random.IntN(5) == 0 {
		m.Spec.Endpoints[0].RelabelConfigs = []monitoringv1.RelabelConfig{{Regex: pick("(", "a"), TargetLabel: "x"}}
	}
	if random.IntN(3) == 0 {
		m.Spec.Endpoints = append(m.Spec.Endpoints, monitoringv1.Endpoint{Port: pick("web", "admin")})
	}
	return m
}

package jobs

import (
	"slices"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/selection"
)

// selectsAll returns the selectors of a Prometheus that selects everything.
func selectsAll(t testing.TB) selection.Selectors {
	t.Helper()
	p, all := &monitoringv1.Prometheus{}, &metav1.LabelSelector{}
	c := &p.Spec.CommonPrometheusFields
	c.ServiceMonitorSelector, c.ServiceMonitorNamespaceSelector = all, all
	c.PodMonitorSelector, c.PodMonitorNamespaceSelector = all, all
	c.ProbeSelector, c.ProbeNamespaceSelector = all, all
	c.ScrapeConfigSelector, c.ScrapeConfigNamespaceSelector = all, all
	s, err := selection.Of(p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// made builds the claims of the table, one field after the other.
type made struct {
	t *testing.T
	c Claim
}

func (m made) of(job Job) made              { m.c.Job = job; return m }
func (m made) at(address string) made       { m.c.Address = address; return m }
func (m made) drops(filter string) made     { m.c.Filter = filter; return m }
func (m made) static(s ...string) made      { m.c.Static = s; return m }
func (m made) port(name string) made        { m.objects().Port = name; return m }
func (m made) targetPort(p string) made     { m.objects().TargetPort = p; return m }
func (m made) in(namespaces ...string) made { m.objects().Namespaces = namespaces; return m }

func (m made) objects() *Objects {
	if m.c.Pods != nil {
		return m.c.Pods
	}
	return m.c.Services
}

func (m made) services(pairs ...string) made { m.c.Services = selecting(m.t, pairs...); return m }
func (m made) pods(pairs ...string) made     { m.c.Pods = selecting(m.t, pairs...); return m }

// selecting selects labels with their values. A label without a value has to exist.
func selecting(t testing.TB, pairs ...string) *Objects {
	s := &metav1.LabelSelector{MatchLabels: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			s.MatchExpressions = append(s.MatchExpressions, metav1.LabelSelectorRequirement{Key: pairs[i], Operator: metav1.LabelSelectorOpExists})
			continue
		}
		s.MatchLabels[pairs[i]] = pairs[i+1]
	}
	return newObjects(t, s, "shop")
}

func TestClashes(t *testing.T) {
	web := &Service{Namespace: "shop", Name: "web", Labels: map[string]string{"app": "web", "team": "a"}, Ports: []ServicePort{{Name: "web", TargetPort: "8080"}, {Name: "admin", TargetPort: "9090"}}}
	name, label, constant := Job{OfService: true}, Job{OfService: true, Label: "app"}, Job{Constant: "web"}
	claim := func() made { return made{t: t, c: Claim{Address: "http /metrics", Job: name}} }
	service := func(pairs ...string) made { return claim().services(pairs...).port("web") }
	const onService, unseen = "Service shop/web port web", "the Services that app=new selects"
	cases := map[string]struct {
		reason       string
		mine, theirs made
		kind         string // ServiceMonitor if empty
		theirKind    string // as kind if empty
		job, target  string // empty: no clash
	}{
		"SameService":      {reason: "both select it", mine: service("app", "web"), theirs: service("team", "a"), job: "web", target: onService},
		"CatchAll":         {reason: "an empty selector selects an existing Service", mine: service(), theirs: service("app", "web"), job: "web", target: onService},
		"Exists":           {reason: "a selector without values selects it too", mine: service("app", ""), theirs: service("team", "a"), job: "web", target: onService},
		"TargetPort":       {reason: "the port with this name has this target port", mine: service("app", "web"), theirs: claim().services("app", "web").targetPort("8080"), job: "web", target: onService},
		"EveryPort":        {reason: "every port includes this port", mine: service("app", "web"), theirs: claim().services("app", "web"), job: "web", target: onService},
		"OtherPort":        {reason: "another port is another target", mine: service("app", "web"), theirs: service("app", "web").port("admin")},
		"OtherTargetPort":  {reason: "another port is another target", mine: service("app", "web"), theirs: claim().services("app", "web").targetPort("9090")},
		"NoSuchPort":       {reason: "a port that the Service lacks is no target", mine: service("app", "web").port("x"), theirs: claim().services("team", "a").targetPort("1")},
		"OtherAddress":     {reason: "as in the chart of the blackbox exporter", mine: service("app", "web"), theirs: service("app", "web").at("http /metrics?target=b")},
		"OtherFilter":      {reason: "they may have no target in common", mine: service("app", "web"), theirs: service("app", "web").drops("x")},
		"OtherJob":         {reason: "the jobs differ", mine: service("app", "web"), theirs: service("app", "web").of(Job{Constant: "other"})},
		"LabelIsName":      {reason: "the label has the name as its value", mine: service("app", "web"), theirs: service("app", "web").of(label), job: "web", target: onService},
		"ConstantIsName":   {reason: "the constant is the Service's name", mine: service("app", "web").of(constant), theirs: service("app", "web"), job: "web", target: onService},
		"UnknownJob":       {reason: "the job depends on data that the index does not have", mine: service("app", "web").of(Job{}), theirs: service("app", "web").of(Job{})},
		"OtherNamespace":   {reason: "one of them does not select there", mine: service("app", "web"), theirs: service("app", "web").in("other")},
		"Unseen":           {reason: "no Service has to exist", mine: service("app", "new"), theirs: service("app", "new"), job: "<name of the Service>", target: unseen},
		"Implied":          {reason: "the wider selector includes the narrower one", mine: service("app", "new"), theirs: service("app", "new", "team", "b"), job: "<name of the Service>", target: "the Services that app=new,team=b selects"},
		"ImpliedByExists":  {reason: "with any operators", mine: service("app", ""), theirs: service("app", "", "team", "b"), job: "<name of the Service>", target: "the Services that app,team=b selects"},
		"NotImplied":       {reason: "there may be no Service that both select", mine: service("app", "new"), theirs: service("team", "b")},
		"EmptyUnseen":      {reason: "an empty selector implies nothing", mine: service(), theirs: service("app", "new")},
		"UnseenAll":        {reason: "all namespaces include this one", mine: service("app", "new").in([]string(nil)...), theirs: service("app", "new"), job: "<name of the Service>", target: unseen},
		"UnseenApart":      {reason: "the namespaces do not overlap", mine: service("app", "new"), theirs: service("app", "new").in("other")},
		"UnseenPorts":      {reason: "a name and a number may or may not be the same port", mine: service("app", "new"), theirs: claim().services("app", "new").targetPort("8080")},
		"UnseenJobs":       {reason: "a label and a name may or may not be equal", mine: service("app", "new"), theirs: service("app", "new").of(label)},
		"UnseenConstant":   {reason: "equal constants are the same job", mine: service("app", "new").of(constant), theirs: service("app", "new").of(constant), job: "web", target: unseen},
		"Pods":             {reason: "as for Services", kind: "PodMonitor", mine: claim().pods("app", "web").of(constant), theirs: claim().pods("app", "web").of(constant), job: "web", target: "the Pods that app=web selects"},
		"PodsPort":         {reason: "another port", kind: "PodMonitor", mine: claim().pods("app", "web").of(constant).port("a"), theirs: claim().pods("app", "web").of(constant).port("b")},
		"PodsOfService":    {reason: "only constants are known", kind: "PodMonitor", mine: claim().pods("app", "web"), theirs: claim().pods("app", "web")},
		"PodsAndServices":  {reason: "never the same target", mine: claim().services("app", "new").of(constant), theirs: claim().pods("app", "new").of(constant)},
		"Static":           {reason: "one target in common", kind: "Probe", mine: claim().static("a", "b").of(constant), theirs: claim().static("b", "c").of(constant), job: "web", target: "the static target b"},
		"StaticApart":      {reason: "no target in common", kind: "Probe", mine: claim().static("a").of(constant), theirs: claim().static("b").of(constant)},
		"StaticOtherJob":   {reason: "the jobs differ", kind: "Probe", mine: claim().static("a").of(constant), theirs: claim().static("a").of(Job{Constant: "x"})},
		"StaticOtherKinds": {reason: "a probe scrapes the prober", kind: "Probe", theirKind: "ScrapeConfig", mine: claim().static("a").of(constant), theirs: claim().static("a").of(constant)},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kind := tc.kind
			if kind == "" {
				kind = "ServiceMonitor"
			}
			theirKind := tc.theirKind
			if theirKind == "" {
				theirKind = kind
			}
			a := &Monitor{Ref: selection.Ref{Kind: kind, Namespace: "shop", Name: "mine"}, Claims: []Claim{tc.mine.c}}
			b := &Monitor{Ref: selection.Ref{Kind: theirKind, Namespace: "shop", Name: "theirs"}, Claims: []Claim{tc.theirs.c}}
			for _, pair := range [][2]*Monitor{{a, b}, {b, a}} {
				x := NewIndex()
				x.SetMonitor(pair[1])
				x.SetService(web)
				if got := x.Clashes(pair[0]); got != nil {
					t.Errorf("without a Prometheus: %+v", got)
				}
				x.SetPrometheus(k8s, selectsAll(t), nil)
				got := x.Clashes(pair[0])
				if tc.target == "" {
					if len(got) > 0 {
						t.Errorf("%s: %+v", tc.reason, got)
					}
					continue
				}
				if len(got) != 1 || got[0].Target != tc.target || got[0].Job != tc.job || got[0].Namespace != "shop" || got[0].Prometheus != "monitoring/k8s" || got[0].Rival.Ref != pair[1].Ref {
					t.Errorf("%s: %+v", tc.reason, got)
				}
				x.SetMonitor(pair[0])
				x.DeleteMonitor(pair[1].Ref)
				if got := x.Clashes(pair[0]); len(got) > 0 {
					t.Errorf("with itself: %+v", got)
				}
			}
		})
	}
}

func TestPrecedence(t *testing.T) {
	early, late := time.Unix(1, 0), time.Unix(2, 0)
	of := func(namespace, name string, created time.Time) *Monitor {
		return &Monitor{Ref: selection.Ref{Kind: "ServiceMonitor", Namespace: namespace, Name: name}, Created: created}
	}
	// Each monitor precedes all later ones, for a target in the namespace shop.
	order := []*Monitor{
		of("shop", "z", early), of("shop", "a", late), of("shop", "b", late), of("shop", "a2", time.Time{}),
		of("ops", "a", early), of("zoo", "a", early), of("ops", "b", late), of("ops", "c", time.Time{}), of("ops", "d", time.Time{}),
	}
	for i, a := range order {
		for j, b := range order {
			if i != j && (Clash{Namespace: "shop", Rival: b}).Wins(a) != (i < j) {
				t.Errorf("%v against %v", a, b)
			}
		}
	}
	old, young := of("ops", "x", early), of("shop", "x", late)
	if (Clash{Namespace: "shop", Anywhere: true, Rival: old}).Wins(young) || !(Clash{Namespace: "ops", Anywhere: true, Rival: young}).Wins(old) {
		t.Error("a target that may be anywhere is in no monitor's own namespace")
	}

	m := &Monitor{Release: "helm shop/web"}
	for name, tc := range map[string]struct {
		m, rival *Monitor
		want     bool
	}{
		"Terminating":  {m, &Monitor{Terminating: true}, true},
		"SameRelease":  {m, &Monitor{Release: m.Release}, true},
		"OneOfTwo":     {m, &Monitor{Release: "helm shop/old, " + m.Release}, true},
		"Part":         {m, &Monitor{Release: m.Release + "2"}, false},
		"OtherRelease": {m, &Monitor{Release: "helm shop/db"}, false},
		"NoRelease":    {&Monitor{}, &Monitor{}, false},
	} {
		if got := (Clash{Rival: tc.rival}).Excused(tc.m); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// k8s is the Prometheus of the tests.
var k8s = selection.Ref{Kind: "Prometheus", Namespace: "monitoring", Name: "k8s"}

// TestSetNamespace: when a namespace gets a label, its monitors can become selected.
func TestSetNamespace(t *testing.T) {
	x := NewIndex()
	p := &monitoringv1.Prometheus{}
	p.Spec.ServiceMonitorSelector = &metav1.LabelSelector{}
	p.Spec.ServiceMonitorNamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": "web"}}
	s, err := selection.Of(p)
	if err != nil {
		t.Fatal(err)
	}
	x.SetPrometheus(k8s, s, nil)
	x.SetNamespace("shop", map[string]string{"team": "web"})
	for _, namespace := range []string{"shop", "zoo"} {
		x.SetMonitor(&Monitor{Ref: selection.Ref{Kind: "ServiceMonitor", Namespace: namespace, Name: "a"}})
	}
	if got := x.Unselected(); len(got) != 1 || got[Group{"ServiceMonitor", "zoo"}] != 1 {
		t.Error(got)
	}
	x.SetNamespace("zoo", map[string]string{"team": "web"})
	if got := x.Unselected(); len(got) != 0 {
		t.Error(got)
	}
	x.DeleteNamespace("zoo")
	if got := x.Unselected(); got[Group{"ServiceMonitor", "zoo"}] != 1 {
		t.Error(got)
	}
}

func TestOrder(t *testing.T) {
	x := NewIndex()
	for _, p := range []string{"b", "a"} {
		x.SetPrometheus(selection.Ref{Kind: "Prometheus", Namespace: "m", Name: p}, selectsAll(t), nil)
		x.SetPrometheus(selection.Ref{Kind: "PrometheusAgent", Namespace: "m", Name: p}, selectsAll(t), nil)
	}
	c := made{t: t, c: Claim{Job: Job{OfService: true}}}.services("app", "web").c
	for _, name := range []string{"c", "b"} {
		x.SetMonitor(&Monitor{Ref: selection.Ref{Kind: "ServiceMonitor", Namespace: "shop", Name: name}, Claims: []Claim{c, c}})
	}
	got := []string{}
	for _, c := range x.Clashes(&Monitor{Ref: selection.Ref{Kind: "ServiceMonitor", Namespace: "shop", Name: "a"}, Claims: []Claim{c}}) {
		got = append(got, c.Prometheus+" "+c.Rival.Name+string(rune('0'+c.RivalClaim)))
	}
	if want := []string{"m/a b0", "m/a b1", "m/a c0", "m/a c1", "m/b b0", "m/b b1", "m/b c0", "m/b c1"}; !slices.Equal(got, want) {
		t.Error(got)
	}
}

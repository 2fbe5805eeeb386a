package review

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// counted is a ServiceMonitor that counts how often one is decoded.
type counted struct{ monitoringv1.ServiceMonitor }

var decoded atomic.Int32

func (c *counted) UnmarshalJSON(data []byte) error {
	decoded.Add(1)
	return json.Unmarshal(data, &c.ServiceMonitor)
}

func (c *counted) DeepCopyObject() runtime.Object { return c }

// severe returns the default severities.
func severe(check validation.Info, _ labels.Set) validation.Severity { return check.Severity }

// modelOf returns a cluster with Prometheus objects that select everything.
func modelOf(t *testing.T, names ...string) *cluster.Model {
	t.Helper()
	model := cluster.New(cluster.Options{})
	for _, name := range names {
		p := &monitoringv1.Prometheus{}
		p.Namespace, p.Name = "monitoring", name
		p.Spec.ServiceMonitorSelector, p.Spec.ServiceMonitorNamespaceSelector = &metav1.LabelSelector{}, &metav1.LabelSelector{}
		if err := model.Put(p); err != nil {
			t.Fatal(err)
		}
	}
	return model
}

const broken = `{"apiVersion":"monitoring.coreos.com/v1","kind":"ServiceMonitor","metadata":{"name":"web","namespace":"shop"},"spec":{"endpoints":[%s],"selector":{}}}`

// TestWorkIsDoneOnce: however many instances select an object, it is decoded once, and each check
// runs once for each instance, even if the judge refuses the object.
func TestWorkIsDoneOnce(t *testing.T) {
	kind, _ := selection.KindNamed(monitoringv1.ServiceMonitorsKind)
	var prepared, ran int
	first := validation.Check[*counted]{ID: "first", Severity: validation.Off, Run: func(*counted, validation.Snapshot) []validation.Finding {
		ran++
		return []validation.Finding{{Problem: "is off", Key: "first"}}
	}}
	last := validation.Check[*counted]{ID: "last", Severity: validation.Deny, RunLast: func(_ *counted, _ validation.Snapshot, before func() []validation.Finding) []validation.Finding {
		return []validation.Finding{{Problem: fmt.Sprint(len(before()), " before"), Key: "last"}}
	}}
	second := last
	second.ID = "second"
	reviewer := &Reviewer{Cluster: modelOf(t, "a", "b", "c")}
	decoded.Store(0)
	result, err := reviewer.Review(t.Context(), Request{
		Kind: validation.NewKind(kind.GroupVersionKind, func(_ context.Context, o *counted, _ validation.Snapshot) (*counted, error) {
			prepared++
			return o, nil
		}, []validation.Check[*counted]{first, last, second}),
		Namespace: "shop", Name: "web", Object: fmt.Appendf(nil, broken, `{"port":"web"}`), Settings: Settings{Severity: severe},
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := decoded.Load(); n != 1 {
		t.Errorf("the object was decoded %d times", n)
	}
	if prepared != 3 || ran != 3 {
		t.Errorf("for three instances it was prepared %d times, and the check that is off ran %d times", prepared, ran)
	}
	if len(result.Findings) != 2 || result.Findings[0].Problem != "1 before" || result.Findings[1].Problem != "2 before" {
		t.Errorf("%+v", result.Findings)
	}
}

// TestPassed: the reasons not to review an object.
func TestPassed(t *testing.T) {
	object := func(metadata, endpoint string) []byte {
		return fmt.Appendf(nil, `{"kind":"ServiceMonitor","metadata":{%s},"spec":{"endpoints":[%s],"selector":{}}}`, metadata, endpoint)
	}
	const bad = `{"port":"web","interval":"1 hour"}`
	model := modelOf(t, "main")
	if err := model.Put(&metav1.PartialObjectMetadata{TypeMeta: metav1.TypeMeta{Kind: "Namespace"}, ObjectMeta: metav1.ObjectMeta{Name: "loki", Labels: map[string]string{"promgate.dev/ignore": "true"}}}); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		namespace      string
		object, stored []byte
		want           Passed
	}{
		"Reviewed":          {object: object("", bad)},
		"Terminating":       {object: object(`"deletionTimestamp":"2026-01-01T00:00:00Z"`, bad), want: Terminating},
		"Ignored":           {object: object(`"labels":{"promgate.dev/ignore":"true"}`, bad), want: Ignored},
		"IgnoredNamespace":  {namespace: "loki", object: object("", bad), want: Ignored},
		"IgnoredMalformed":  {object: object(`"labels":{"promgate.dev/ignore":"true"}`, `"web"`), want: Ignored},
		"Malformed":         {object: object("", `"web"`)},
		"Unchanged":         {object: object(`"annotations":{"a":"b"}`, bad), stored: object("", bad), want: Unchanged},
		"Changed":           {object: object("", bad), stored: object("", `{"port":"web"}`)},
		"OptedIn":           {object: object("", bad), stored: object(`"annotations":{"promgate.dev/default-labels":"false"}`, bad)},
		"ChangedAndIgnored": {object: object(`"labels":{"promgate.dev/ignore":"true"}`, bad), stored: object("", bad), want: Ignored},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			reviewer := &Reviewer{Kinds: builtin.Kinds(), Cluster: model}
			request := Request{Kind: kindNamed(t, "ServiceMonitor"), Namespace: "shop", Object: tc.object, Stored: tc.stored, Settings: Settings{Severity: severe}}
			if tc.namespace != "" {
				request.Namespace = tc.namespace
			}
			result, err := reviewer.Review(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			if result.Passed != tc.want || (tc.want == "") != (len(result.Findings) > 0) {
				t.Errorf("passed as %q with %+v, want %q", result.Passed, result.Findings, tc.want)
			}
		})
	}
}

func kindNamed(t *testing.T, name string) validation.Kind {
	t.Helper()
	for _, k := range builtin.Kinds() {
		if k.Kind == name {
			return k
		}
	}
	t.Fatalf("no checks for %s", name)
	return validation.Kind{}
}

// TestReservationIsGivenBack: an object that is not admitted keeps no claims, and neither does an
// object that could not be reviewed.
func TestReservationIsGivenBack(t *testing.T) {
	model := modelOf(t, "main")
	reviewer := &Reviewer{Kinds: builtin.Kinds(), Cluster: model}
	review := func(name, endpoint string, admitted bool) *Result {
		result, err := reviewer.Review(t.Context(), Request{
			Kind: kindNamed(t, "ServiceMonitor"), Namespace: "shop", Name: name, Settings: Settings{Severity: severe}, Reserve: true,
			Object: fmt.Appendf(nil, `{"kind":"ServiceMonitor","metadata":{"name":%q,"namespace":"shop"},"spec":{"endpoints":[%s],"selector":{"matchLabels":{"app":"web"}}}}`, name, endpoint),
		})
		if err != nil {
			t.Fatal(err)
		}
		result.Close(admitted)
		return result
	}
	const web = `{"port":"web"}`
	if result := review("a", web, false); !result.Admitted() {
		t.Fatalf("%+v", result.Findings)
	}
	if result := review("b", web, true); !result.Admitted() {
		t.Errorf("a monitor that was not admitted keeps its job: %+v", result.Findings)
	}
	if result := review("c", web, false); result.Admitted() {
		t.Error("an admitted monitor does not keep its job")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := reviewer.Review(ctx, Request{
		Kind: kindNamed(t, "ServiceMonitor"), Namespace: "shop", Name: "d", Settings: Settings{Severity: severe}, Reserve: true,
		Object: fmt.Appendf(nil, `{"kind":"ServiceMonitor","metadata":{"name":"d","namespace":"shop"},"spec":{"endpoints":[%s],"selector":{"matchLabels":{"app":"other"}}}}`, web),
	}); err == nil {
		t.Fatal("a review whose time is up succeeds")
	}
	if known := model.Index().Monitor(selection.Ref{Kind: "ServiceMonitor", Namespace: "shop", Name: "d"}); known != nil {
		t.Errorf("a review that failed left %+v reserved", known)
	}
}

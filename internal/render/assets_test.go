package render

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// TestGlobalAsset: an asset that the Prometheus object itself refers to is read again when it
// changes.
func TestGlobalAsset(t *testing.T) {
	secrets := cluster.New(cluster.Options{KeepObjects: true})
	put := func(job string) {
		s := &corev1.Secret{}
		s.Namespace, s.Name = "monitoring", "more"
		s.StringData = map[string]string{"jobs": "- job_name: " + job + "\n"}
		if err := secrets.Put(s); err != nil {
			t.Fatal(err)
		}
	}
	put("first")
	e := NewEngine(secrets.Assets(), promconfig.AsInstalled(), nil, time.Now)
	p := prometheus()
	p.Spec.AdditionalScrapeConfigs = &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "more"}, Key: "jobs"}
	e.Put(p)
	e.Put(monitor("shop", "a", "web", 1))
	if text := string(rendered(t, e).Text()); !strings.Contains(text, "job_name: first") {
		t.Error(text)
	}
	put("second")
	if touched := e.AssetChanged("Secret", "monitoring", "more"); !slices.Equal(touched, []selection.Ref{mainPrometheus}) {
		t.Errorf("touched: %v", touched)
	}
	if text := string(rendered(t, e).Text()); !strings.Contains(text, "job_name: second") || strings.Contains(text, "first") {
		t.Error(text)
	}
	// If a hand-written job has the name of a monitor's job, the mistake is in the hand-written
	// one.
	put("serviceMonitor/shop/a/0")
	e.AssetChanged("Secret", "monitoring", "more")
	_, err := e.Render(mainPrometheus)
	if refused, ok := errors.AsType[*RefusedError](err); !ok || refused.Findings[0].Path.String() != "spec.additionalScrapeConfigs[0]" {
		t.Errorf("a name that occurs twice: %v", err)
	}
}

// TestOperator: an object outside of the operator's scope is in no configuration.
func TestOperator(t *testing.T) {
	e := NewEngine(noAssets(), promconfig.AsInstalled(), &selection.Operator{DenyNamespaces: []string{"bank"}}, time.Now)
	for _, o := range []selection.Object{prometheus(), monitor("shop", "a", "a", 1), monitor("bank", "b", "b", 1)} {
		e.Put(o)
	}
	if got := rendered(t, e).JobNames(); len(got) != 1 || !got["serviceMonitor/shop/a/0"] {
		t.Errorf("jobs: %v", got)
	}
}

// TestCulprit: an object that loads alone, but not together with others, is found.
func TestCulprit(t *testing.T) {
	e := engine(prometheus())
	for i := range 200 {
		e.Put(monitor("shop", fmt.Sprintf("m-%d", i), fmt.Sprint(i), 0))
	}
	load := func(text []byte) error {
		if strings.Contains(string(text), "serviceMonitor/shop/m-7/0") {
			return errors.New("no")
		}
		return judge.Whole(text, true)
	}
	c := rendered(t, e)
	culprit, found := c.Culprit(load)
	if !found || culprit.Name != "m-7" {
		t.Fatalf("%v %t", culprit, found)
	}
	e.LeaveOut(mainPrometheus, culprit, validation.Finding{Path: fieldpath.New("spec"), Problem: "no"})
	c = rendered(t, e)
	if err := load(c.Text()); err != nil || len(c.LeftOut) != 1 || c.Jobs != 199 {
		t.Errorf("%v, %d jobs", err, c.Jobs)
	}
	if _, found := c.Culprit(func([]byte) error { return errors.New("whatever is in it") }); found {
		t.Error("an object is blamed for a mistake that exists without it")
	}
	e.Put(monitor("shop", "m-7", "7", 0)) // the object changed, so it is tried again
	if c = rendered(t, e); len(c.LeftOut) != 0 {
		t.Errorf("left out: %v", c.LeftOut)
	}
}

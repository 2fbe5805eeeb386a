package audit_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/audit"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

func prometheus(selector *metav1.LabelSelector) *monitoringv1.Prometheus {
	p := &monitoringv1.Prometheus{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "main"}}
	p.Spec.ServiceMonitorSelector = selector
	p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = "30s", "30s"
	return p
}

func monitor(name string, age time.Duration, endpoint monitoringv1.Endpoint) *monitoringv1.ServiceMonitor {
	created := metav1.NewTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(-age))
	m := &monitoringv1.ServiceMonitor{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, CreationTimestamp: created}}
	m.Spec.Selector.MatchLabels = map[string]string{"app": "web"}
	m.Spec.Endpoints = []monitoringv1.Endpoint{endpoint}
	return m
}

func withLogin() monitoringv1.Endpoint {
	key := corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "login"}, Key: "user"}
	e := monitoringv1.Endpoint{Port: "web"}
	e.BasicAuth = &monitoringv1.BasicAuth{Username: key, Password: key}
	return e
}

// today is the day of the audits.
var today = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// assetsOf returns the Secrets and ConfigMaps among objects.
func assetsOf(t *testing.T, objects []selection.Object) render.Assets {
	t.Helper()
	model := cluster.New(cluster.Options{KeepObjects: true})
	for _, o := range objects {
		if o.GetName() == "login" {
			if err := model.Put(o); err != nil {
				t.Fatal(err)
			}
		}
	}
	return model.Assets()
}

// withAuthority returns an endpoint that trusts the authority in the Secret login.
func withAuthority() monitoringv1.Endpoint {
	e := monitoringv1.Endpoint{Port: "web"}
	e.TLSConfig = &monitoringv1.TLSConfig{}
	e.TLSConfig.CA.Secret = &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "login"}, Key: "ca"}
	return e
}

// withClass returns a Prometheus with a default scrape class that trusts the authority.
func withClass() *monitoringv1.Prometheus {
	p, isDefault := prometheus(&metav1.LabelSelector{}), true
	p.Spec.ScrapeClasses = []monitoringv1.ScrapeClass{{Name: "tls", Default: &isDefault, TLSConfig: withAuthority().TLSConfig}}
	return p
}

// withAPIServer returns a Prometheus that reads an API server by the authority.
func withAPIServer() *monitoringv1.Prometheus {
	p := prometheus(&metav1.LabelSelector{})
	p.Spec.APIServerConfig = &monitoringv1.APIServerConfig{Host: "https://a", TLSConfig: withAuthority().TLSConfig}
	return p
}

// authority is a Secret with a certificate authority.
func authority(t *testing.T, until time.Time) *corev1.Secret {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.AddDate(-1, 0, 0), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	data := map[string][]byte{"ca": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "login"}, Data: data}
}

func TestRun(t *testing.T) {
	all := &metav1.LabelSelector{}
	web := monitoringv1.Endpoint{Port: "web"}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "login"}, Data: map[string][]byte{"user": []byte("a")}}
	garbage := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "login"}, Data: map[string][]byte{"ca": []byte("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")}}
	severity := func(check string, s validation.Severity) func(*audit.Options) {
		return func(o *audit.Options) {
			o.Severity = validation.Policy{Severities: map[string]validation.Severity{check: s}}.Severity
		}
	}
	for name, c := range map[string]struct {
		reason  string
		objects []selection.Object
		change  func(*audit.Options)
		want    []string
	}{
		"Clean":          {reason: "a monitor that is selected", objects: []selection.Object{prometheus(all), monitor("a", 0, web)}},
		"Broken":         {reason: "a port that does not compile", objects: []selection.Object{prometheus(all), monitor("a", 0, monitoringv1.Endpoint{Port: "x("})}, want: []string{"ServiceMonitor a deny port-regex"}},
		"Unselected":     {reason: "no Prometheus selects it", objects: []selection.Object{prometheus(&metav1.LabelSelector{MatchLabels: map[string]string{"a": "b"}}), monitor("a", 0, web)}, want: []string{"ServiceMonitor a warn not-selected"}},
		"Clash":          {reason: "of two monitors that clash, the younger loses", objects: []selection.Object{prometheus(all), monitor("a", 0, web), monitor("b", time.Hour, web)}, want: []string{"ServiceMonitor a deny duplicate-job", "ServiceMonitor b warn duplicate-job-passes"}},
		"SecretMissing":  {reason: "the Secret does not exist", objects: []selection.Object{prometheus(all), monitor("a", 0, withLogin())}, want: []string{"ServiceMonitor a deny configuration", "ServiceMonitor a deny configuration"}},
		"Expired":        {reason: "the only authority has expired, and Prometheus loads it", objects: []selection.Object{prometheus(all), monitor("a", 0, withAuthority()), authority(t, today.AddDate(0, 0, -3))}, want: []string{"ServiceMonitor a warn configuration"}},
		"OfClass":        {reason: "the authority of a scrape class is that of the Prometheus, whatever uses the class", objects: []selection.Object{withClass(), monitor("a", 0, web), authority(t, today.AddDate(0, 0, -3))}, want: []string{"Prometheus main warn configuration"}},
		"OfAPIServer":    {reason: "the authority is that of the Prometheus, and it is in the job of each monitor", objects: []selection.Object{withAPIServer(), monitor("a", 0, web), authority(t, today.AddDate(0, 0, -3))}, want: []string{"Prometheus main warn configuration"}},
		"NotExpired":     {reason: "the authority is valid", objects: []selection.Object{prometheus(all), monitor("a", 0, withAuthority()), authority(t, today.AddDate(0, 0, 3))}},
		"NoCertificate":  {reason: "the authority is not a certificate", objects: []selection.Object{prometheus(all), monitor("a", 0, withAuthority()), garbage}, want: []string{"ServiceMonitor a deny configuration"}},
		"KeyMissing":     {reason: "the Secret lacks the key", objects: []selection.Object{prometheus(all), monitor("a", 0, withAuthority()), secret}, want: []string{"ServiceMonitor a deny configuration"}},
		"Off":            {reason: "the check is off", objects: []selection.Object{prometheus(all), monitor("a", 0, withAuthority()), garbage}, change: severity("configuration", validation.Off)},
		"SecretThere":    {reason: "the Secret exists", objects: []selection.Object{prometheus(all), monitor("a", 0, withLogin()), secret}},
		"SecretsUnread":  {reason: "Secrets could not be read", objects: []selection.Object{prometheus(all), monitor("a", 0, withLogin())}, change: func(o *audit.Options) { o.Assets = nil }},
		"OtherNamespace": {reason: "the namespace is not reported on", objects: []selection.Object{prometheus(all), monitor("a", 0, monitoringv1.Endpoint{Port: "x("})}, change: func(o *audit.Options) { o.Namespaces = []string{"bank"} }},
		"Unusable":       {reason: "a selector of the Prometheus is not valid", objects: []selection.Object{prometheus(&metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "a", Operator: "Is"}}})}, want: []string{"Prometheus main deny selector"}},
	} {
		t.Run(name, func(t *testing.T) {
			permissive, err := judge.Permissive()
			if err != nil {
				t.Fatal(err)
			}
			o := audit.Options{Kinds: builtin.Kinds(), Judge: permissive, Settings: review.Settings{Severity: validation.Policy{}.Severity, Today: today}, Assets: assetsOf(t, c.objects)}
			if c.change != nil {
				c.change(&o)
			}
			r, err := audit.Run(t.Context(), c.objects, o)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range r.Findings {
				got = append(got, fmt.Sprintf("%s %s %s %s", f.Kind, f.Name, f.Finding.Severity, f.Finding.Check))
			}
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestMalformed: an object that does not decode is a finding with the place, and the others are audited.
func TestMalformed(t *testing.T) {
	permissive, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	progress := ""
	r, err := audit.Run(t.Context(), []selection.Object{prometheus(&metav1.LabelSelector{}), monitor("a", 0, monitoringv1.Endpoint{Port: "x("})}, audit.Options{
		Kinds: builtin.Kinds(), Judge: permissive, Settings: review.Settings{Severity: validation.Policy{}.Severity, Today: today}, Assets: assetsOf(t, nil),
		Malformed: []selection.Malformed{
			{Ref: selection.Ref{Kind: "ServiceMonitor", Namespace: "shop", Name: "bad"}, Object: []byte(`{"kind":"ServiceMonitor","metadata":{"name":"bad","namespace":"shop"},"spec":{"endpoints":[{"port":8080}]}}`), Err: errors.New("not used")},
			{Ref: selection.Ref{Kind: "Prometheus", Namespace: "shop", Name: "bad"}, Object: []byte(`{"kind":"Prometheus","metadata":{"name":"bad","namespace":"shop"},"spec":{"scrapeInterval":30}}`), Err: errors.New("cannot unmarshal")},
		},
		Progress: func(done, total int) { progress = fmt.Sprintf("%d of %d", done, total) },
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Findings {
		got = append(got, fmt.Sprintf("%s %s %s %s %s: %s", f.Kind, f.Name, f.Finding.Severity, f.Finding.Check, f.Finding.Path, f.Finding.Problem))
	}
	slices.Sort(got)
	want := []string{
		"Prometheus bad deny object-shape spec.scrapeInterval: expected a string, found a number; with this object in the cluster the operator cannot list any Prometheus, and misses changes to all of them",
		"ServiceMonitor a deny port-regex",
		"ServiceMonitor bad deny object-shape spec.endpoints[0].port: expected a string, found a number; with this object in the cluster the operator cannot list any ServiceMonitor, and misses changes to all of them",
	}
	if len(got) != len(want) {
		t.Fatalf("got %q", got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got  %s\nwant %s", got[i], want[i])
		}
	}
	if len(r.Checked) != 4 || progress != "3 of 3" {
		t.Errorf("%d objects checked, progress %s", len(r.Checked), progress)
	}
}

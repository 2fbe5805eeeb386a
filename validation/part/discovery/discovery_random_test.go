package discovery_test

import (
	"cmp"
	"context"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/internal/checktest"
	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/scrapeconfig"
)

// discoveryChecks are the checks that this test compares with the judge.
var discoveryChecks = []string{
	"duration", "discovery-interval", "discovery-url", "discovery-required", "discovery-value", "discovery-selector", "discovery-conflict",
	"discovery-version", "static-label",
}

// TestDiscoveriesAgainstJudge: the checks deny exactly what the judge refuses, for every kind of
// discovery and several versions of Prometheus.
func TestDiscoveriesAgainstJudge(t *testing.T) {
	snapshots := checktest.Snapshots(t, "v2.16.0", "v2.25.0", "v2.30.0", "v2.37.0", "v2.41.0", "v2.48.0", "v2.55.0", "v3.0.0", "v3.16.0")
	fields := discoveryFields()
	if len(fields) != 23 {
		t.Fatalf("found %d lists of targets, want 22 kinds of discovery and the static one", len(fields))
	}
	for i, field := range fields {
		g := discoveryGenerator{rand.New(rand.NewPCG(uint64(i), 7))}
		denied, passed := 0, 0
		for n := range cmp.Or(discoverySamples[field], 80) {
			object := g.object(field)
			s := snapshots[n%len(snapshots)]
			verdict := s.Judge.Object(object)
			refused := verdict.Refused
			s.Judge = checktest.FixedJudge{Verdict: verdict}
			found, unnamed := discoveryFindings(t, object, s)
			switch {
			case len(found) > 0 && len(refused) == 0 && !takenByJudge(found, s):
				t.Errorf("%s: denied, but Prometheus %s accepts it: %s\n%s", field, s.Prometheus.Version, report.Line(found[0], report.Limits{}), rawOf(t, object))
			case len(found) == 0 && len(refused) > 0:
				t.Errorf("%s: no check reports what Prometheus %s refuses: %s\n%s", field, s.Prometheus.Version, report.Line(refused[0], report.Limits{}), rawOf(t, object))
			case len(unnamed) > 0:
				t.Errorf("%s: no check is at the right place: %s\n%s", field, report.Line(unnamed[0], report.Limits{}), rawOf(t, object))
			}
			if len(found) > 0 {
				denied++
			} else {
				passed++
			}
		}
		if denied == 0 || passed < 8 {
			t.Errorf("%s: %d objects were denied and %d passed, which proves too little", field, denied, passed)
		}
	}
}

// takenByJudge reports whether the judge accepts on purpose what the checks deny.
func takenByJudge(found []validation.Finding, s validation.Snapshot) bool {
	for _, f := range found {
		switch {
		case f.Check == "static-label" && !s.Prometheus.Has(since.UTF8Names):
			// The linked loader accepts UTF-8; that of Prometheus 2 did not.
		case f.Check == "discovery-version":
			// The operator leaves the object out, or does not write the field: the judge does not see it.
		case f.Check == "discovery-value" && strings.Contains(f.Problem, "small letters only"):
			// promgate writes small letters, the operator does not.
		default:
			return false
		}
	}
	return true
}

func discoveryFindings(t *testing.T, object any, s validation.Snapshot) (found, unnamed []validation.Finding) {
	t.Helper()
	all, err := scrapeconfig.Kind().Run(context.Background(), rawOf(t, object), s, func(c validation.Info) validation.Severity {
		if c.ID == "configuration" || slices.Contains(discoveryChecks, c.ID) {
			return c.Severity
		}
		return validation.Off
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range validation.Settled(all) {
		if f.Check == "configuration" {
			unnamed = append(unnamed, f)
		} else {
			found = append(found, f)
		}
	}
	return found, unnamed
}

func rawOf(t *testing.T, object any) []byte {
	t.Helper()
	raw, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// discoveryFields returns the fields of a ScrapeConfig that contain targets or discoveries.
func discoveryFields() []string {
	var names []string
	spec := reflect.TypeFor[monitoringv1alpha1.ScrapeConfigSpec]()
	for f := range spec.Fields() {
		if strings.HasSuffix(f.Name, "SDConfigs") || f.Name == "StaticConfigs" {
			names = append(names, f.Name)
		}
	}
	return names
}

// discoverySamples is how many objects are made for the kinds with most rules, so that a missing
// rule is noticed.
var discoverySamples = map[string]int{"KubernetesSDConfigs": 900, "DNSSDConfigs": 250, "ScalewaySDConfigs": 400, "FileSDConfigs": 250, "ConsulSDConfigs": 120, "StaticConfigs": 120, "IonosSDConfigs": 200}

type discoveryGenerator struct{ *rand.Rand }

// object makes an object with one entry in one of its lists.
func (g discoveryGenerator) object(field string) *monitoringv1alpha1.ScrapeConfig {
	c := &monitoringv1alpha1.ScrapeConfig{}
	list := reflect.ValueOf(&c.Spec).Elem().FieldByName(field)
	list.Set(reflect.MakeSlice(list.Type(), 1, 1))
	g.fill(list.Index(0), field)
	g.identify(list.Index(0))
	return c
}

// fill sets the fields of an entry, mostly to valid values.
func (g discoveryGenerator) fill(v reflect.Value, name string) {
	switch v.Interface().(type) {
	case corev1.SecretKeySelector:
		v.Set(reflect.ValueOf(someSecret))
		return
	case monitoringv1.SafeAuthorization:
		v.Set(reflect.ValueOf(monitoringv1.SafeAuthorization{Credentials: &someSecret}))
		return
	case *monitoringv1.BasicAuth, *monitoringv1.SafeAuthorization, *monitoringv1.OAuth2:
		return // see identify
	case *monitoringv1.SafeTLSConfig:
		v.Set(reflect.ValueOf(pickOf(g, 50, nil, &monitoringv1.SafeTLSConfig{}, &monitoringv1.SafeTLSConfig{InsecureSkipVerify: new(false)},
			&monitoringv1.SafeTLSConfig{InsecureSkipVerify: new(true)}, &monitoringv1.SafeTLSConfig{ServerName: new("")},
			&monitoringv1.SafeTLSConfig{ServerName: new("a")}, &monitoringv1.SafeTLSConfig{MinVersion: new(monitoringv1.TLSVersion12)},
			&monitoringv1.SafeTLSConfig{MaxVersion: new(monitoringv1.TLSVersion13)},
			&monitoringv1.SafeTLSConfig{CA: monitoringv1.SecretOrConfigMap{Secret: &someSecret}})))
		return
	case monitoringv1.ProxyConfig:
		v.Set(reflect.ValueOf(pickOf(g, 60, monitoringv1.ProxyConfig{}, monitoringv1.ProxyConfig{ProxyURL: new("http://proxy:3128")},
			monitoringv1.ProxyConfig{ProxyFromEnvironment: new(true)}, monitoringv1.ProxyConfig{ProxyFromEnvironment: new(false)})))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for f, field := range v.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			g.fill(field, name)
		}
	case reflect.Pointer:
		if g.IntN(3) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			g.fill(v.Elem(), name)
		}
	case reflect.Slice:
		n := pickOf(g, 50, 1, 0, 2, 3)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			g.fill(v.Index(i), name)
		}
	case reflect.Map:
		m := map[string]string{}
		for range g.IntN(3) {
			m[pickOf(g, 70, "env", oddTexts...)] = pickOf(g, 50, "prod", oddTexts...)
		}
		v.Set(reflect.ValueOf(m))
	case reflect.String:
		v.SetString(g.text(name, v.Type().Name()))
	case reflect.Bool:
		v.SetBool(g.IntN(10) > 0)
	case reflect.Int32:
		v.SetInt(pickOf[int64](g, 50, 80, 0, 65535))
	default:
		panic("no values for " + v.Type().String())
	}
}

// identify sets at most one kind of authentication.
func (g discoveryGenerator) identify(entry reflect.Value) {
	if g.IntN(6) > 0 {
		return
	}
	name := pickOf(g, 30, "BasicAuth", "Authorization", "OAuth2")
	f := entry.FieldByName(name)
	if !f.IsValid() || f.Kind() != reflect.Pointer {
		return
	}
	f.Set(reflect.ValueOf(map[string]any{
		"BasicAuth":     &monitoringv1.BasicAuth{Username: someSecret, Password: someSecret},
		"Authorization": &monitoringv1.SafeAuthorization{Credentials: &someSecret},
		"OAuth2":        &monitoringv1.OAuth2{ClientID: monitoringv1.SecretOrConfigMap{Secret: &someSecret}, ClientSecret: someSecret, TokenURL: "https://a"},
	}[name]))
}

var someSecret = corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "a"}, Key: "b"}

// text returns a text, mostly a valid one.
func (g discoveryGenerator) text(name, kind string) string {
	good, ok := goodTypes[kind]
	if !ok {
		good, ok = goodTexts[name]
	}
	if !ok {
		good = []string{"a"}
	}
	if g.IntN(9) > 0 {
		return good[g.IntN(len(good))]
	}
	if bad := badTexts[name]; len(bad) > 0 && g.IntN(4) > 0 {
		return bad[g.IntN(len(bad))]
	}
	return oddTexts[g.IntN(len(oddTexts))]
}

// pickOf returns the first value with a chance of percent, and otherwise any of the rest.
func pickOf[T any](g discoveryGenerator, percent int, first T, rest ...T) T {
	if g.IntN(100) < percent {
		return first
	}
	return rest[g.IntN(len(rest))]
}

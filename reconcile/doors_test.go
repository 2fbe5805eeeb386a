package reconcile

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/internal/checktest"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
	"github.com/promgate/promgate/webhook"
)

// anyPrometheus selects the objects of cases without a Prometheus.
const anyPrometheus = `apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: main, namespace: monitoring}
spec: {scrapeInterval: 30s, evaluationInterval: 30s}
`

// TestEveryDoor: the objects of all checks' cases get the same findings from a review and from the
// webhook and, if the judge refuses the object, from render and in the Events of the loop.
func TestEveryDoor(t *testing.T) {
	archives, err := checktest.Load("../validation")
	if err != nil {
		t.Fatal(err)
	}
	leftOut := 0
	for id, archive := range archives {
		if archive.NeedsFile() {
			continue
		}
		for _, c := range archive.Cases {
			switch {
			case c.Prometheus == "":
				c.Prometheus = anyPrometheus
			case strings.Contains(c.Prometheus, "kind: ThanosRuler"):
				continue // nothing is rendered for a ThanosRuler
			case strings.Contains(c.Config, "parseTime"):
				continue // only the webhook has this setting: render and the loop use the default
			}
			t.Run(id+"/"+c.Name, func(t *testing.T) {
				want, err := checktest.Review(builtin.AtAdmission(), checktest.AsInstalled, c)
				if err != nil {
					t.Fatal(err)
				}
				d := newDoors(t, c)
				c.Unread = true
				atAdmission, err := checktest.Review(builtin.AtAdmission(), checktest.AsInstalled, c)
				if err != nil {
					t.Fatal(err)
				}
				d.webhook(t, atAdmission)
				switch kind, _ := selection.KindNamed(d.ref.Kind); {
				case kind.Notifies, kind.Kind == selection.NamespaceKind:
					return // no configuration is written for an Alertmanager, and none for a namespace
				case kind.Instance:
					d.instance(t, want)
					return
				}
				if d.render(t, want) {
					leftOut++
				}
				d.loop(t, want)
			})
		}
	}
	if leftOut < 100 {
		t.Errorf("the test is empty: only %d objects are left out", leftOut)
	}
}

// doors gives the ways to get a verdict on the object of one case.
type doors struct {
	c      checktest.Case
	raw    []byte
	object selection.Object // nil if it is malformed
	ref    selection.Ref
	kind   schema.GroupVersionKind
}

func newDoors(t *testing.T, c checktest.Case) *doors {
	t.Helper()
	raw, err := yaml.YAMLToJSON([]byte(c.In))
	if err != nil {
		t.Fatal(err)
	}
	var m metav1.PartialObjectMetadata
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	kind, _ := selection.KindNamed(m.Kind)
	d := &doors{c: c, raw: raw, ref: selection.Ref{Kind: m.Kind, Namespace: m.Namespace, Name: m.Name}}
	d.kind = kind.GroupVersionKind
	if m.APIVersion != "" { // a kind may be in several versions
		d.kind = m.GroupVersionKind()
	}
	object := kind.New()
	if validation.Decode(raw, object) == nil {
		d.object = object
	}
	return d
}

// webhook compares the answer of the validating webhook.
func (d *doors) webhook(t *testing.T, want []validation.Finding) {
	t.Helper()
	model, err := d.c.Model()
	if err != nil {
		t.Fatal(err)
	}
	configuration, err := d.c.Configuration()
	if err != nil {
		t.Fatal(err)
	}
	permissive, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	server := webhook.NewServer(webhook.Options{
		Certificate: noCertificate{}, Reviewer: &review.Reviewer{Kinds: builtin.AtAdmission(), Cluster: model, Judge: permissive, Objects: checktest.Kept{Model: model}},
		Settings: webhook.Settings{DuplicateJobs: configuration.DuplicateJobs.Scope, DenyLost: configuration.SelectionLost.DenyFrom, ParseTime: configuration.Rules.ParseTime.Duration}, Registry: registry, Gatherer: registry, Logger: slog.New(slog.DiscardHandler),
	})
	request := admissionv1.AdmissionReview{Request: &admissionv1.AdmissionRequest{
		UID: "1", Operation: admissionv1.Create, Namespace: d.ref.Namespace, Name: d.ref.Name, Kind: metav1.GroupVersionKind(d.kind),
	}}
	request.APIVersion, request.Kind = admissionv1.SchemeGroupVersion.String(), "AdmissionReview"
	request.Request.Object.Raw = d.raw
	if d.c.Stored != "" {
		stored, err := yaml.YAMLToJSON([]byte(d.c.Stored))
		if err != nil {
			t.Fatal(err)
		}
		request.Request.Operation, request.Request.OldObject.Raw = admissionv1.Update, stored
	}
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	post := httptest.NewRequest(http.MethodPost, "/validate?timeout=30s", bytes.NewReader(body))
	post.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	server.WebhookMux().ServeHTTP(answer, post)
	var got admissionv1.AdmissionReview
	if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil || got.Response == nil {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	var denied, warned []string
	for _, f := range want {
		if f.Severity == validation.Deny {
			denied = append(denied, f.Check+" "+report.Path(f.Path, report.ReadableLimits()))
		} else {
			warned = append(warned, report.ShortLine(f, report.ReadableLimits(), 200))
		}
	}
	var causes []string
	if got.Response.Result != nil && got.Response.Result.Details != nil {
		for _, cause := range got.Response.Result.Details.Causes {
			causes = append(causes, string(cause.Type)+" "+cause.Field)
		}
	}
	if diff := cmp.Diff(denied, causes); diff != "" {
		t.Errorf("the webhook denies otherwise (-review +webhook):\n%s", diff)
	}
	if got.Response.Allowed != (len(denied) == 0) {
		t.Errorf("allowed is %t, with %d denials", got.Response.Allowed, len(denied))
	}
	if len(warned) > 8 { // the last of eight lines gives the number of the rest
		warned, got.Response.Warnings = warned[:7], got.Response.Warnings[:7]
	}
	if diff := cmp.Diff(warned, got.Response.Warnings); diff != "" && len(denied) == 0 {
		t.Errorf("the webhook warns otherwise (-review +webhook):\n%s", diff)
	}
}

// options returns the options of render and the loop, with the parse time of the case.
func (d *doors) options(t *testing.T) promconfig.Options {
	t.Helper()
	configuration, err := d.c.Configuration()
	if err != nil {
		t.Fatal(err)
	}
	options := promconfig.AsInstalled()
	options.ParseTime = configuration.Rules.ParseTime.Duration
	return options
}

// render compares the findings of an object that is left out of the configuration, and reports
// whether it is left out.
func (d *doors) render(t *testing.T, want []validation.Finding) bool {
	t.Helper()
	if d.object == nil {
		return false
	}
	model, err := d.c.Model()
	if err != nil {
		t.Fatal(err)
	}
	if err := model.Put(d.object); err != nil {
		t.Fatal(err)
	}
	name := model.Instances()[0].Ref.NamespacedName()
	result, err := render.Render(model, name, d.options(t), time.Now())
	if _, refused := errors.AsType[*render.RefusedError](err); refused {
		return false // the Prometheus refers to a Secret, and there is none
	}
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(result.LeftOut, func(l render.LeftOut) bool {
		return selection.Ref{Kind: l.Kind, Namespace: l.Namespace, Name: l.Name} == d.ref
	})
	if i < 0 {
		mustBeLeftOut(t, want)
		return false
	}
	sameWords(t, "render", want, result.LeftOut[i].Findings)
	return true
}

// instance renders the configuration of an object that selects others. If a review denies the object, there is none, for the
// same reasons.
func (d *doors) instance(t *testing.T, want []validation.Finding) {
	t.Helper()
	if d.object == nil || d.ref.Kind == monitoringv1.ThanosRulerKind {
		return // no configuration is generated for a ThanosRuler
	}
	model := cluster.New(cluster.Options{KeepObjects: true})
	unusable := model.Put(d.object)
	_, err := render.Render(model, d.ref.NamespacedName(), d.options(t), time.Now())
	refused, isRefused := errors.AsType[*render.RefusedError](err)
	_, isUnrenderable := errors.AsType[*render.UnrenderableError](err)
	switch {
	case unusable != nil:
		if len(want) == 0 {
			t.Errorf("a review finds nothing, and it is unusable: %s", unusable)
		}
	case isRefused:
		for _, f := range withoutMissing(refused.Findings) {
			line := linesFor([]validation.Finding{f})[0]
			if !slices.Contains(linesFor(want), line) && !isDeniedAt(want, f) {
				t.Errorf("the configuration is refused for what no review finds: %s", line)
			}
		}
	case err != nil && !isUnrenderable: // its user writes the configuration
		t.Error(err)
	case err == nil:
		mustBeLeftOut(t, want)
	}
}

// isDeniedAt reports whether another check denies the same place, or one in it.
func isDeniedAt(want []validation.Finding, refused validation.Finding) bool {
	return slices.ContainsFunc(want, func(f validation.Finding) bool {
		return f.Severity == validation.Deny && f.Path.Within(refused.Path)
	})
}

// loop compares the Event on the object.
func (d *doors) loop(t *testing.T, want []validation.Finding) {
	t.Helper()
	if d.object == nil {
		return
	}
	target, server, logger := &memory{}, &api{gone: map[string]bool{}, secrets: map[string]*corev1.Secret{}}, slog.New(slog.DiscardHandler)
	recorder := events.NewFakeRecorder(100)
	reporter := NewReporter(server, server, recorder, prometheus.NewRegistry(), logger)
	l := New(Options{
		Now:    time.Now,
		Target: target, Ready: func() error { return nil }, Reader: server, Reporter: reporter,
		Render: d.options(t), ReleaseHold: map[types.NamespacedName]bool{}, Logger: logger,
	})
	model, err := d.c.Model()
	if err != nil {
		t.Fatal(err)
	}
	main := model.Instances()[0]
	if err := l.Put(main.Object); err != nil {
		t.Fatal(err)
	}
	if err := l.Put(d.object); err != nil {
		t.Fatal(err)
	}
	if _, err := l.pass(t.Context(), main.Ref); err != nil {
		t.Fatal(err)
	}
	c, err := l.engine.Render(main.Ref)
	if _, refused := errors.AsType[*render.RefusedError](err); refused {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(c.LeftOut, func(left render.LeftOut) bool {
		return !left.Partly && left.Name == d.ref.Name && left.Kind == d.ref.Kind
	})
	if i < 0 {
		mustBeLeftOut(t, want)
		return
	}
	found := c.LeftOut[i].Findings
	sameWords(t, "the loop", want, found)
	close(recorder.Events)
	note := report.ClipBytes("left out: "+strings.Join(linesFor(found), "; "), maxNote-100)
	for event := range recorder.Events {
		if strings.Contains(event, strings.TrimSuffix(note, "…")) {
			return
		}
	}
	t.Errorf("there is no Event with %q", note)
}

// sameWords fails if render or the loop leaves an object out for a finding that a review does not
// report, or omits a finding for which it is left out.
func sameWords(t *testing.T, door string, want, got []validation.Finding) {
	t.Helper()
	found, named := linesFor(want), linesFor(withoutMissing(got))
	for _, line := range named {
		if !slices.Contains(found, line) {
			t.Errorf("%s leaves it out for what no review finds: %s\nwhich finds\n%s", door, line, strings.Join(found, "\n"))
		}
	}
	for _, line := range linesFor(reasons(want)) {
		if !slices.Contains(named, line) {
			t.Errorf("%s does not name a reason: %s\nbut\n%s", door, line, strings.Join(named, "\n"))
		}
	}
}

// reasons are the findings for which an object can be left out of a configuration.
func reasons(found []validation.Finding) []validation.Finding {
	return slices.DeleteFunc(slices.Clone(found), func(f validation.Finding) bool {
		return f.Severity != validation.Deny && !f.LeavesOut || f.Check == "duplicate-job" || f.Check == "job-shared"
	})
}

// withoutMissing removes the findings that need Secrets and ConfigMaps: the cases have none.
func withoutMissing(found []validation.Finding) []validation.Finding {
	return slices.DeleteFunc(slices.Clone(found), func(f validation.Finding) bool {
		return f.Check == "configuration" && (strings.HasPrefix(f.Problem, "Secret ") || strings.HasPrefix(f.Problem, "ConfigMap "))
	})
}

// mustBeLeftOut fails if the judge's own verdict is among the findings.
func mustBeLeftOut(t *testing.T, found []validation.Finding) {
	t.Helper()
	for _, f := range found {
		if f.Check == "configuration" && f.Severity == validation.Deny {
			t.Errorf("not left out in spite of %s", report.Line(f, report.ReadableLimits()))
		}
	}
}

func linesFor(found []validation.Finding) []string {
	lines := []string{}
	for _, f := range found {
		lines = append(lines, report.Line(f, report.ReadableLimits()))
	}
	return lines
}

// noCertificate is for a server that does not listen.
type noCertificate struct{}

func (noCertificate) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return nil, errors.New("no certificate")
}

func (noCertificate) Ready() error { return nil }

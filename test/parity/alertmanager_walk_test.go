package parity

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/alertmanager"
	"github.com/promgate/promgate/internal/checktest"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/render"
	findingtext "github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/internal/schema"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/selection"
	programs "github.com/promgate/promgate/test/rig"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// linkedAlertmanager is the version of the Alertmanager that runs.
const linkedAlertmanager = "v0.35.0"

// podHome is the directory of the operator's files in the pods of an Alertmanager.
const podHome = "/etc/alertmanager"

// TestAlertmanagersReload checks that an Alertmanager reloads the configuration that promgate renders of random objects that the checks
// admit, and starts with it, and that the checks refuse no object that the operator would write and Alertmanager would accept. The
// command line is the matter of TestAlertmanagerArguments in test/versions.
//
//	ALERTMANAGERS_SEED    another number gives other objects
//	ALERTMANAGERS_RELOADS Alertmanagers, with one to four objects each
//	ALERTMANAGERS_STARTS  how many of them an Alertmanager starts with
func TestAlertmanagersReload(t *testing.T) {
	seed, requests, starts := number(t, "ALERTMANAGERS_SEED", 1), number(t, "ALERTMANAGERS_RELOADS", 400), number(t, "ALERTMANAGERS_STARTS", 4)
	g := notificationGenerator(t, seed)
	w := newNotificationWalk(t)
	for i := range requests {
		r := g.Notifications(linkedAlertmanager)
		r.selectAll(g)
		r = storable(t, &w.stored, r)
		if !slices.ContainsFunc(r.Objects, isMain) || lacksBase(r) {
			continue
		}
		w.walk(fmt.Sprintf("seed %d, request %d", seed, i), r, w.started < starts*(i+1)/requests)
	}
	t.Logf("%d objects invalid for the API server; %d admitted, of %d Alertmanagers: %d reloads, %d starts",
		w.stored.invalid, w.admitted, w.rendered, w.reloaded, w.started)
	t.Logf("refused: %d by the operator as well, %d by Alertmanager as well", w.operatorToo, w.alertmanagerToo)
	for _, reason := range slices.Sorted(maps.Keys(w.wrongly)) {
		t.Errorf("refused %d times, but Alertmanager accepts it: %s", w.wrongly[reason], reason)
	}
	if w.reloaded < requests/3 || w.alertmanagerToo < requests/100 || w.operatorToo < requests/100 {
		t.Error("too few of one sort")
	}
}

// selectAll makes the Alertmanager select all objects, with a random mode of reading matchers.
func (r *Request) selectAll(g *Generator) {
	for i, data := range r.Objects {
		if !isMain(data) {
			continue
		}
		var main map[string]any
		if err := json.Unmarshal(data, &main); err != nil {
			panic(err) // it was just written
		}
		spec := main["spec"].(map[string]any)
		spec["alertmanagerConfigNamespaceSelector"] = map[string]any{}
		spec["enableFeatures"] = choose(g.rnd, []any{}, []any{}, []any{}, []any{"classic-mode"}, []any{"utf8-strict-mode"})
		one := &Request{}
		one.add(main)
		r.Objects[i] = one.Objects[0]
	}
}

// notificationWalk is one run: the Alertmanagers that run, by their feature flag, and the counts.
type notificationWalk struct {
	t       *testing.T
	program string
	stored  instanceWalk // knows what the API server would store
	kinds   map[string]validation.Kind
	running map[string]*programs.Server
	dirs    map[string]string
	wrongly map[string]int // false refusals by reason

	admitted, rendered, reloaded, started, operatorToo, alertmanagerToo int
}

func newNotificationWalk(t *testing.T) *notificationWalk {
	t.Helper()
	for name, value := range awsEnv {
		t.Setenv(name, value)
	}
	root, err := programs.FindRoot()
	if err != nil {
		t.Fatal(err)
	}
	w := &notificationWalk{
		t: t, stored: instanceWalk{t: t, schemas: schema.New()},
		kinds: map[string]validation.Kind{}, running: map[string]*programs.Server{}, dirs: map[string]string{}, wrongly: map[string]int{},
	}
	if w.program, err = (programs.Builder{Root: root, Log: os.Stderr}).Alertmanager(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, k := range builtin.Kinds() {
		w.kinds[k.GroupVersion().String()+"/"+k.Kind] = k
	}
	return w
}

// walk judges the objects of one Alertmanager, each by itself, and makes a real one reload what is admitted of them.
func (w *notificationWalk) walk(name string, r *Request, start bool) {
	model, main := w.model(r)
	assets := model.Assets()
	a := main.Object.(*monitoringv1.Alertmanager)
	j := judge.NewAlertmanager(a, assets)
	admitted := *r
	admitted.Objects = nil
	for _, data := range r.Objects {
		denied := w.denied(data, j.Snapshot())
		if len(denied) == 0 {
			admitted.Objects = append(admitted.Objects, data)
			continue
		}
		w.refused(name, a, j, data, denied)
	}
	if !slices.ContainsFunc(admitted.Objects, isMain) || lacksBase(&admitted) {
		return
	}
	w.admitted += len(admitted.Objects) - len(rig.fixtures)
	w.rendered++
	model, main = w.model(&admitted)
	n, err := render.Alertmanager(model, main, assets)
	if err != nil {
		w.fail(name, "each object is admitted, but not all together", &admitted, err)
		return
	}
	files := w.files(j, &admitted)
	if err := w.reload(a, string(n.Text), files); err != nil {
		w.fail(name, "admitted, but Alertmanager does not reload it", &admitted, err)
		return
	}
	w.reloaded++
	if start {
		w.started++
		if err := w.start(a, string(n.Text), files); err != nil {
			w.fail(name, "admitted, but Alertmanager does not start with it", &admitted, err)
		}
	}
}

func (w *notificationWalk) model(r *Request) (*cluster.Model, *cluster.Instance) {
	model, err := modelOf(r)
	if err != nil {
		w.t.Fatal(err)
	}
	main := model.Instance(selection.Ref{Kind: monitoringv1.AlertmanagersKind, Namespace: "monitoring", Name: "main"})
	if main == nil || main.Err != nil {
		w.t.Fatalf("no Alertmanager: %v", main)
	}
	return model, main
}

// denied returns the findings that refuse an object because of the configuration.
func (w *notificationWalk) denied(data json.RawMessage, s validation.Snapshot) []validation.Finding {
	var head struct{ APIVersion, Kind string }
	if err := json.Unmarshal(data, &head); err != nil {
		w.t.Fatal(err)
	}
	kind, ok := w.kinds[head.APIVersion+"/"+head.Kind]
	if !ok {
		return nil // a fixture
	}
	found, err := kind.Run(w.t.Context(), data, s, checktest.AsInstalled)
	if err != nil {
		w.t.Fatal(err)
	}
	return slices.DeleteFunc(validation.Settled(found), func(f validation.Finding) bool {
		return f.Severity != validation.Deny || f.Check == "alertmanager-arguments" || f.Check == "selector"
	})
}

// refused makes Alertmanager reload the configuration that the operator would write with an object that is refused.
func (w *notificationWalk) refused(name string, a *monitoringv1.Alertmanager, j *judge.Alertmanager, data json.RawMessage, denied []validation.Finding) {
	g, base := j.Generator(), j.Base()
	if base.Text == nil {
		base = withRoute(base)
	}
	var parts []alertmanager.Part
	files := map[string][]byte{}
	maps.Copy(files, base.Files)
	if !isMain(data) {
		object, err := decode(data)
		if err != nil {
			w.t.Fatal(err)
		}
		part, _ := g.Part(object, base)
		switch {
		case part.LeftOut, len(part.Failures) > 0: // by TestAlertmanagersByChance the operator does so as well
			w.operatorToo++
			return
		case part.Root:
			base = g.BaseFrom(part)
		default:
			parts = append(parts, part)
		}
		maps.Copy(files, part.Files)
	}
	config, err := g.Config(base, parts)
	if err != nil || len(base.Failures) > 0 {
		w.operatorToo++
		return
	}
	if w.reload(a, string(config), files) != nil {
		w.alertmanagerToo++
		return
	}
	reason := denied[0].Check + ": " + denied[0].Path.String() + ": " + denied[0].Problem
	if w.wrongly[reason]++; w.wrongly[reason] == 1 {
		w.t.Logf("%s: %s\n%s", name, findingtext.Line(denied[0], findingtext.Limits{}), data)
	}
}

// withRoute returns a base with a route, which the global AlertmanagerConfig would give it.
func withRoute(base *alertmanager.Base) *alertmanager.Base {
	out := *base
	out.Fields = append(slices.Clone(base.Fields),
		yaml.MapItem{Key: "route", Value: yaml.MapSlice{{Key: "receiver", Value: "nobody"}}},
		yaml.MapItem{Key: "receivers", Value: []yaml.MapSlice{{{Key: "name", Value: "nobody"}}}})
	return &out
}

// files returns the certificates and keys that a configuration refers to.
func (w *notificationWalk) files(j *judge.Alertmanager, r *Request) map[string][]byte {
	files := map[string][]byte{}
	maps.Copy(files, j.Base().Files)
	for _, data := range r.Objects {
		object, err := decode(data)
		if err != nil {
			w.t.Fatal(err)
		}
		if part, ok := j.Generator().Part(object, j.Base()); ok {
			maps.Copy(files, part.Files)
		}
	}
	return files
}

func (w *notificationWalk) fail(name, cause string, r *Request, said error) {
	var objects []string
	for _, data := range r.Objects[len(rig.fixtures):] {
		objects = append(objects, string(data))
	}
	w.t.Errorf("%s: %s: %v\n%s", name, cause, said, strings.Join(objects, "\n"))
}

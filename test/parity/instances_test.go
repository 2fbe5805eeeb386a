package parity

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/internal/cluster"
	findingtext "github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/internal/schema"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	programs "github.com/promgate/promgate/test/rig"
	"github.com/promgate/promgate/validation/builtin"
)

// TestInstances checks that a Prometheus starts with every Prometheus and PrometheusAgent object that the gate admits, and with none
// that it refuses because of the command line or the configuration.
//
//	INSTANCES_SEED     another number gives other objects
//	INSTANCES_REQUESTS objects
func TestInstances(t *testing.T) {
	seed, requests := number(t, "INSTANCES_SEED", 1), number(t, "INSTANCES_REQUESTS", 300)
	g := NewGenerator(uint64(seed), rig.schemas, NewCoverage(), rig.fixtures)
	g.CarelessInstances = 6
	w := newInstanceWalk(t)
	for i := range requests {
		kind := choose(g.rnd, "Prometheus", "PrometheusAgent")
		w.walk(fmt.Sprintf("seed %d, object %d", seed, i), g.Instance(kind))
	}
	t.Logf("the API server refuses %d, the operator %d; %d admitted and started, %d refused and not started", w.invalid, w.unusable, w.started, w.refused)
	t.Logf("refused by check: %v", w.checks)
	if w.started < requests/4 || w.refused < requests/20 {
		t.Error("too few of one sort")
	}
}

// TestArgumentsStart does the same with each flag that has a number or a duration, alone, and values that its parser reads: a Prometheus
// looks at some of them only when it opens its storage or its port.
func TestArgumentsStart(t *testing.T) {
	w := newInstanceWalk(t)
	for _, kind := range []string{"Prometheus", "PrometheusAgent"} {
		for _, flag := range dialect.Arguments(dialect.Latest()) {
			if flag.Mode == dialect.AgentMode && kind == "Prometheus" || flag.Mode == dialect.ServerMode && kind != "Prometheus" ||
				flag.Mode == "" && kind != "Prometheus" || elsewhere[flag.Name] || flag.Kind == dialect.TextArgument || flag.Kind == dialect.TextsArgument {
				continue
			}
			for _, value := range argumentValues[flag.Kind] {
				w.walk("--"+flag.Name, instanceWith(kind, map[string]any{
					"additionalArgs": []any{map[string]any{"name": flag.Name, "value": value}},
				}))
			}
		}
	}
	t.Logf("%d admitted and started, %d refused and not started", w.started, w.refused)
}

func instanceWith(kind string, spec map[string]any) map[string]any {
	spec["version"] = dialect.Latest().String() + ".0"
	spec["serviceMonitorSelector"] = map[string]any{}
	version := "monitoring.coreos.com/v1"
	if kind == "PrometheusAgent" {
		version = "monitoring.coreos.com/v1alpha1"
	}
	return map[string]any{
		"apiVersion": version, "kind": kind, "spec": spec,
		"metadata": map[string]any{"namespace": "monitoring", "name": "main"},
	}
}

// instanceWalk is one run: what the checks and a Prometheus need to know, and the counts.
type instanceWalk struct {
	t          *testing.T
	prometheus string
	schemas    *schema.Schemas
	assets     cluster.Known
	reviewer   *review.Reviewer
	checks     map[string]int

	invalid, unusable, started, refused int
}

func newInstanceWalk(t *testing.T) *instanceWalk {
	t.Helper()
	model, err := modelOf(&Request{Objects: rig.fixtures})
	if err != nil {
		t.Fatal(err)
	}
	j, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	root, err := programs.FindRoot()
	if err != nil {
		t.Fatal(err)
	}
	path, err := programs.Builder{Root: root, Log: os.Stderr}.Prometheus(t.Context()) // the discoveries play no part
	if err != nil {
		t.Fatal(err)
	}
	w := &instanceWalk{t: t, prometheus: path, schemas: schema.New(), assets: model.Known(), checks: map[string]int{}}
	w.reviewer = &review.Reviewer{Kinds: builtin.Kinds(), Cluster: cluster.New(cluster.Options{}), Judge: j.With(w.assets)}
	return w
}

// walk asks the API server's schema, the checks and a Prometheus about one object.
func (w *instanceWalk) walk(name string, object map[string]any) {
	data, err := json.Marshal(object)
	if err != nil {
		w.t.Fatal(err)
	}
	data, valid := w.admit(data)
	if !valid {
		w.invalid++
		return
	}
	ref := selection.Ref{Kind: object["kind"].(string), Namespace: "monitoring", Name: "main"}
	result, err := (&gate{w.reviewer}).review(w.t.Context(), ref, data)
	if err != nil {
		w.t.Fatal(err)
	}
	line, ok := w.render(data)
	denied := result.Denied()
	if !ok {
		w.unusable++
		if len(denied) == 0 {
			w.fail(name, "admitted, but the operator refuses it", data, "")
		}
		return
	}
	said, starts := w.start(line)
	switch {
	case starts && len(denied) == 0:
		w.started++
	case !starts && len(denied) > 0:
		w.refused++
		w.checks[denied[0].Check]++
	case starts:
		for _, f := range denied {
			if reason := startsAnyway(f.Check, f.Problem); reason == "" {
				w.fail(name, "refused, but Prometheus starts with it: "+f.Check, data, findingtext.Line(f, findingtext.Limits{}))
				return
			}
		}
	case startsAlone(said) != "":
	default:
		w.fail(name, "admitted, but Prometheus does not start with it", data, said)
	}
}

// startsAlone returns why an object is admitted although Prometheus refuses it with the jobs of the scrape classes, which this
// test adds: without a job it starts, and the checks on a monitor refuse the job.
func startsAlone(said string) string {
	for words, reason := range map[string]string{
		"utf8 metric names requested but validation scheme is not set to UTF8": "nameEscapingScheme and nameValidationScheme meet in a job, which may have its own",
		"is invalid 'target_label'": "a class may be for monitors with another nameValidationScheme",
	} {
		if strings.Contains(said, words) {
			return reason
		}
	}
	return ""
}

// startsAnyway returns why a finding denies an object with which Prometheus starts.
func startsAnyway(check, problem string) string {
	switch {
	case strings.Contains(problem, "the operator"):
		return "the operator does not get as far as to start it"
	case runningRefuses.MatchString(problem):
		return "it starts, and does not reload"
	case check == "reference-name":
		return "the operator does not find the Secret, and updates nothing; the assets of this test are found under any name"
	case neverWorks[check] != "":
		return neverWorks[check]
	}
	return ""
}

func (w *instanceWalk) fail(name, cause string, data []byte, said string) {
	object, err := yaml.JSONToYAML(data)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Errorf("%s: %s\n%s\n%s", name, cause, said, object)
}

// admit sets the defaults of an object, and reports whether the API server would store it.
func (w *instanceWalk) admit(data []byte) (stored []byte, valid bool) {
	var object map[string]any
	if err := utiljson.Unmarshal(data, &object); err != nil {
		w.t.Fatal(err)
	}
	var head metav1.TypeMeta
	if err := json.Unmarshal(data, &head); err != nil {
		w.t.Fatal(err)
	}
	s, _, err := w.schemas.For(head.GroupVersionKind())
	if err != nil {
		w.t.Fatal(err)
	}
	_, violations := s.Admit(w.t.Context(), object)
	stored, err = json.Marshal(object)
	if err != nil {
		w.t.Fatal(err)
	}
	return stored, len(violations) == 0
}

// render writes the configuration, and returns the command line. ok is false if the operator refuses the object.
func (w *instanceWalk) render(data []byte) (line []promconfig.Argument, ok bool) {
	object, err := decode(data)
	if err != nil {
		w.t.Fatal(err)
	}
	options := promconfig.AsInstalled()
	options.Paths = promconfig.Paths{Rules: "rules", Certificates: "certs"}
	var g *promconfig.Generator
	switch o := object.(type) {
	case *monitoringv1.Prometheus:
		o.Spec.RuleSelector = nil
		g, err = promconfig.New(o, w.assets, options)
	case *monitoringv1alpha1.PrometheusAgent:
		g, err = promconfig.NewAgent(o, w.assets, options)
	}
	if err != nil {
		return nil, false
	}
	global := g.Global()
	if len(global.Rejections) > 0 {
		return nil, false
	}
	// A scrape class is written with the monitors that use it.
	classes := promconfig.Part{Kind: monitoringv1.PodMonitorsKind, Jobs: global.Classes}
	config, err := g.Config(global, nil, []promconfig.Part{classes})
	if err != nil {
		w.t.Fatal(err)
	}
	dir := w.t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "certs"), 0o700); err != nil {
		w.t.Fatal(err)
	}
	for file, content := range global.Files {
		if err := os.WriteFile(filepath.Join(dir, "certs", file), content, 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "prometheus.yaml")
	if err := os.WriteFile(file, []byte(podEnv.Replace(string(config))), 0o600); err != nil {
		w.t.Fatal(err)
	}
	for _, a := range g.Arguments() {
		switch a.Name {
		case "config.file":
			a.Value = file
		case "storage.tsdb.path", "storage.agent.path":
			a.Value = filepath.Join(dir, "data")
		case "web.listen-address", "web.config.file", "log.level", "log.format":
			if !a.Additional {
				continue
			}
		}
		line = append(line, a)
	}
	return append(line, promconfig.Argument{Name: "web.listen-address", Value: "127.0.0.1:0"}), true
}

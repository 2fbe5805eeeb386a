package checktest

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

var updateWants = flag.Bool("update", false, "write the findings of the checks into their archives")

// Run compares the findings of every check of some kinds with its archive. Each check runs alone: the
// others are off.
func Run(t *testing.T, kinds []validation.Kind, directory string) {
	t.Helper()
	archives, err := Load(directory)
	if err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(archives, func(_ string, a *Archive) bool { return a.NeedsFile() }) // package lint runs those
	var checks []validation.Info
	for _, k := range kinds {
		checks = append(checks, k.Checks...)
	}
	Compare(t, archives, checks, func(id string, c Case) (string, error) { return Findings(kinds, Only(id), c) })
}

// Compare compares the findings of each check in the cases of its archive with those that are wanted,
// or with -update writes them into the archive. The test fails for a check without an archive, for an
// archive without a check, and for an archive without a case with a finding or without a case that has
// none.
func Compare(t *testing.T, archives map[string]*Archive, checks []validation.Info, findings func(id string, c Case) (string, error)) {
	t.Helper()
	byID := map[string]bool{}
	for _, c := range checks {
		byID[c.ID] = true
	}
	for id := range byID {
		a, ok := archives[id]
		if !ok {
			t.Errorf("check %s has no archive: add testdata/%s.txtar in its directory", id, id)
			continue
		}
		t.Run(id, func(t *testing.T) { a.compare(t, findings) })
	}
	for id, a := range archives {
		if !byID[id] {
			t.Errorf("%s belongs to no check: is %s on the list of its kind?", a.File, id)
		}
	}
}

func (a *Archive) compare(t *testing.T, findings func(id string, c Case) (string, error)) {
	t.Helper()
	var finding, clean bool
	for i, c := range a.Cases {
		t.Run(c.Name, func(t *testing.T) {
			got, err := findings(a.ID, c)
			if err != nil {
				t.Fatal(err)
			}
			finding = finding || got != ""
			clean = clean || got == ""
			if *updateWants {
				a.Cases[i].Want = got
				return
			}
			if diff := gocmp.Diff(c.Want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
	if !finding || !clean {
		t.Errorf("%s needs a case with a finding and a case without", a.File)
	}
	if *updateWants {
		if err := a.write(); err != nil {
			t.Fatal(err)
		}
	}
}

// ErrNoKind means that there are no checks for the kind of an object.
var ErrNoKind = errors.New("no checks for this kind")

// Only switches all checks off but one, which has its severity as installed.
func Only(id string) func(validation.Info) validation.Severity {
	return func(c validation.Info) validation.Severity {
		if c.ID == id {
			return c.Severity
		}
		return validation.Off
	}
}

// AsInstalled gives every check its severity as installed.
func AsInstalled(c validation.Info) validation.Severity { return c.Severity }

// Model returns the cluster of the case: its Prometheus or ThanosRuler, Services and rivals. If
// the former has no selector for the kind of the object, it selects the object all the same.
func (c *Case) Model() (*cluster.Model, error) {
	model := cluster.New(cluster.Options{KeepObjects: true})
	if c.Prometheus != "" {
		instance, err := c.instance()
		if err != nil {
			return nil, err
		}
		if err := model.Put(instance); err != nil {
			return nil, err //nolint:wrapcheck // it says which
		}
	}
	return model, c.fill(model)
}

// instance reads the Prometheus, PrometheusAgent, ThanosRuler or Alertmanager of the case.
func (c *Case) instance() (selection.Object, error) {
	var meta metav1.TypeMeta
	if err := yaml.Unmarshal([]byte(c.Prometheus), &meta); err != nil {
		return nil, fmt.Errorf("reading the Prometheus: %w", err)
	}
	if meta.Kind == monitoringv1.ThanosRulerKind {
		ruler := &monitoringv1.ThanosRuler{}
		if err := yaml.UnmarshalStrict([]byte(c.Prometheus), ruler); err != nil {
			return nil, fmt.Errorf("reading the ThanosRuler: %w", err)
		}
		selectAll(&ruler.Spec.RuleSelector, &ruler.Spec.RuleNamespaceSelector)
		return ruler, nil
	}
	if meta.Kind == monitoringv1alpha1.PrometheusAgentsKind {
		agent := &monitoringv1alpha1.PrometheusAgent{}
		if err := yaml.UnmarshalStrict([]byte(c.Prometheus), agent); err != nil {
			return nil, fmt.Errorf("reading the PrometheusAgent: %w", err)
		}
		selectMonitors(&agent.Spec.CommonPrometheusFields)
		return agent, nil
	}
	if meta.Kind == monitoringv1.AlertmanagersKind {
		a := &monitoringv1.Alertmanager{}
		if err := yaml.UnmarshalStrict([]byte(c.Prometheus), a); err != nil {
			return nil, fmt.Errorf("reading the Alertmanager: %w", err)
		}
		selectAll(&a.Spec.AlertmanagerConfigSelector, &a.Spec.AlertmanagerConfigNamespaceSelector)
		return a, nil
	}
	p := &monitoringv1.Prometheus{}
	if err := yaml.UnmarshalStrict([]byte(c.Prometheus), p); err != nil {
		return nil, fmt.Errorf("reading the Prometheus: %w", err)
	}
	s := &p.Spec
	selectMonitors(&s.CommonPrometheusFields)
	selectAll(&s.RuleSelector, &s.RuleNamespaceSelector)
	s.EvaluationInterval = cmp.Or(s.EvaluationInterval, "30s") // the default of the CRD
	return p, nil
}

// selectMonitors fills in the selectors of monitors.
func selectMonitors(s *monitoringv1.CommonPrometheusFields) {
	selectAll(&s.ServiceMonitorSelector, &s.ServiceMonitorNamespaceSelector)
	selectAll(&s.PodMonitorSelector, &s.PodMonitorNamespaceSelector)
	selectAll(&s.ProbeSelector, &s.ProbeNamespaceSelector)
	selectAll(&s.ScrapeConfigSelector, &s.ScrapeConfigNamespaceSelector)
}

// selectAll fills in selectors if there are none.
func selectAll(objects, namespaces **metav1.LabelSelector) {
	if *objects == nil {
		*objects, *namespaces = &metav1.LabelSelector{}, &metav1.LabelSelector{}
	}
}

// fill adds the objects that are there already.
func (c *Case) fill(model *cluster.Model) error {
	for document := range strings.SplitSeq(c.Services, "---\n") {
		if document == "" {
			continue
		}
		service := &corev1.Service{}
		if err := yaml.UnmarshalStrict([]byte(document), service); err != nil {
			return fmt.Errorf("reading a Service: %w", err)
		}
		if err := model.Put(service); err != nil {
			return err //nolint:wrapcheck // it says which
		}
	}
	for document := range strings.SplitSeq(c.Rival+"---\n"+c.Stored, "---\n") {
		if document == "" {
			continue
		}
		other, err := objectOf(document)
		if err != nil {
			return err
		}
		if err := model.Put(other); err != nil {
			return err //nolint:wrapcheck // it says which
		}
	}
	return nil
}

// A Configuration is what counts in a case of promgate.yaml.
type Configuration struct {
	DuplicateJobs struct {
		Scope jobs.Scope `json:"scope"`
	} `json:"duplicateJobs"`
	SelectionLost struct {
		DenyFrom int `json:"denyFrom"`
	} `json:"selectionLost"`
	Rules struct {
		ParseTime metav1.Duration `json:"parseTime"`
	} `json:"rules"`
}

// Configuration reads the configuration of the case.
func (c *Case) Configuration() (Configuration, error) {
	var read Configuration
	if err := yaml.UnmarshalStrict([]byte(c.Config), &read); err != nil {
		return read, fmt.Errorf("reading the configuration: %w", err)
	}
	return read, nil
}

func objectOf(text string) (selection.Object, error) {
	var meta metav1.TypeMeta
	if err := yaml.Unmarshal([]byte(text), &meta); err != nil {
		return nil, fmt.Errorf("reading an object: %w", err)
	}
	kind, known := selection.KindNamed(meta.Kind)
	if !known {
		return nil, fmt.Errorf("%w: %q", ErrNoKind, meta.Kind)
	}
	object := kind.New()
	if err := yaml.Unmarshal([]byte(text), object); err != nil {
		return nil, fmt.Errorf("reading an object: %w", err)
	}
	return object, nil
}

// Findings runs the checks that are wanted on the object of a case, and returns what
// they find, as it is written in a want file.
func Findings(kinds []validation.Kind, want func(validation.Info) validation.Severity, c Case) (string, error) {
	found, err := Review(kinds, want, c)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "%s %s\n", f.Severity, report.Text(f, report.ReadableLimits()))
	}
	return b.String(), nil
}

// alertmanagerIn puts an Alertmanager into the model, as package lint does, and returns it: the model knows the Secrets and
// ConfigMaps that it refers to.
func alertmanagerIn(model *cluster.Model, text string) (any, error) {
	object, err := objectOf(text)
	if err != nil {
		return nil, err
	}
	_ = model.Put(object) // a check says why it cannot be used
	return object, nil
}

// Review reviews the object of a case in the cluster of the case.
func Review(kinds []validation.Kind, want func(validation.Info) validation.Severity, c Case) ([]validation.Finding, error) {
	raw, err := yaml.YAMLToJSON([]byte(c.In))
	if err != nil {
		return nil, fmt.Errorf("reading the object: %w", err)
	}
	var object metav1.PartialObjectMetadata
	if err := yaml.Unmarshal([]byte(c.In), &object); err != nil {
		return nil, fmt.Errorf("reading the object: %w", err)
	}
	i := slices.IndexFunc(kinds, func(k validation.Kind) bool {
		return k.Kind == object.Kind && (object.APIVersion == "" || object.APIVersion == k.GroupVersion().String())
	})
	if i < 0 {
		return nil, fmt.Errorf("%w: %q", ErrNoKind, object.Kind)
	}
	model, err := c.Model()
	if err != nil {
		return nil, err
	}
	configuration, err := c.Configuration()
	if err != nil {
		return nil, err
	}
	permissive, err := judge.Permissive()
	if err != nil {
		return nil, fmt.Errorf("making a reviewer: %w", err)
	}
	var stored []byte
	if c.Stored != "" {
		if stored, err = yaml.YAMLToJSON([]byte(c.Stored)); err != nil {
			return nil, fmt.Errorf("reading the stored object: %w", err)
		}
	}
	reviewer := &review.Reviewer{Kinds: kinds, Cluster: model, Judge: permissive, Objects: Kept{Model: model}}
	var decoded any
	if object.Kind == monitoringv1.AlertmanagersKind && !c.Unread {
		if decoded, err = alertmanagerIn(model, c.In); err != nil {
			return nil, err
		}
	}
	result, err := reviewer.Review(context.Background(), review.Request{
		Kind: kinds[i], Namespace: object.Namespace, Name: object.Name, Object: raw, Decoded: decoded, Stored: stored,
		Settings: review.Settings{
			DuplicateJobs: configuration.DuplicateJobs.Scope, DenyLost: configuration.SelectionLost.DenyFrom,
			ParseTime: configuration.Rules.ParseTime.Duration,
			Severity:  func(check validation.Info, _ labels.Set) validation.Severity { return want(check) },
		},
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // it says of what
	}
	return result.Findings, nil
}

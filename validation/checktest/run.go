package checktest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

var update = flag.Bool("update", false, "write what the checks say into their archives")

// Run holds every check against its archive, each alone: the other checks are
// off. It fails on a check without an archive, an archive without a check, and
// an archive that lacks a case with a finding or a case without.
func Run(t *testing.T, kinds []validation.Kind, directory string) {
	t.Helper()
	archives, err := Load(directory)
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]bool{}
	for _, k := range kinds {
		for _, c := range k.Checks {
			byID[c.ID] = true
		}
	}
	for id := range byID {
		a, ok := archives[id]
		if !ok {
			t.Errorf("check %s has no archive: add testdata/%s.txtar beside it", id, id)
			continue
		}
		t.Run(id, func(t *testing.T) { a.run(t, kinds) })
	}
	for id, a := range archives {
		if !byID[id] {
			t.Errorf("%s belongs to no check: is %s on the list of its kind?", a.File, id)
		}
	}
}

func (a *Archive) run(t *testing.T, kinds []validation.Kind) {
	t.Helper()
	var finding, clean bool
	for i, c := range a.Cases {
		t.Run(c.Name, func(t *testing.T) {
			got, err := Findings(kinds, Only(a.ID), c)
			if err != nil {
				t.Fatal(err)
			}
			finding = finding || got != ""
			clean = clean || got == ""
			if *update {
				a.Cases[i].Want = got
				return
			}
			if diff := cmp.Diff(c.Want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
	if !finding || !clean {
		t.Errorf("%s needs a case with a finding and a case without", a.File)
	}
	if *update {
		if err := a.write(); err != nil {
			t.Fatal(err)
		}
	}
}

// ErrNoKind means that there are no checks for the kind of an object.
var ErrNoKind = errors.New("no checks for this kind")

// Only leaves one check on, as severe as it is installed.
func Only(id string) func(validation.Info) validation.Severity {
	return func(c validation.Info) validation.Severity {
		if c.ID == id {
			return c.Severity
		}
		return validation.Off
	}
}

// AsInstalled leaves every check on.
func AsInstalled(c validation.Info) validation.Severity { return c.Severity }

// snapshot is the one of the case's Prometheus. If that has a selector for the kind, it
// decides; one without is taken to be given the object by hand.
func (c *Case) snapshot() (validation.Snapshot, error) {
	if c.Prometheus == "" {
		j, err := judge.Permissive()
		if err != nil {
			return validation.Snapshot{}, fmt.Errorf("making a snapshot: %w", err)
		}
		return j.Snapshot(), nil
	}
	if kind, err := kindOf(c.Prometheus); err != nil || kind == monitoringv1.ThanosRulerKind {
		return rulerSnapshot(c.Prometheus)
	}
	p := &monitoringv1.Prometheus{}
	if err := yaml.UnmarshalStrict([]byte(c.Prometheus), p); err != nil {
		return validation.Snapshot{}, fmt.Errorf("reading the Prometheus: %w", err)
	}
	g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	if err != nil {
		return validation.Snapshot{}, fmt.Errorf("reading the Prometheus: %w", err)
	}
	s := judge.New(g, g.Global()).Snapshot()
	return s, c.cluster(p, &s)
}

func rulerSnapshot(text string) (validation.Snapshot, error) {
	r := &monitoringv1.ThanosRuler{}
	if err := yaml.UnmarshalStrict([]byte(text), r); err != nil {
		return validation.Snapshot{}, fmt.Errorf("reading the ThanosRuler: %w", err)
	}
	s, err := judge.RulerSnapshot(r)
	if err != nil {
		return s, fmt.Errorf("reading the ThanosRuler: %w", err)
	}
	return s, nil
}

func kindOf(text string) (string, error) {
	var kind metav1.TypeMeta
	if err := yaml.Unmarshal([]byte(text), &kind); err != nil {
		return "", fmt.Errorf("reading the kind: %w", err)
	}
	return kind.Kind, nil
}

// cluster adds what depends on a cluster with the Prometheus, the Services and the rival.
func (c *Case) cluster(p *monitoringv1.Prometheus, s *validation.Snapshot) error {
	state := cluster.NewState()
	if err := state.PutPrometheus(p); err != nil {
		return err //nolint:wrapcheck // it says which
	}
	var object metav1.PartialObjectMetadata
	if err := yaml.Unmarshal([]byte(c.In), &object); err != nil {
		return fmt.Errorf("reading the object: %w", err)
	}
	s.Unselected = state.Unselected(object.Kind, object.Namespace, object.Labels, nil)
	if c.Services+c.Rival == "" {
		return nil
	}
	if err := c.fill(state); err != nil {
		return err
	}
	in, err := monitorOf(c.In)
	if err != nil {
		return err
	}
	scope, err := c.scope()
	if err != nil {
		return err
	}
	s.Clashes, s.Services = state.Clashes(in, scope), state.Services(in)
	return nil
}

// fill adds what is there already.
func (c *Case) fill(state *cluster.State) error {
	for document := range strings.SplitSeq(c.Services, "---\n") {
		if document == "" {
			continue
		}
		service := &corev1.Service{}
		if err := yaml.UnmarshalStrict([]byte(document), service); err != nil {
			return fmt.Errorf("reading a Service: %w", err)
		}
		state.Index().SetService(selection.ServiceOf(service))
	}
	if c.Rival == "" {
		return nil
	}
	rival, err := monitorOf(c.Rival)
	if err != nil {
		return err
	}
	state.PutMonitor(rival)
	return nil
}

// configuration is the part of promgate.yaml that counts in cases.
type configuration struct {
	DuplicateJobs struct {
		Scope selection.Scope `json:"scope"`
	} `json:"duplicateJobs"`
	Rules struct {
		ParseTime metav1.Duration `json:"parseTime"`
	} `json:"rules"`
}

func (c *Case) configuration() (configuration, error) {
	var read configuration
	if err := yaml.UnmarshalStrict([]byte(c.Config), &read); err != nil {
		return read, fmt.Errorf("reading the configuration: %w", err)
	}
	return read, nil
}

func (c *Case) scope() (selection.Scope, error) {
	read, err := c.configuration()
	return read.DuplicateJobs.Scope, err
}

func (c *Case) parseTime() (time.Duration, error) {
	read, err := c.configuration()
	return read.Rules.ParseTime.Duration, err
}

func monitorOf(text string) (any, error) {
	kind, err := kindOf(text)
	if err != nil {
		return nil, err
	}
	object := selection.NewObject(kind)
	if object == nil {
		return nil, fmt.Errorf("%w: %q", ErrNoKind, kind)
	}
	if err := yaml.Unmarshal([]byte(text), object); err != nil {
		return nil, fmt.Errorf("reading a monitor: %w", err)
	}
	return object, nil
}

// Findings runs the checks that are wanted on the object of a case, and returns what
// they say, as it stands in a want file.
func Findings(kinds []validation.Kind, want func(validation.Info) validation.Severity, c Case) (string, error) {
	raw, err := yaml.YAMLToJSON([]byte(c.In))
	if err != nil {
		return "", fmt.Errorf("reading the object: %w", err)
	}
	var meta struct {
		Kind string `json:"kind"`
	}
	if err := yaml.Unmarshal([]byte(c.In), &meta); err != nil {
		return "", fmt.Errorf("reading the object: %w", err)
	}
	snapshot, err := c.snapshot()
	if err != nil {
		return "", err
	}
	if snapshot.ParseTime, err = c.parseTime(); err != nil {
		return "", err
	}
	for _, k := range kinds {
		if k.Kind != meta.Kind {
			continue
		}
		found, err := k.Run(context.Background(), raw, snapshot, want)
		if err != nil {
			return "", err
		}
		var b strings.Builder
		for _, f := range validation.Settled(found) {
			fmt.Fprintf(&b, "%s %s\n", f.Severity, f.Text())
		}
		return b.String(), nil
	}
	return "", fmt.Errorf("%w: %q", ErrNoKind, meta.Kind)
}

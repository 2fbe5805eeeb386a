package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// state is what the worker knows about one Prometheus.
type state struct {
	content  Content         // of the last written configuration
	global   uint64          // Global of the configuration that was last proven as a whole
	released bool            // the next pass is not held
	vanished map[string]bool // CRDs that were deleted and whose objects have not all come back
}

func (l *Loop) state(ctx context.Context, prometheus selection.Object, ref selection.Ref) (*state, error) {
	if s, known := l.states[ref]; known {
		return s, nil
	}
	content, err := l.Target.Stored(ctx, prometheus)
	if err != nil {
		return nil, fmt.Errorf("reading the written configuration of %s: %w", ref, err)
	}
	s := &state{content: content, vanished: map[string]bool{}, released: l.ReleaseHold[types.NamespacedName{Namespace: ref.Namespace, Name: ref.Name}]}
	l.states[ref] = s
	return s, nil
}

// problem is the reason why nothing is written, for somebody to look at.
type problem struct {
	reason  string // of the condition
	message string
}

func (p *problem) Error() string { return p.message }

// problemOf separates the user's mistake from a failure of promgate. At most one of the two results
// is set.
func problemOf(err error) (mistake *problem, failure error) {
	var p *problem
	var refused *render.RefusedError
	var unrenderable *render.UnrenderableError
	switch {
	case errors.As(err, &p):
		return p, nil
	case errors.As(err, &refused):
		return &problem{"Refused", refused.Error()}, nil
	case errors.As(err, &unrenderable):
		return &problem{"Refused", unrenderable.Error()}, nil
	}
	return nil, err
}

// manyJobs is how many jobs one pass may remove. It may remove more only if they are less than half
// of all jobs.
const manyJobs = 10

// holdInterval is the time after which a held configuration is checked again.
const holdInterval = 10 * time.Second

// checkHold returns a problem if the written configuration has to stay: the pass would remove more
// jobs than anybody removes on purpose, or all objects of a deleted CRD.
func (l *Loop) checkHold(ctx context.Context, s *state, ref selection.Ref, now Content) error {
	if s.released {
		return nil
	}
	all, gone := map[string]int{}, map[string]int{} // by CRD
	jobs := 0
	for job := range s.content.Jobs {
		kind, _, _ := strings.Cut(job, "/")
		all[crdOf[kind]]++
		if !now.Jobs[job] {
			jobs++
			gone[crdOf[kind]]++
		}
	}
	for file := range s.content.RuleFiles {
		all[crdOf["rule"]]++
		if !now.RuleFiles[file] {
			gone[crdOf["rule"]]++
		}
	}
	delete(gone, "")
	if jobs > manyJobs && 2*jobs > len(s.content.Jobs) {
		return holdProblem(ref, "%d of %d jobs would be removed at once", jobs, len(s.content.Jobs))
	}
	for crd := range gone {
		there, err := l.installed(ctx, crd)
		if err != nil {
			return err
		}
		if !there {
			s.vanished[crd] = true
			return holdProblem(ref, "the CRD %s was deleted, and its objects with it", crd)
		}
		// A CRD that is created again gets its objects applied one after the other.
		if s.vanished[crd] && 2*gone[crd] > all[crd] {
			return holdProblem(ref, "the CRD %s was deleted and is back, but %d of the %d jobs and rule files of its objects are not", crd, gone[crd], all[crd])
		}
		delete(s.vanished, crd)
	}
	return nil
}

func holdProblem(ref selection.Ref, reason string, args ...any) error {
	return &problem{"Held", fmt.Sprintf(reason, args...) + fmt.Sprintf(", so the written configuration stays; if the removal is intended, start promgate reconcile with --release-hold=%s/%s", ref.Namespace, ref.Name)}
}

// crdOf maps the first part of a job's name to the CRD of the object that it comes from.
var crdOf = map[string]string{
	"serviceMonitor": monitoringv1.ServiceMonitorName + "." + monitoring.GroupName,
	"podMonitor":     monitoringv1.PodMonitorName + "." + monitoring.GroupName,
	"probe":          monitoringv1.ProbeName + "." + monitoring.GroupName,
	"scrapeConfig":   monitoringv1alpha1.ScrapeConfigName + "." + monitoring.GroupName,
	"rule":           monitoringv1.PrometheusRuleName + "." + monitoring.GroupName,
}

// installed reports whether a CRD exists and is not being deleted.
func (l *Loop) installed(ctx context.Context, crd string) (bool, error) {
	m := &metav1.PartialObjectMetadata{}
	m.APIVersion, m.Kind = "apiextensions.k8s.io/v1", "CustomResourceDefinition"
	err := l.Reader.Get(ctx, client.ObjectKey{Name: crd}, m)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking for the CRD %s: %w", crd, err)
	}
	return m.DeletionTimestamp == nil, nil
}

// maxCulprits is how many objects prove leaves out, one after the other. Normally there are none,
// because each object is proven by itself.
const maxCulprits = 20

// prove loads the configuration as a whole and leaves out the objects that make the load fail.
func (l *Loop) prove(ctx context.Context, prometheus selection.Object, ref selection.Ref, c *render.Configuration) (*render.Configuration, error) {
	load := func(text []byte) error { return judge.Whole(l.Target.Text(prometheus, text), c.ConfiguredNames) }
	for range maxCulprits {
		err := load(c.Text())
		if err == nil {
			return c, nil
		}
		culprit, found := c.Culprit(load)
		if !found {
			return nil, &problem{"Refused", "Prometheus would refuse the configuration: " + err.Error()}
		}
		l.Logger.Warn("an object that loads alone makes Prometheus reject the whole configuration; leaving it out", "object", culprit.String(), "error", err)
		l.mu.Lock()
		l.engine.LeaveOut(ref, culprit, validation.Finding{Check: judge.Check, Severity: validation.Deny, Path: fieldpath.New("spec"), Problem: err.Error()})
		l.assets.Begin(ctx)
		c, err = l.engine.Render(ref)
		l.mu.Unlock()
		if err != nil {
			return nil, err //nolint:wrapcheck // Render names the Prometheus
		}
	}
	return nil, &problem{"Refused", "Prometheus would refuse the configuration, and leaving out one object after the other does not help"}
}

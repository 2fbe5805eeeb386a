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

// state is what the worker knows of one Prometheus.
type state struct {
	content  Content         // that was written last
	global   uint64          // of the configuration that was proven as a whole
	released bool            // the next pass is not held
	vanished map[string]bool // CRDs that were gone, and whose objects are not back
}

func (l *Loop) state(ctx context.Context, prometheus selection.Object, ref selection.Ref) (*state, error) {
	if s, known := l.states[ref]; known {
		return s, nil
	}
	content, err := l.Target.Stored(ctx, prometheus)
	if err != nil {
		return nil, fmt.Errorf("reading what is written for %s: %w", ref, err)
	}
	s := &state{content: content, vanished: map[string]bool{}, released: l.ReleaseHold[types.NamespacedName{Namespace: ref.Namespace, Name: ref.Name}]}
	l.states[ref] = s
	return s, nil
}

// problem is why nothing is written: what somebody has to look at.
type problem struct {
	reason  string // of the condition
	message string
}

func (p *problem) Error() string { return p.message }

// problemOf tells the user's mistake from our failure. At most one of the two is set.
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

// manyJobs may go in one pass; more only if they are less than half.
const manyJobs = 10

// holdInterval is how often a hold is looked at again.
const holdInterval = 10 * time.Second

// held says why what is written has to stay: more goes at once than anybody does on purpose,
// or a kind of objects goes as a whole.
func (l *Loop) held(ctx context.Context, s *state, ref selection.Ref, now Content) error {
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
		return heldFor(ref, "%d of %d jobs would go at once", jobs, len(s.content.Jobs))
	}
	for crd := range gone {
		there, err := l.installed(ctx, crd)
		if err != nil {
			return err
		}
		if !there {
			s.vanished[crd] = true
			return heldFor(ref, "the CRD %s is gone, and its objects with it", crd)
		}
		// Who makes a CRD anew applies its objects after that, and not all at once.
		if s.vanished[crd] && 2*gone[crd] > all[crd] {
			return heldFor(ref, "the CRD %s was gone and is back, and %d of the %d jobs and rule files of its objects are not", crd, gone[crd], all[crd])
		}
		delete(s.vanished, crd)
	}
	return nil
}

func heldFor(ref selection.Ref, reason string, args ...any) error {
	return &problem{"Held", fmt.Sprintf(reason, args...) + fmt.Sprintf(", so what is written stays; if that is meant, start promgate reconcile with --release-hold=%s/%s", ref.Namespace, ref.Name)}
}

// crdOf is by the first part of a job's name.
var crdOf = map[string]string{
	"serviceMonitor": monitoringv1.ServiceMonitorName + "." + monitoring.GroupName,
	"podMonitor":     monitoringv1.PodMonitorName + "." + monitoring.GroupName,
	"probe":          monitoringv1.ProbeName + "." + monitoring.GroupName,
	"scrapeConfig":   monitoringv1alpha1.ScrapeConfigName + "." + monitoring.GroupName,
	"rule":           monitoringv1.PrometheusRuleName + "." + monitoring.GroupName,
}

// installed says whether a CRD is there to stay.
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

// maxCulprits are looked for, one after the other. There should be none: each object is
// proven by itself.
const maxCulprits = 20

// prove loads the configuration as a whole, and leaves out what makes that fail.
func (l *Loop) prove(ctx context.Context, prometheus selection.Object, ref selection.Ref, c *render.Configuration) (*render.Configuration, error) {
	load := func(text []byte) error { return judge.Whole(l.Target.Text(prometheus, text), c.UTF8Names) }
	for range maxCulprits {
		err := load(c.Text())
		if err == nil {
			return c, nil
		}
		culprit, found := c.Culprit(load)
		if !found {
			return nil, &problem{"Refused", "Prometheus would refuse the configuration: " + err.Error()}
		}
		l.Logger.Warn("an object that is good by itself makes Prometheus refuse the whole", "object", culprit.String(), "error", err)
		l.mu.Lock()
		l.engine.LeaveOut(ref, culprit, validation.Finding{Check: judge.Check, Severity: validation.Deny, Path: fieldpath.New("spec"), Problem: err.Error()})
		l.assets.begin(ctx)
		c, err = l.engine.Render(ref)
		l.mu.Unlock()
		if err != nil {
			return nil, err //nolint:wrapcheck // it says of what
		}
	}
	return nil, &problem{"Refused", "Prometheus would refuse the configuration, and leaving out object after object does not mend it"}
}

package jobs

import (
	"regexp"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
)

// ScrapeClasses hold what the scrape classes of a Prometheus do to jobs: whether they may tell
// two claims apart that look the same, or give both the same job. Nil means no classes.
type ScrapeClasses struct {
	byDefault class
	named     map[string]class
}

// A class is what the relabelings of a scrape class do to the targets of its monitors.
type class struct {
	job     bool // they may set the job
	filters bool // they may drop targets
	changes bool // there are any

	// apart reports whether two monitors that scrape one target may have different outcomes: a
	// relabeling reads a label that is a monitor's own, or that exists only if the monitor asks
	// for it.
	apart bool
}

// ClassesOf reads the scrape classes of a Prometheus or PrometheusAgent.
func ClassesOf(list []monitoringv1.ScrapeClass) *ScrapeClasses {
	if len(list) == 0 {
		return nil
	}
	all := &ScrapeClasses{named: map[string]class{}}
	for i := range list {
		c := &list[i]
		// Claims that name the class are compared with all that relabelings read, except for labels
		// that are each monitor's own.
		all.named[c.Name] = effectOf(c, readsOwn)
		if c.Default != nil && *c.Default {
			all.byDefault = effectOf(c, readsMore)
		}
	}
	return all
}

func effectOf(c *monitoringv1.ScrapeClass, tells func(*monitoringv1.RelabelConfig) bool) class {
	effect := class{changes: len(c.Relabelings)+len(c.MetricRelabelings) > 0}
	var reads, moves bool
	for i := range c.Relabelings {
		r := &c.Relabelings[i]
		effect.job = effect.job || relabeling.MayWrite(r, jobLabel)
		effect.filters = effect.filters || relabeling.Filters(r)
		moves = moves || relabeling.MayMove(r)
		reads = reads || tells(r)
	}
	for i := range c.MetricRelabelings {
		effect.job = effect.job || relabeling.MayWrite(&c.MetricRelabelings[i], jobLabel)
	}
	effect.apart = reads && (effect.job || effect.filters || moves)
	return effect
}

// ofTarget matches labels that are the same for all monitors that scrape a target. The labels of
// a node are not: they exist only if the monitor asks for them.
var ofTarget = regexp.MustCompile(`^(__meta_kubernetes_(pod|service|namespace).*|__address__|__param_target)$`)

// readsMore reports whether a relabeling may read a label that is not the same for all monitors
// that scrape a target.
func readsMore(r *monitoringv1.RelabelConfig) bool {
	if readsOwn(r) {
		return true
	}
	action, _ := relabeling.ActionOf(r)
	compares := (action == relabel.KeepEqual || action == relabel.DropEqual) && !ofTarget.MatchString(r.TargetLabel)
	return compares || slices.ContainsFunc(r.SourceLabels, func(l monitoringv1.LabelName) bool { return !ofTarget.MatchString(string(l)) })
}

// of returns the class of a claim.
func (c *ScrapeClasses) of(claim *Claim) (effect class, named bool) {
	if c == nil {
		return class{}, claim.classed()
	}
	if !claim.classed() {
		return c.byDefault, false
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(claim.Filter, classPrefix), "\n")
	return c.named[name], true
}

// jobOfClass is the placeholder for a job that the scrape class sets.
const jobOfClass = "<one that the default scrape class sets>"

// keeps reports whether two claims that clash without the classes of a Prometheus still clash
// with them, and returns their job with the classes.
func (c *ScrapeClasses) keeps(clash Clash, mine *Monitor) (job string, ok bool) {
	a, b := &mine.Claims[clash.Claim], &clash.Rival.Claims[clash.RivalClaim]
	effect, named := c.of(a)
	switch {
	case effect.apart:
		return "", false
	case !named && effect.changes && a.Relabeled != b.Relabeled:
		// The labels of static targets are compared as they are without the class.
		return "", false
	case named || !effect.job:
		return clash.Job, true
	case a.Job != b.Job:
		return "", false // it is not known which of the two the class changes
	case a.Job.OfService:
		return jobOfClass, true
	}
	// A constant that comes from the monitor's own relabelings comes after the class.
	return clash.Job, len(a.Static) == 0
}

// certain reports whether it is certain what a monitor owns under the classes of a Prometheus.
func (c *ScrapeClasses) certain(m *Monitor) bool {
	return !slices.ContainsFunc(m.Claims, func(claim Claim) bool {
		effect, named := c.of(&claim)
		return effect.apart || !named && (effect.job || effect.filters)
	})
}

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

// A class is what the relabelings do to the targets of all who have it.
type class struct {
	job     bool // they may set the job
	filters bool // they may drop targets

	// apart says that what they set, drop or move by is not the same for all who scrape one
	// target: one of the labels is a monitor's own, or is there only if the monitor says so.
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
		// Of those who name it, all that they read is equal but for what is each one's own.
		all.named[c.Name] = effectOf(c, readsOwn)
		if c.Default != nil && *c.Default {
			all.byDefault = effectOf(c, readsMore)
		}
	}
	return all
}

func effectOf(c *monitoringv1.ScrapeClass, tells func(*monitoringv1.RelabelConfig) bool) class {
	var effect class
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

// ofTarget are labels that are the same for all who scrape a target. What the API says of
// a node is there only for those who ask for it.
var ofTarget = regexp.MustCompile(`^(__meta_kubernetes_(pod|service|namespace).*|__address__|__param_target)$`)

// readsMore says that a relabeling reads, or may read, what is not the same for all.
func readsMore(r *monitoringv1.RelabelConfig) bool {
	if readsOwn(r) {
		return true
	}
	action, _ := relabeling.ActionOf(r)
	compares := (action == relabel.KeepEqual || action == relabel.DropEqual) && !ofTarget.MatchString(r.TargetLabel)
	return compares || slices.ContainsFunc(r.SourceLabels, func(l monitoringv1.LabelName) bool { return !ofTarget.MatchString(string(l)) })
}

// of is the class of a claim.
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

// jobOfClass stands for a job that only the scrape class knows.
const jobOfClass = "<one that the default scrape class sets>"

// stands says whether two claims clash under the classes of a Prometheus that would
// without. Job is then what it is under them.
func (c *ScrapeClasses) stands(clash Clash, mine *Monitor) (job string, ok bool) {
	a, b := &mine.Claims[clash.Claim], &clash.Rival.Claims[clash.RivalClaim]
	effect, named := c.of(a)
	switch {
	case effect.apart:
		return "", false
	case named || !effect.job:
		return clash.Job, true
	case a.Job != b.Job:
		return "", false // which of the two the class changes, is not known
	case a.Job.OfService:
		return jobOfClass, true
	}
	// A constant that comes from the monitor's own relabelings comes after the class.
	return clash.Job, len(a.Static) == 0
}

// certain says whether what a claim owns is certain under the classes of a Prometheus.
func (c *ScrapeClasses) certain(m *Monitor) bool {
	return !slices.ContainsFunc(m.Claims, func(claim Claim) bool {
		effect, named := c.of(&claim)
		return effect.apart || !named && (effect.job || effect.filters)
	})
}

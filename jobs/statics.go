package jobs

import (
	"cmp"
	"encoding/json"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
)

// statics reads the static targets of a Probe or a ScrapeConfig. All labels that such a target
// starts with are in the object, so that Prometheus' own relabeling tells which labels it ends
// up with: two targets are the same only if those are equal.
type statics struct {
	chain   chain
	address address

	// configs are the monitor's own relabelings, and nil where their outcome is not known.
	configs []*relabel.Config

	samples samples
}

// maxSteps is how often relabelings are applied to targets, for one object: a Prometheus has
// hundreds of static targets, and an object has room for more than can be looked at.
const maxSteps = 300_000

func newStatics(c *chain, a address, targets int) *statics {
	s := &statics{chain: *c, address: a, samples: newSamples(c.metricRelabelings)}
	if len(c.relabelings) == 0 || c.classed() {
		// The relabelings of a class come first and are not known: a classed claim clashes only
		// with one of the same class, with the same relabelings and the same labels.
		return s
	}
	configs, err := relabeling.Configs(c.relabelings)
	if err != nil || targets*len(configs) > maxSteps || anyOf(c.relabelings, readsOwn) {
		s.chain.opaque = true
		return s
	}
	s.configs = configs
	return s
}

// claim returns the claim of the targets whose job starts as given, without the targets.
func (s *statics) claim(start Job) Claim {
	c := s.chain
	c.start = start
	return c.claim(s.address)
}

// addTargets adds the static targets of one group to a claim: see Claim.Static.
func addTargets[T ~string](s *statics, claim *Claim, start Job, targets []T, set map[string]string) {
	if len(s.chain.relabelings) > 0 || len(s.chain.metricRelabelings) > 0 {
		claim.Relabeled = s.sum(claim.Relabeled, start, set)
	}
	if s.configs == nil {
		ends := s.ends("", s.discovered(start, "", set)) // the same for all
		for _, t := range targets {
			claim.addStatic(string(t), ends)
		}
		return
	}
	for _, t := range targets {
		b := labels.NewBuilder(s.discovered(start, string(t), set))
		if relabel.ProcessBuilder(b, s.configs...) {
			claim.addStatic(string(t), s.ends(string(t), b.Labels()))
		}
	}
}

func (c *Claim) addStatic(target string, ends []string) {
	for _, end := range ends {
		c.Static = append(c.Static, target+" "+end)
	}
}

// discovered returns the labels of a target before the monitor's own relabelings. Labels that
// the object does not decide about are missing: see readsOwn.
func (s *statics) discovered(start Job, target string, set map[string]string) labels.Labels {
	b := labels.NewBuilder(labels.EmptyLabels())
	for name, value := range set {
		b.Set(name, value)
	}
	b.Set("__address__", target).Set(jobLabel, start.Constant)
	setIfNone(b, "__scheme__", s.address.schemeName())
	setIfNone(b, "__metrics_path__", cmp.Or(s.address.path, defaultPath))
	for name, values := range s.address.params {
		if len(values) > 0 {
			setIfNone(b, paramPrefix+name, values[0])
		}
	}
	if s.isProbe() {
		b.Set("__param_target", target).Set(instanceLabel, target).Set("__address__", s.address.host)
	}
	return b.Labels()
}

func (s *statics) isProbe() bool { return s.address.host != "" }

func setIfNone(b *labels.Builder, name, value string) {
	if b.Get(name) == "" {
		b.Set(name, value)
	}
}

const (
	instanceLabel = "instance"
	paramPrefix   = "__param_"
	defaultPath   = "/metrics"
)

// ends returns what follows the target in Claim.Static: its labels, and if its samples have
// fewer labels, those of the samples.
func (s *statics) ends(target string, relabeled labels.Labels) []string {
	ofTarget, ofSamples := map[string]string{}, map[string]string{}
	relabeled.Range(func(l labels.Label) {
		if !s.tells(l, target) {
			return
		}
		ofTarget[l.Name] = l.Value
		if strings.HasPrefix(l.Name, "__") || !s.samples.lose(l.Name) {
			ofSamples[l.Name] = l.Value
		}
	})
	if s.isProbe() && s.configs != nil && relabeled.Get(instanceLabel) == "" {
		ofTarget[instanceLabel], ofSamples[instanceLabel] = "", "" // Prometheus takes the prober
	}
	ends := []string{textOf(ofTarget)}
	if len(ofSamples) < len(ofTarget) {
		ends = append(ends, s.samples.text+" "+textOf(ofSamples))
	}
	return ends
}

// tells reports whether a label tells targets of one name apart that have the same job and the
// same address. Prometheus drops labels that begin with two underscores; those of them that say
// where to scrape are in the address, unless the static labels set them.
func (s *statics) tells(l labels.Label, target string) bool {
	switch {
	case l.Name == jobLabel, l.Name == "__address__":
		return false
	case l.Name == instanceLabel:
		// A Probe's instance is its target by default.
		return !s.isProbe() || s.configs != nil && l.Value != target
	case l.Name == "__scheme__":
		return l.Value != s.address.schemeName()
	case l.Name == "__metrics_path__":
		return l.Value != cmp.Or(s.address.path, defaultPath)
	case strings.HasPrefix(l.Name, paramPrefix):
		values := s.address.params[strings.TrimPrefix(l.Name, paramPrefix)]
		ofProbe := s.isProbe() && l.Name == "__param_target"
		return !ofProbe && (len(values) == 0 || values[0] != l.Value)
	}
	return !strings.HasPrefix(l.Name, "__")
}

func textOf(set map[string]string) string {
	text, err := json.Marshal(set)
	if err != nil {
		return "" // strings can be marshalled
	}
	return string(text)
}

// sum adds a group of targets to a sum of what decides about their labels, but for the targets
// themselves.
func (s *statics) sum(before uint64, start Job, set map[string]string) uint64 {
	c := s.chain
	c.start = start
	h := fnv.New64a()
	for _, text := range []string{strconv.FormatUint(before, 16), c.basis(), s.samples.text, textOf(set)} {
		_, _ = h.Write([]byte(text + "\n")) // writing to a hash does not fail
	}
	return max(1, h.Sum64())
}

// samples tells which labels of a target its samples do not have.
type samples struct {
	relabelings []monitoringv1.RelabelConfig
	configs     []*relabel.Config
	text        string // the relabelings, in a form that is equal for equal ones
	lost        map[string]bool
}

func newSamples(list []monitoringv1.RelabelConfig) samples {
	configs, err := relabeling.Configs(list)
	if err != nil || len(list) == 0 || anyOf(list, filtersByLabels) {
		return samples{}
	}
	h := fnv.New64a()
	if err := json.NewEncoder(h).Encode(canonicalOf(list)); err != nil {
		return samples{}
	}
	return samples{relabelings: list, configs: configs, text: "samples " + strconv.FormatUint(h.Sum64(), 16), lost: map[string]bool{}}
}

// lose reports whether a relabeling of samples certainly takes a label away that nothing has
// read before, and that nothing sets afterwards.
func (s *samples) lose(name string) bool {
	if lost, known := s.lost[name]; known {
		return lost
	}
	if len(s.lost)*len(s.relabelings) > maxSteps {
		return false
	}
	lost := s.loses(name)
	if s.lost != nil {
		s.lost[name] = lost
	}
	return lost
}

// filtersByLabels reports whether a relabeling may drop all samples of a target: it filters by
// more than their names.
func filtersByLabels(r *monitoringv1.RelabelConfig) bool {
	byName := slices.Equal(r.SourceLabels, []monitoringv1.LabelName{"__name__"}) && r.TargetLabel == ""
	return relabeling.Filters(r) && !byName
}

func (s *samples) loses(name string) bool {
	for i := range s.relabelings {
		r := &s.relabelings[i]
		action := s.configs[i].Action
		if action == relabel.LabelDrop || action == relabel.LabelKeep {
			if s.configs[i].Regex.MatchString(name) == (action == relabel.LabelDrop) {
				return !anyOf(s.relabelings[i+1:], func(r *monitoringv1.RelabelConfig) bool { return relabeling.MaySet(r, name) })
			}
			continue
		}
		if relabeling.MayRead(r, name) || relabeling.MaySet(r, name) {
			return false
		}
	}
	return false
}

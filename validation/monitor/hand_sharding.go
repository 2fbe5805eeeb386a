package monitor

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// Labels of targets that the operator's sharding reads, and the variable that the config-reloader
// replaces in each shard (prometheus-operator v0.93.0, pkg/prometheus/promcfg.go).
const (
	hashLabel       = "__tmp_hash"
	noShardingLabel = "__tmp_disable_sharding"
	shardVariable   = "$(SHARD)"
)

// A handSharding is the relabelings of an object that distribute targets.
type handSharding struct {
	place    validation.Place // of the first keep, or else of the hashmod
	content  string
	list     []monitoringv1.RelabelConfig
	sources  []string // the labels that are hashed
	operator string   // the label that the operator hashes; empty if it adds no sharding
	shards   int
	alone    bool // no other endpoint of the object has any
}

// shardLabel returns the label that the operator hashes in jobs of the object, whatever relabelings
// it has.
func (o *Object) shardLabel() string {
	switch o.Raw.(type) {
	case *monitoringv1.Probe:
		return "__param_target"
	case *monitoringv1alpha1.ScrapeConfig:
		return ""
	}
	return "__address__"
}

// handSharding returns the relabelings that distribute targets, and false if there are none, or if
// they depend on more than hashes.
func (s Scrape) handSharding(operator string, shards int) (h handSharding, ok bool) {
	if s.Relabelings.ClassUnknown {
		return h, false
	}
	h = handSharding{operator: operator, shards: shards}
	hashes := map[string]bool{}
	preceding := s.Relabelings.Preceding()
	for i, r := range slices.Concat(preceding, s.Relabelings.List) {
		action, _ := relabeling.ActionOf(&r)
		switch {
		case action == relabel.HashMod:
			hashes[r.TargetLabel] = true
			for _, l := range r.SourceLabels {
				if !hashes[string(l)] {
					h.sources = append(h.sources, string(l))
				}
			}
		case relabeling.MayWrite(&r, hashLabel, noShardingLabel), relabeling.MayWrite(&r, keysOf(hashes)...):
			return h, false
		case !relabeling.MayRead(&r, keysOf(hashes)...):
			continue
		case !relabeling.Filters(&r), !readsOnly(&r, hashes):
			return h, false
		}
		h.list = append(h.list, r)
		if own := i - len(preceding); own >= 0 && (h.place.Path.IsZero() || action != relabel.HashMod && !h.keeps()) {
			h.place, h.content = s.Relabelings.Index(own), r.Regex
		}
	}
	return h, len(hashes) > 0 && !h.place.Path.IsZero()
}

// keeps reports whether a relabeling before the last one keeps or drops.
func (h handSharding) keeps() bool {
	return slices.ContainsFunc(h.list[:len(h.list)-1], func(r monitoringv1.RelabelConfig) bool { return relabeling.Filters(&r) })
}

func keysOf(set map[string]bool) []string {
	var keys []string
	for key := range set {
		keys = append(keys, key)
	}
	return keys
}

// readsOnly reports whether a relabeling that keeps or drops compares nothing but hashes.
func readsOnly(r *monitoringv1.RelabelConfig, hashes map[string]bool) bool {
	if r.TargetLabel != "" {
		return false
	}
	return !slices.ContainsFunc(r.SourceLabels, func(l monitoringv1.LabelName) bool { return !hashes[string(l)] })
}

// sampleTargets is the number of targets with which the relabelings are run.
const sampleTargets = 200

// run counts the targets that some shard scrapes, those that none does although the relabelings of the
// object mean it to, and those that each does.
func (h handSharding) run() (some, none, all int) {
	scraped, meant := make([]int, sampleTargets), make([]bool, sampleTargets)
	for shard := range h.shards {
		byHand, err := relabeling.Configs(inShard(h.list, shard))
		if err != nil {
			return 0, 0, 0
		}
		added, err := relabeling.Configs(h.added(shard))
		if err != nil {
			return 0, 0, 0
		}
		random := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // the same targets for each shard
		for i := range sampleTargets {
			b := labels.NewBuilder(labels.EmptyLabels())
			for _, name := range append([]string{"__address__", "__param_target"}, h.sources...) {
				b.Set(name, strconv.FormatUint(random.Uint64(), 36))
			}
			kept := relabel.ProcessBuilder(b, byHand...)
			meant[i] = meant[i] || kept || h.operator == "" && h.byShard()
			if kept && relabel.ProcessBuilder(b, added...) {
				scraped[i]++
			}
		}
	}
	for i, n := range scraped {
		switch {
		case n == h.shards:
			some, all = some+1, all+1
		case n > 0:
			some++
		case meant[i]:
			none++
		}
	}
	return some, none, all
}

// byShard reports whether the relabelings depend on the shard.
func (h handSharding) byShard() bool {
	return slices.ContainsFunc(h.list, func(r monitoringv1.RelabelConfig) bool { return strings.Contains(r.Regex, shardVariable) })
}

// moduloShards reports whether each hash has as many values as there are shards.
func (h handSharding) moduloShards() bool {
	return !slices.ContainsFunc(h.list, func(r monitoringv1.RelabelConfig) bool {
		action, _ := relabeling.ActionOf(&r)
		return action == relabel.HashMod && r.Modulus != int64(h.shards)
	})
}

// added returns the relabelings that the operator adds.
func (h handSharding) added(shard int) []monitoringv1.RelabelConfig {
	if h.operator == "" {
		return nil
	}
	first := "$1"
	return []monitoringv1.RelabelConfig{
		{SourceLabels: []monitoringv1.LabelName{monitoringv1.LabelName(h.operator), hashLabel}, TargetLabel: hashLabel, Regex: "(.+);", Replacement: &first},
		{Action: "hashmod", SourceLabels: []monitoringv1.LabelName{hashLabel}, TargetLabel: hashLabel, Modulus: int64(h.shards)},
		{Action: "keep", SourceLabels: []monitoringv1.LabelName{hashLabel, noShardingLabel}, Regex: fmt.Sprintf("%d;|.+;.+", shard)},
	}
}

// inShard returns the relabelings as one shard has them.
func inShard(list []monitoringv1.RelabelConfig, shard int) []monitoringv1.RelabelConfig {
	list = slices.Clone(list)
	for i := range list {
		list[i].Regex = strings.ReplaceAll(list[i].Regex, shardVariable, strconv.Itoa(shard))
	}
	return list
}

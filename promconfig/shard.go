package promconfig

import (
	"strconv"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// Variables that the config-reloader of the operator replaces in each pod.
const (
	podNameVariable     = "POD_NAME"
	shardVariable       = "SHARD"
	shardInZoneVariable = "INZONE_SHARD"
	zoneVariable        = "TOPOLOGY_ZONE"
	nodeNameVariable    = "NODE_NAME"
)

// Temporary labels of targets, which relabelings add.
const (
	hashLabel         = "__tmp_hash"
	noShardingLabel   = "__tmp_disable_sharding"
	currentShardLabel = "__tmp_current_shard"
	topologyLabel     = "__tmp_topology"
)

// shard distributes targets over the shards by the hash of a label. It does so for a single
// shard too, as the operator does.
func (r *relabeler) shard(by string) {
	g := r.s.w.g
	if g.options.RetentionPolicies && !g.Agent() {
		r.add(ours, target(currentShardLabel), replacement(placeholder(shardVariable)), action("replace"))
		r.add(ours, source(currentShardLabel), regex(g.activeShards()), action("keep"))
	}
	modulo, variable := g.shards, shardVariable
	if zones := g.zones(); zones > 0 {
		modulo, variable = max(g.shards/zones, 1), shardInZoneVariable
		r.keepZone()
	}
	r.add(ours, source(by, hashLabel), target(hashLabel), regex("(.+);"), replacement("$1"), action("replace"))
	r.add(ours, source(hashLabel), target(hashLabel), modulus(modulo), action("hashmod"))
	r.add(ours, source(hashLabel, noShardingLabel), regex(placeholder(variable)+";|.+;.+"), action("keep"))
}

// shardUnlessHashed shards the targets unless a relabeling of the user does.
func (r *relabeler) shardUnlessHashed() {
	if r.s.w.g.shards == 1 {
		return
	}
	for _, existing := range r.list {
		for _, item := range existing {
			if item.Key == "action" && item.Value == "hashmod" {
				return
			}
		}
	}
	r.shard("__address__")
}

// keepZone keeps the targets in the zone of the shard. The zone of a target is that of its
// EndpointSlice, else a label of its pod or node.
func (r *relabeler) keepZone() {
	r.add(ours, source("__meta_kubernetes_endpointslice_endpoint_zone", topologyLabel),
		target(topologyLabel), regex("(.+);"), replacement("$1"), action("replace"))
	from := "node"
	if r.s.w.g.options.PodTopologyLabels {
		from = "pod"
	}
	const zone = "topology.kubernetes.io/zone"
	r.add(ours, source(metaLabel(from, zone), metaLabelPresent(from, zone), topologyLabel),
		target(topologyLabel), regex("(.+);true;"), replacement("$1"), action("replace"))
	r.add(ours, source(topologyLabel, noShardingLabel), regex(placeholder(zoneVariable)+";|.+;.+"), action("keep"))
}

// activeShards returns 0|1|2 for three shards. A shard that was scaled down and is retained
// for its data scrapes nothing.
func (g *Generator) activeShards() string {
	numbers := make([]string, g.shards)
	for i := range numbers {
		numbers[i] = strconv.Itoa(i)
	}
	return strings.Join(numbers, "|")
}

// zones returns the number of zones of the shards, and 0 without topology sharding.
func (g *Generator) zones() int32 {
	if topology := g.topology(); topology != nil {
		return int32(len(topology.Values)) //nolint:gosec // a handful
	}
	return 0
}

// topology returns nil unless the Prometheus is sharded by zone.
func (g *Generator) topology() *monitoringv1.TopologyShardingStrategy {
	strategy := g.spec.ShardingStrategy
	if !g.options.TopologySharding || strategy == nil || strategy.Mode == nil ||
		*strategy.Mode != monitoringv1.TopologyShardingStrategyMode {
		return nil
	}
	return strategy.Topology
}

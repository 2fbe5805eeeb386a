package monitor

import (
	"fmt"

	"github.com/promgate/promgate/validation"
)

var shardedTwice = validation.Check[*Object]{
	ID: "sharded-twice", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "Sharding by hand meets the sharding of the operator",
		Text: `The Prometheus has ` + "`shards`" + `, and relabelings of the object distribute its targets too, with ` + "`hashmod`" + ` and
` + "`keep`" + `. The check runs all of these relabelings over many targets, for each shard, and warns where

- some targets are scraped by no shard: in a ServiceMonitor, PodMonitor or Probe the operator (v0.93.0) adds a hashmod of its
  own, and with a ` + "`keep` by `$(SHARD)`" + ` a target is scraped only where both agree; a modulus that is greater than the number of
  shards has the same effect in a ScrapeConfig,
- the modulus is the number of shards, and one number is kept in each of them: the targets with another one are scraped nowhere,
- each shard scrapes the same targets: in a ScrapeConfig with any ` + "`hashmod`" + ` the operator adds none.

Remove the two relabelings: the operator distributes the targets. To distribute them by another label, copy it to
` + "`__tmp_hash`" + `; a target with a value in ` + "`__tmp_disable_sharding`" + ` is scraped by each shard. The check is silent where these
two may be set, where shards are distributed over zones, and where several endpoints of an object or another modulus keep fixed
numbers: that may be intended.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, snapshot validation.Snapshot) []validation.Finding {
		p := snapshot.Prometheus
		if p.Scraping.Shards < 2 || p.Scraping.Shards > maxShards || p.Scraping.Zones {
			return nil
		}
		var all []handSharding
		for _, s := range o.Scrapes {
			if by, ok := s.handSharding(o.shardLabel(), p.Scraping.Shards); ok {
				all = append(all, by)
			}
		}
		var found []validation.Finding
		for _, by := range all[:min(len(all), maxHandSharded)] {
			by.alone = len(all) == 1
			if problem, fix := by.problem(p.Name); problem != "" {
				found = append(found, by.place.Finding(problem, fix, by.content))
			}
		}
		return found
	},
}

// Bounds of the work of the check. No Prometheus has as many shards.
const (
	maxShards      = 100
	maxHandSharded = 10
)

// problem says what is wrong with what the shards scrape, if anything is.
func (h handSharding) problem(prometheus string) (problem, fix string) {
	some, none, all := h.run()
	others := sampleTargets - some
	switch {
	case none > 0 && h.operator != "":
		return fmt.Sprintf("Prometheus %s distributes the targets over its %d shards too, so that a target is scraped only where both agree: %s of the targets are scraped by no shard", prometheus, h.shards, share(none, some+none)),
			"remove the hashmod and the keep; to distribute by another label, copy it to __tmp_hash"
	case none > 0:
		return fmt.Sprintf("Prometheus %s has %d shards, and %s of the targets belong to none of them", prometheus, h.shards, share(none, some+none)),
			fmt.Sprintf("write %d as the modulus, or remove the hashmod and the keep", h.shards)
	case h.operator != "" && h.alone && some > 0 && others > 0 && !h.byShard() && h.moduloShards():
		return fmt.Sprintf("Prometheus %s distributes the targets over its %d shards already, and this keeps the same part of them in each shard: %s of the targets are scraped by no shard", prometheus, h.shards, share(others, sampleTargets)),
			"remove the hashmod and the keep"
	case h.operator == "" && some > 0 && all == some:
		return fmt.Sprintf("because of the hashmod the operator does not distribute the targets: each of the %d shards of Prometheus %s scrapes the same ones", h.shards, prometheus),
			"keep by $(SHARD), or remove the hashmod"
	}
	return "", ""
}

// share returns a part of all as a percentage, to the next ten: the targets are random.
func share(n, all int) string {
	return fmt.Sprintf("some %d%%", max(10, (n*100/all+5)/10*10))
}

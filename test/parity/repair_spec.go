package parity

import "fmt"

// repairSpec makes a whole spec select existing objects, usually.
func (g *Generator) repairSpec(kind string, spec map[string]any) {
	switch kind {
	case "Prometheus", "PrometheusAgent":
		g.repairPrometheus(kind, spec)
	case "Probe":
		g.repairProbe(spec)
	case "ScrapeConfig":
		// The CRD refuses more than one of these, so that a careless generator is of no use here.
		g.keepOne(spec, []string{"basicAuth", "authorization", "oauth2"})
	}
	switch kind {
	case "ServiceMonitor", "PodMonitor", "Probe", "ScrapeConfig":
		g.repairScrapeClass(spec)
		g.repairEscaping(spec)
	}
}

// repairScrapeClass removes most references to a scrape class: not every Prometheus has the class.
func (g *Generator) repairScrapeClass(spec map[string]any) {
	if has(spec, "scrapeClass") {
		spec["scrapeClass"] = "class-a"
	}
}

// repairEscaping avoids combinations that the CRD refuses.
func (g *Generator) repairEscaping(spec map[string]any) {
	if g.chance(70) {
		delete(spec, "selectorMechanism")
	}
}

func (g *Generator) repairProbe(spec map[string]any) {
	targets, _ := spec["targets"].(map[string]any)
	if targets == nil {
		targets = map[string]any{}
		spec["targets"] = targets
	}
	if len(targets) == 0 {
		targets["staticConfig"] = map[string]any{"static": []any{"example.com"}}
	}
	prober, _ := spec["prober"].(map[string]any)
	if prober == nil {
		prober = map[string]any{}
		spec["prober"] = prober
	}
	if !has(prober, "url") {
		prober["url"] = "prober:9115"
	}
}

var selectors = []string{"serviceMonitor", "podMonitor", "probe", "scrapeConfig", "rule"}

func (g *Generator) repairPrometheus(kind string, spec map[string]any) {
	daemon := spec["mode"] == "DaemonSet"
	for _, name := range selectors {
		if kind == "PrometheusAgent" && name == "rule" {
			continue
		}
		if daemon && name != "podMonitor" {
			delete(spec, name+"Selector")
			delete(spec, name+"NamespaceSelector")
			continue
		}
		if !has(spec, name+"Selector") || g.chance(70) {
			spec[name+"Selector"] = map[string]any{}
		}
		if !has(spec, name+"NamespaceSelector") || g.chance(70) {
			spec[name+"NamespaceSelector"] = map[string]any{}
		}
	}
	g.repairSharding(spec, daemon)
	g.repairClasses(spec)
	for _, remotes := range []string{"remoteWrite", "remoteRead"} {
		list, _ := spec[remotes].([]any)
		for i, item := range list {
			remote := item.(map[string]any)
			// Two entries with the same name are refused, and so are two equal entries.
			if has(remote, "name") {
				remote["name"] = fmt.Sprint(remote["name"], i)
			}
			if url, _ := remote["url"].(string); url == "" || !g.careless(kind) {
				remote["url"] = fmt.Sprintf("http://example.com/%d?x=%d", i, g.rnd.IntN(9))
			}
		}
	}
	// A global timeout may not be longer than the interval, whose default is 30s.
	if has(spec, "scrapeTimeout") && !g.careless(kind) {
		spec["scrapeTimeout"] = choose(g.rnd, tinyAges...)
	}
	if otlp, ok := spec["otlp"].(map[string]any); ok {
		if has(otlp, "ignoreResourceAttributes") {
			delete(otlp, "promoteResourceAttributes")
			otlp["promoteAllResourceAttributes"] = true
		}
	}
}

func (g *Generator) repairSharding(spec map[string]any, daemon bool) {
	if daemon {
		for _, field := range []string{"shardingStrategy", "replicas", "storage", "additionalScrapeConfigs"} {
			delete(spec, field)
		}
		spec["shards"] = 1
		return
	}
	strategy, _ := spec["shardingStrategy"].(map[string]any)
	if strategy == nil {
		return
	}
	if strategy["mode"] != "Topology" {
		if !has(strategy, "topology") {
			return
		}
		strategy["mode"] = "Topology"
	}
	topology, _ := strategy["topology"].(map[string]any)
	if topology == nil {
		topology = map[string]any{}
		strategy["topology"] = topology
	}
	zones := []any{"zone-a", "zone.b", "ünï"}[:choose(g.rnd, 1, 2, 3)]
	topology["values"] = zones
	spec["shards"] = len(zones) * choose(g.rnd, 1, 2)
}

// repairClasses makes sure that the class that monitors name usually exists, and that only one
// class is the default.
func (g *Generator) repairClasses(spec map[string]any) {
	classes, _ := spec["scrapeClasses"].([]any)
	if classes == nil && g.careless("Prometheus") {
		return
	}
	found, isDefault := false, false
	for _, class := range classes {
		c := class.(map[string]any)
		found = found || c["name"] == "class-a"
		if g.chance(60) {
			// It clashes with any authentication of the monitor itself.
			delete(c, "authorization")
		}
		if c["default"] == true && isDefault {
			delete(c, "default")
		}
		isDefault = isDefault || c["default"] == true
	}
	if !found {
		spec["scrapeClasses"] = append(classes, map[string]any{"name": "class-a"})
	}
}

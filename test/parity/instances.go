package parity

import (
	"math/rand/v2"

	"github.com/promgate/promgate/dialect"
)

// Instance makes a random Prometheus or PrometheusAgent of the newest release, with the fields of its command line too.
func (g *Generator) Instance(kind string) map[string]any {
	object := g.object(kind, "monitoring", "main", 2+g.rnd.IntN(25))
	spec := object["spec"].(map[string]any)
	tameSpec(spec)
	withoutFiles(spec)
	withoutProfiles(spec)
	modest(spec)
	spec["version"] = dialect.Latest().String() + ".0"
	for _, draw := range commandLineFields {
		if g.chance(15) {
			draw(g.rnd, spec, kind == "Prometheus")
		}
	}
	return object
}

// commandLineFields set the fields that become arguments, each alone.
var commandLineFields = []func(rnd *rand.Rand, spec map[string]any, server bool){
	oneOf("logLevel", "debug", "info", "warn", "error"),
	oneOf("logFormat", "logfmt", "json"),
	oneOf("externalUrl", "http://example.com/a", "https://[::1]/", "http://a:web", `"http://a"`, "a b", "http://a/%zz", "//x", ":"),
	oneOf("routePrefix", "/", "/a", "a", "", "/{x}", "/:a", "/a//b", "/%zz"),
	oneOf("listenLocal", true, false),
	oneOf("reloadStrategy", "HTTP", "ProcessSignal"),
	oneOf("enableOTLPReceiver", true, false),
	oneOf("walCompression", true, false),
	oneOf("enableAdminAPI", true),
	oneOf("allowOverlappingBlocks", true),
	oneOf("disableCompaction", true),
	func(rnd *rand.Rand, spec map[string]any, _ bool) {
		spec["web"] = map[string]any{"pageTitle": choose(rnd, odd...), "maxConnections": choose(rnd, 0, 1, 512)}
	},
	func(rnd *rand.Rand, spec map[string]any, _ bool) {
		spec["enableRemoteWriteReceiver"] = true
		spec["remoteWriteReceiverMessageVersions"] = choose(rnd, []any{"V1.0"}, []any{"V2.0"}, []any{"V1.0", "V2.0"})
	},
	func(rnd *rand.Rand, spec map[string]any, _ bool) {
		var names []any
		for range 1 + rnd.IntN(3) {
			names = append(names, choose(rnd, "exemplar-storage", "otlp-deltatocumulative", "otlp-native-delta-ingestion", "st-storage", "xor2-encoding",
				"a,b", "otlp-deltatocumulative,otlp-native-delta-ingestion", "st-storage,x", "native-histograms", "use-uncached-io", "agent", "auto-gomaxprocs"))
		}
		spec["enableFeatures"] = names
	},
	func(rnd *rand.Rand, spec map[string]any, _ bool) {
		spec["query"] = map[string]any{
			"lookbackDelta": choose(rnd, "5m", "0s", "1d", "5", "1.5m", "-1s"), "maxConcurrency": choose(rnd, 1, 20, 100),
			"maxSamples": choose(rnd, 0, 1, 50000000), "timeout": choose(rnd, "1s", "2m", "0s"),
		}
	},
	func(rnd *rand.Rand, spec map[string]any, _ bool) {
		spec["rules"] = map[string]any{"alert": map[string]any{choose(rnd, "forOutageTolerance", "forGracePeriod", "resendDelay"): choose(rnd, "1h", "0", "10m", "1.5h", "x", "")}}
	},
	func(rnd *rand.Rand, spec map[string]any, _ bool) {
		spec["thanos"] = map[string]any{
			"objectStorageConfig": map[string]any{"name": "login", "key": "user"}, "blockSize": choose(rnd, "2h", "1h", "1d"),
			"version": choose(rnd, "v0.40.0", "v0.42.2", "x"),
		}
	},
	func(rnd *rand.Rand, spec map[string]any, server bool) {
		mode := dialect.AgentMode
		if server {
			mode = dialect.ServerMode
		}
		var extra []any
		for range 1 + rnd.IntN(3) {
			extra = append(extra, argument(rnd, mode))
		}
		spec["additionalArgs"] = extra
	},
}

func oneOf(field string, values ...any) func(*rand.Rand, map[string]any, bool) {
	return func(rnd *rand.Rand, spec map[string]any, _ bool) { spec[field] = choose(rnd, values...) }
}

// elsewhere are flags that a test of starts must not set: where it listens, what it reads and how it ends.
var elsewhere = map[string]bool{
	"web.listen-address": true, "config.file": true, "storage.tsdb.path": true, "storage.agent.path": true,
	"web.config.file": true, "write-documentation": true, "auto-gomemlimit": true,
}

// argument returns a random argument, with a value that a flag of its kind often reads.
func argument(rnd *rand.Rand, mode dialect.Mode) map[string]any {
	flags := dialect.Arguments(dialect.Latest())
	for {
		f := flags[rnd.IntN(len(flags))]
		if elsewhere[f.Name] || f.Mode != "" && f.Mode != mode && rnd.IntN(10) > 0 {
			continue
		}
		a := map[string]any{"name": f.Name}
		values := argumentValues[f.Kind]
		if len(f.Values) > 0 {
			values = f.Values
		}
		if rnd.IntN(20) == 0 {
			values = []string{"", "x", "1", "1m", "a,b"}
		}
		if len(values) > 0 {
			a["value"] = choose(rnd, values...)
		}
		if f.Kind == dialect.BoolArgument && rnd.IntN(2) == 0 {
			a["name"] = "no-" + f.Name
		}
		return a
	}
}

// argumentValues are values by the kind of a flag.
var argumentValues = map[dialect.ArgumentKind][]string{
	dialect.TextArgument:       {"x", "/tmp/x", ".*", "("},
	dialect.TextsArgument:      {"x", "a,b", "otlp-deltatocumulative,otlp-native-delta-ingestion", "st-storage"},
	dialect.IntArgument:        {"-1", "0", "20"},
	dialect.FloatArgument:      {"-1", "0", "0.5", "1", "2"},
	dialect.BytesArgument:      {"0", "512KB", "1MB", "10MB", "257MB"},
	dialect.DurationArgument:   {"0s", "1h", "100y"},
	dialect.GoDurationArgument: {"0s", "-1s", "1s", "2h"},
}

package judge

import (
	"fmt"
	"io"
	"net/url"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kingpin/v2"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/promconfig"
)

// refusesValue says what Prometheus does not like about a value that its parser accepts (v0.316, cmd/prometheus/main.go; the
// same since v0.37).
func (c *commandLine) refusesValue(a promconfig.Argument) string {
	switch a.Name {
	case "web.route-prefix":
		if reason := c.limits.Paths.refusesPrefix(a.Value, !c.version.Before(patternsSince)); reason != "" {
			return "Prometheus does not start: in a prefix of paths, " + reason
		}
	case "web.external-url":
		if strings.Trim(a.Value, `"'`) != a.Value {
			return "Prometheus does not start: the URL must not begin or end with quotes"
		}
		if _, err := url.Parse(a.Value); err != nil {
			return fmt.Sprintf("Prometheus does not start: %s", err)
		}
	case "web.listen-address":
		if !strings.Contains(a.Value, ":") {
			return "Prometheus does not start: the address has no port"
		}
	case "web.cors.origin":
		if _, err := syntax.Parse("^(?s:"+a.Value+")$", syntax.Perl); err != nil {
			return fmt.Sprintf("Prometheus does not start: %s", err)
		}
	case "storage.tsdb.wal-segment-size", "storage.agent.wal-segment-size":
		if n, ok := bytesOf(a.Value); ok && n != 0 && (n < 10<<20 || n > 256<<20) {
			return "Prometheus does not start: the size must be from 10MB to 256MB, or 0"
		}
	case "storage.tsdb.max-block-chunk-segment-size":
		if n, ok := bytesOf(a.Value); ok && n != 0 && n < 1<<20 {
			return "Prometheus does not start: the size must be at least 1MB, or 0"
		}
	}
	if n, err := strconv.ParseFloat(a.Value, 64); err == nil {
		return c.refusesNumber(a.Name, n)
	}
	return ""
}

// refusesNumber does the same for a number.
func (c *commandLine) refusesNumber(name string, n float64) string {
	switch l := c.limits; {
	case name == "auto-gomemlimit.ratio" && (n <= 0 || n > 1):
		return "Prometheus does not start: the ratio must be greater than 0 and at most 1"
	case name == "web.max-connections" && n < float64(l.Connections):
		return fmt.Sprintf("Prometheus needs at least %d; omit the field for the default of 512", l.Connections)
	case (name == "query.max-concurrency" || name == "storage.remote.read-concurrent-limit") && n < float64(l.Concurrent):
		return l.tooFew()
	case name == "query.max-concurrency" && n > float64(l.Reserved):
		return l.tooMany()
	case name == "web.search.max-limit" && n < 0:
		return "Prometheus does not start: the limit must not be negative"
	case name == "storage.agent.checkpoint-batch-size" && n <= 0:
		return "Prometheus does not start: the size must be greater than 0"
	}
	return ""
}

// tooFew is about a number of queries or reads at once.
func (l Limits) tooFew() string {
	return fmt.Sprintf("Prometheus needs at least %d; remove the argument for the default", l.Concurrent)
}

// bytesOf reads a number of bytes as the parser of the command line does.
func bytesOf(value string) (n int64, ok bool) {
	app := kingpin.New("prometheus", "").UsageWriter(io.Discard).ErrorWriter(io.Discard).Terminate(nil)
	size := app.Flag("size", "").Bytes()
	_, err := app.Parse([]string{"--size=" + value})
	return int64(*size), err == nil
}

// contradictions returns the feature flags that Prometheus does not start with together, or with the rest of its
// configuration (v0.316, cmd/prometheus/main.go, setFeatureListOptions, and tsdb/db.go, validateOpts).
func (c *commandLine) contradictions(g *promconfig.Generator, args []promconfig.Argument) []mistake {
	on := map[string]promconfig.Argument{}
	for _, a := range args {
		if a.Name != "enable-feature" {
			continue
		}
		for name := range strings.SplitSeq(a.Value, ",") {
			on[name] = a
		}
	}
	var mistakes []mistake
	_, toCumulative := on["otlp-deltatocumulative"]
	if native, ok := on["otlp-native-delta-ingestion"]; ok && toCumulative && c.has("otlp-native-delta-ingestion") {
		mistakes = append(mistakes, mistaken(c.fieldOf(native, false), "Prometheus does not start: it has either otlp-deltatocumulative or otlp-native-delta-ingestion"))
	}
	if _, ok := on["st-storage"]; ok && c.mode == dialect.ServerMode && !c.version.Before(startTimesNeedXor2) && writesXor(g.Common()) {
		mistakes = append(mistakes, mistaken(specPath.Field("tsdb", "chunkEncoding", "floats"), "Prometheus does not start: the feature flag st-storage needs Xor2"))
	}
	return mistakes
}

// startTimesNeedXor2 is the first release that does not start with start timestamps in the encoding without them.
var startTimesNeedXor2 = dialect.Version{3, 15, 0}

// writesXor reports whether the encoding without start timestamps is asked for, and the operator does not see that a feature
// flag contradicts it: it looks for an entry that is nothing but that flag, as promconfig does.
func writesXor(p *monitoringv1.CommonPrometheusFields) bool {
	t := p.TSDB
	return t != nil && t.ChunkEncoding != nil && t.ChunkEncoding.Floats != nil && *t.ChunkEncoding.Floats == monitoringv1.ChunkEncodingFloatsXor &&
		!slices.Contains(p.EnableFeatures, "st-storage")
}

// has reports whether the release has a feature flag, as far as is known.
func (c *commandLine) has(feature string) bool {
	return !c.beyondTable() && slices.ContainsFunc(dialect.FeatureSpans(feature), func(s dialect.Span) bool { return s.Includes(c.version) })
}

package promconfig

import (
	"slices"
	"strconv"
	"strings"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
)

// An Argument is one argument of the command line that the operator starts Prometheus with (v0.93.0,
// pkg/prometheus/promcfg.go, BuildCommonPrometheusArgs, and statefulset.go of server and agent).
type Argument struct {
	Name  string
	Value string // empty if there is none: --name

	// Field is the field of the object that the argument comes from. It is the zero Path if the operator
	// always sets the argument.
	Field fieldpath.Path

	// Additional means that the user wrote the argument, in additionalArgs.
	Additional bool
}

// String returns the argument as it is written on the command line.
func (a Argument) String() string {
	if a.Value == "" {
		return "--" + a.Name
	}
	return "--" + a.Name + "=" + a.Value
}

// arguments collects a command line.
type arguments struct {
	g    *Generator
	list []Argument
}

func (a *arguments) add(name, value string, field ...string) {
	at := ours
	if len(field) > 0 {
		at = specPath.Field(field...)
	}
	a.list = append(a.list, Argument{Name: name, Value: value, Field: at})
}

// text adds an argument for a field that is set.
func (a *arguments) text(name, value string, field ...string) {
	if value != "" {
		a.add(name, value, field...)
	}
}

// flag adds an argument without a value.
func (a *arguments) flag(on bool, name string, field ...string) {
	if on {
		a.add(name, "", field...)
	}
}

func (a *arguments) from(version string) bool { return a.g.version.GTE(semver.MustParse(version)) }

// Arguments returns the command line: what the operator sets, and then what the user adds.
func (g *Generator) Arguments() []Argument {
	a := &arguments{g: g}
	a.common()
	if g.Agent() {
		a.agent()
	} else {
		a.server()
	}
	a.add("web.config.file", "/etc/prometheus/web_config/web-config.yaml")
	if !g.Agent() {
		a.compaction()
	}
	for i, extra := range g.spec.AdditionalArgs {
		a.list = append(a.list, Argument{
			Name: extra.Name, Value: extra.Value, Field: specPath.Field("additionalArgs").Index(i), Additional: true,
		})
	}
	return a.list
}

func (a *arguments) common() {
	p := &a.g.spec
	a.add("config.file", "/etc/prometheus/config_out/prometheus.env.yaml")
	if a.g.version.Major == 2 {
		a.add("web.console.templates", "/etc/prometheus/consoles")
		a.add("web.console.libraries", "/etc/prometheus/console_libraries")
	}
	a.flag(orDefault(p.ReloadStrategy, monitoringv1.HTTPReloadStrategyType) == monitoringv1.HTTPReloadStrategyType, "web.enable-lifecycle", "reloadStrategy")
	if p.Web != nil {
		if p.Web.PageTitle != nil {
			a.add("web.page-title", *p.Web.PageTitle, "web", "pageTitle")
		}
		if p.Web.MaxConnections != nil {
			a.add("web.max-connections", strconv.FormatInt(int64(*p.Web.MaxConnections), 10), "web", "maxConnections")
		}
	}
	if p.EnableRemoteWriteReceiver {
		a.add("web.enable-remote-write-receiver", "", "enableRemoteWriteReceiver")
		if len(p.RemoteWriteReceiverMessageVersions) > 0 && a.from("2.54.0") {
			a.add("web.remote-write-receiver.accepted-protobuf-messages", messages(p.RemoteWriteReceiverMessageVersions), "remoteWriteReceiverMessageVersions")
		}
	}
	a.features()
	a.text("web.external-url", p.ExternalURL, "externalUrl")
	a.add("web.route-prefix", p.WebRoutePrefix(), "routePrefix")
	if p.LogLevel != "info" {
		a.text("log.level", p.LogLevel, "logLevel")
	}
	if p.LogFormat != "logfmt" {
		a.text("log.format", p.LogFormat, "logFormat")
	}
	if p.ListenLocal {
		a.add("web.listen-address", "127.0.0.1:9090", "listenLocal")
	}
}

// features adds the feature flags: those of the user, and those that other fields need.
func (a *arguments) features() {
	p := &a.g.spec
	writesV2 := func(w monitoringv1.RemoteWriteSpec) bool {
		return orDefault(w.MessageVersion, monitoringv1.RemoteWriteMessageVersion1_0) == monitoringv1.RemoteWriteMessageVersion2_0
	}
	if slices.ContainsFunc(p.RemoteWrite, writesV2) && a.from("2.54.0") && !a.from("3.4.0") {
		a.add("enable-feature", "metadata-wal-records", "remoteWrite")
	}
	if orDefault(p.EnableOTLPReceiver, p.OTLP != nil) {
		switch {
		case a.from("3.0.0"):
			a.add("web.enable-otlp-receiver", "", "enableOTLPReceiver")
		case a.from("2.47.0"):
			a.add("enable-feature", "otlp-write-receiver", "enableOTLPReceiver")
		}
	}
	var names []string
	for _, f := range p.EnableFeatures {
		names = append(names, string(f))
	}
	if len(names) > 0 {
		a.add("enable-feature", strings.Join(names, ","), "enableFeatures")
	}
	if t := p.TSDB; t != nil && t.ChunkEncoding != nil && a.g.has(since.ChunkEncoding) && !slices.Contains(names, "xor2-encoding") &&
		orDefault(t.ChunkEncoding.Floats, "") == monitoringv1.ChunkEncodingFloatsXor2 {
		a.add("enable-feature", "xor2-encoding", "tsdb", "chunkEncoding", "floats")
	}
}

// messages returns the names of the messages of the remote-write protocol.
func messages(versions []monitoringv1.RemoteWriteMessageVersion) string {
	names := make([]string, len(versions))
	for i, v := range versions {
		names[i] = protobufMessage(v)
	}
	return strings.Join(names, ",")
}

func (a *arguments) agent() {
	if a.g.version.Major == 2 {
		a.add("enable-feature", "agent")
	} else {
		a.add("agent", "")
	}
	a.add("storage.agent.path", "/prometheus")
	a.compression("storage.agent.wal-compression")
}

// compression adds the argument that turns the compression of the write-ahead log on or off.
func (a *arguments) compression(name string) {
	compresses := a.g.spec.WALCompression
	switch {
	case compresses == nil:
	case *compresses:
		a.add(name, "", "walCompression")
	default:
		a.add("no-"+name, "", "walCompression")
	}
}

func (a *arguments) server() {
	p := a.g.server
	if !a.g.has(since.RetentionInFile) {
		retention := string(p.Retention)
		if retention == "" && p.RetentionSize == "" {
			retention = "24h"
		}
		a.text("storage.tsdb.retention.time", retention, "retention")
		a.text("storage.tsdb.retention.size", string(p.RetentionSize), "retentionSize")
	}
	a.add("storage.tsdb.path", "/prometheus")
	a.flag(p.EnableAdminAPI, "web.enable-admin-api", "enableAdminAPI")
	a.text("rules.alert.for-outage-tolerance", p.Rules.Alert.ForOutageTolerance, "rules", "alert", "forOutageTolerance")
	a.text("rules.alert.for-grace-period", p.Rules.Alert.ForGracePeriod, "rules", "alert", "forGracePeriod")
	a.text("rules.alert.resend-delay", p.Rules.Alert.ResendDelay, "rules", "alert", "resendDelay")
	if q := p.Query; q != nil {
		if q.LookbackDelta != nil {
			a.add("query.lookback-delta", *q.LookbackDelta, "query", "lookbackDelta")
		}
		if n := orDefault(q.MaxSamples, 0); n > 0 {
			a.add("query.max-samples", strconv.FormatInt(int64(n), 10), "query", "maxSamples")
		}
		if n := orDefault(q.MaxConcurrency, 0); n > 0 {
			a.add("query.max-concurrency", strconv.FormatInt(int64(n), 10), "query", "maxConcurrency")
		}
		if q.Timeout != nil {
			a.add("query.timeout", string(*q.Timeout), "query", "timeout")
		}
	}
	if p.AllowOverlappingBlocks && !a.from("2.39.0") { //nolint:staticcheck // deprecated, and in use
		a.add("storage.tsdb.allow-overlapping-blocks", "", "allowOverlappingBlocks")
	}
	a.compression("storage.tsdb.wal-compression")
}

// compaction adds what a Thanos sidecar that uploads blocks needs.
func (a *arguments) compaction() {
	p := a.g.server
	uploads := p.Thanos != nil && (p.Thanos.ObjectStorageConfig != nil || p.Thanos.ObjectStorageConfigFile != nil)
	switch {
	case !p.DisableCompaction && !uploads:
		return
	case !p.DisableCompaction && a.from("3.9.0") && thanosAtLeast(p.Thanos, "0.41.0"):
		a.add("storage.tsdb.delay-compact-file.path", "/prometheus/thanos.shipper.json", "thanos")
	default:
		duration := "2h"
		if p.Thanos != nil && p.Thanos.BlockDuration != "" {
			duration = string(p.Thanos.BlockDuration)
		}
		a.add("storage.tsdb.max-block-duration", duration, "thanos", "blockSize")
		a.add("storage.tsdb.min-block-duration", duration, "thanos", "blockSize")
	}
	if t := a.g.spec.TSDB; t != nil && t.OutOfOrderTimeWindow != nil && a.from("2.55.0") {
		a.add("no-storage.tsdb.allow-overlapping-compaction", "", "tsdb", "outOfOrderTimeWindow")
	}
}

// thanosAtLeast reports whether the sidecar has a version. One that cannot be read counts as none.
func thanosAtLeast(t *monitoringv1.ThanosSpec, version string) bool {
	name := orDefault(t.Version, "")
	if name == "" {
		name = defaultThanosVersion
	}
	v, err := semver.ParseTolerant(name)
	return err == nil && v.GTE(semver.MustParse(version))
}

package judge

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/promconfig"
)

// sidecar judges the arguments of the Thanos sidecar: what the operator refuses (v0.93.0, pkg/prometheus/server/statefulset.go),
// and with what Thanos does not start (v0.42.2, cmd/thanos/sidecar.go).
func sidecar(p *monitoringv1.Prometheus) []mistake {
	t := p.Spec.Thanos
	if t == nil {
		return nil
	}
	field := specPath.Field("thanos")
	version, err := promconfig.SidecarVersion(t)
	if err != nil {
		return []mistake{mistaken(field.Field("version"), fmt.Sprintf("the operator updates nothing of this Prometheus: it reads no version of Thanos in it: %s", err))}
	}
	mistakes := goDurations(field, version,
		goDuration{"readyTimeout", string(t.ReadyTimeout), "0.0.0"},
		goDuration{"getConfigInterval", string(t.GetConfigInterval), "0.29.0"},
		goDuration{"getConfigTimeout", string(t.GetConfigTimeout), "0.29.0"})
	mistakes = append(mistakes, withoutValue(t.ObjectStorageConfigFile, field.Field("objectStorageConfigFile"))...)
	if problem := problemOfMinTime(t.MinTime); problem != "" {
		mistakes = append(mistakes, mistaken(field.Field("minTime"), problem))
	}
	mistakes = append(mistakes, grpcMistakes(t.GRPCServerTLSConfig, field.Field("grpcServerTlsConfig"), version)...)
	return append(mistakes, managedArguments(t.AdditionalArgs, sidecarArguments(p, version), field.Field("additionalArgs"), "Prometheus")...)
}

// problemOfMinTime says what Thanos does not like about a time, or returns "".
func problemOfMinTime(text string) string {
	if text == "" {
		return ""
	}
	if _, err := time.Parse(time.RFC3339, text); err == nil {
		return ""
	}
	if _, err := model.ParseDuration(strings.TrimPrefix(text, "-")); err != nil {
		return fmt.Sprintf("Thanos does not start: %q is neither a time such as 2026-01-02T15:04:05Z nor a duration such as -2h", text)
	}
	return ""
}

// grpcMistakes are about the certificates of a gRPC server of Thanos (pkg/tls/options.go), which are files that the user
// mounts. The operator passes several cipher suites as one value, and Thanos does not split it.
func grpcMistakes(t *monitoringv1.GRPCServerTLSConfig, field fieldpath.Path, version semver.Version) []mistake {
	switch {
	case t == nil || t.CertFile == "" && t.KeyFile == "" && t.CAFile == "":
		return nil
	case t.CertFile == "" && t.KeyFile == "":
		return []mistake{mistaken(field.Field("caFile"), "Thanos does not start: a CA for clients needs certFile and keyFile, too")}
	case t.CertFile == "":
		return []mistake{mistaken(field.Field("keyFile"), "Thanos does not start: the key needs certFile, too")}
	case t.KeyFile == "":
		return []mistake{mistaken(field.Field("certFile"), "Thanos does not start: the certificate needs keyFile, too")}
	case version.LT(semver.MustParse("0.42.0")):
		return nil
	}
	return append(oneName(t.CipherSuites, field.Field("cipherSuites"), "cipher suite", isCipher),
		oneName(t.Curves, field.Field("curves"), "curve", func(name string) bool { return slices.Contains(curves, name) })...)
}

func oneName(names []string, field fieldpath.Path, what string, known func(string) bool) []mistake {
	if len(names) > 1 {
		return []mistake{mistaken(field, fmt.Sprintf("Thanos does not start: the operator (v0.93.0) writes several as one value, and Thanos reads it as the name of one %s; name one of them", what))}
	}
	if len(names) == 1 && !known(names[0]) {
		return []mistake{mistaken(field.Index(0), fmt.Sprintf("Thanos does not start: there is no %s %q", what, names[0]))}
	}
	return nil
}

// sidecarArguments returns the names of the arguments that the operator sets.
func sidecarArguments(p *monitoringv1.Prometheus, version semver.Version) []string {
	t := p.Spec.Thanos
	names := []string{"prometheus.url", "grpc-address", "http-address"}
	from := func(v string) bool { return version.GTE(semver.MustParse(v)) }
	names = append(names, grpcArguments(t.GRPCServerTLSConfig, version)...)
	stores := t.ObjectStorageConfig != nil || t.ObjectStorageConfigFile != nil
	names = appendIf(names, "objstore.config-file", t.ObjectStorageConfigFile != nil)
	names = appendIf(names, "objstore.config", stores && t.ObjectStorageConfigFile == nil)
	names = appendIf(names, "tsdb.path", stores)
	names = appendIf(names, "tracing.config-file", t.TracingConfigFile != "")
	names = appendIf(names, "tracing.config", t.TracingConfig != nil && t.TracingConfigFile == "")
	names = appendIf(names, "log.level", t.LogLevel != "" || p.Spec.LogLevel != "")
	names = appendIf(names, "log.format", t.LogFormat != "" || p.Spec.LogFormat != "")
	names = appendIf(names, "min-time", t.MinTime != "")
	names = appendIf(names, "prometheus.ready_timeout", t.ReadyTimeout != "")
	names = appendIf(names, "prometheus.get_config_timeout", t.GetConfigTimeout != "" && from("0.29.0"))
	names = appendIf(names, "prometheus.get_config_interval", t.GetConfigInterval != "" && from("0.29.0"))
	return appendIf(names, "prometheus.http-client-file", from("0.24.0"))
}

// grpcArguments returns those of a gRPC server.
func grpcArguments(t *monitoringv1.GRPCServerTLSConfig, version semver.Version) []string {
	if t == nil {
		return nil
	}
	from := func(v string) bool { return version.GTE(semver.MustParse(v)) }
	names := setNames(map[string]string{"grpc-server-tls-cert": t.CertFile, "grpc-server-tls-key": t.KeyFile, "grpc-server-tls-client-ca": t.CAFile})
	names = appendIf(names, "grpc-server-tls-min-version", t.MinVersion != nil && *t.MinVersion != "" && from("0.37.0"))
	names = appendIf(names, "grpc-server-tls-ciphers", len(t.CipherSuites) > 0 && from("0.42.0"))
	return appendIf(names, "grpc-server-tls-curves", len(t.Curves) > 0 && from("0.42.0"))
}

func appendIf(names []string, name string, isSet bool) []string {
	if isSet {
		return append(names, name)
	}
	return names
}

// managedArguments are the arguments of the user's that the operator sets itself.
func managedArguments(args []monitoringv1.Argument, own []string, field fieldpath.Path, kind string) []mistake {
	var mistakes []mistake
	for i, a := range args {
		name := positive(a.Name)
		if slices.ContainsFunc(own, func(other string) bool { return positive(other) == name }) {
			mistakes = append(mistakes, mistaken(field.Index(i).Field("name"), setByOperator(name, kind)))
		}
	}
	return mistakes
}

package judge

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// ruler returns the verdict on a ThanosRuler itself. What the operator refuses is that of v0.93.0, pkg/thanos; what Thanos
// refuses is that of v0.42.2, cmd/thanos/rule.go.
func (l Limits) ruler(r *monitoringv1.ThanosRuler) (validation.Verdict, error) {
	version, err := promconfig.ThanosVersion(r)
	if err != nil {
		return validation.Verdict{}, err //nolint:wrapcheck // it names the field
	}
	args := slices.Concat(queryMistakes(r), labelMistakes(r), l.rulerFlags(r, version),
		managedArguments(r.Spec.AdditionalArgs, rulerArguments(r, version), specPath.Field("additionalArgs"), "ThanosRuler"))
	if r.Spec.Web != nil {
		args = append(args, webMistakes(r.Spec.Web.WebConfigFileFields, "Thanos", curves)...)
	}
	if _, err := url.Parse(r.Spec.AlertQueryURL); err != nil {
		args = append(args, mistaken(specPath.Field("alertQueryUrl"), "Thanos does not start: "+err.Error()))
	}
	return validation.Verdict{Refused: l.rulerWrites(r), Arguments: findings(args[:min(len(args), manyMistakes)])}, nil
}

// queryMistakes are about the servers that the ruler queries.
func queryMistakes(r *monitoringv1.ThanosRuler) []mistake {
	field := specPath.Field("queryEndpoints")
	if r.Spec.QueryConfig != nil {
		return nil // the operator omits the endpoints
	}
	if len(r.Spec.QueryEndpoints) == 0 {
		return []mistake{mistaken(field, "the operator starts no Thanos for it: neither queryConfig nor queryEndpoints is set")}
	}
	var mistakes []mistake
	seen := map[string]bool{}
	for i, endpoint := range r.Spec.QueryEndpoints {
		if seen[endpoint] {
			mistakes = append(mistakes, mistaken(field.Index(i), fmt.Sprintf("Thanos does not start: the endpoint %q is there twice", endpoint)))
		}
		seen[endpoint] = true
		if problem := problemOfQuery(endpoint); problem != "" {
			mistakes = append(mistakes, mistaken(field.Index(i), "Thanos does not start: "+problem))
		}
	}
	return mistakes
}

// labelMistakes are about the external labels. The operator puts each value in quotes as it is, and Thanos reads it as a
// string of Go.
func labelMistakes(r *monitoringv1.ThanosRuler) []mistake {
	var mistakes []mistake
	for _, name := range slices.Sorted(maps.Keys(r.Spec.Labels)) {
		field := specPath.Field("labels").Key(name)
		key, value, _ := strings.Cut(name+`="`+r.Spec.Labels[name]+`"`, "=")
		if !model.UTF8Validation.IsValidLabelName(key) {
			mistakes = append(mistakes, mistaken(field, fmt.Sprintf("Thanos does not start: %q is not the name of a label", key)))
			continue
		}
		if _, err := strconv.Unquote(value); err != nil {
			mistakes = append(mistakes, mistaken(field, fmt.Sprintf(`Thanos does not start: it reads the label as %s, and the value is no string in quotes; write \\ for a backslash and \" for a quote, and no = in the name`, key+"="+value)))
		}
	}
	return mistakes
}

// rulerArguments returns the names of the arguments that the operator sets.
func rulerArguments(r *monitoringv1.ThanosRuler, version semver.Version) []string {
	s := &r.Spec
	names := []string{"data-dir", "eval-interval", "tsdb.retention", "label", "alert.label-drop", "rule-file"}
	from := func(v string) bool { return version.GTE(semver.MustParse(v)) }
	for _, a := range []struct {
		name string
		set  bool
	}{
		{"rule-query-offset", isSet(s.RuleQueryOffset) && from("0.38.0")},
		{"rule-concurrent-evaluation", s.RuleConcurrentEval != nil && *s.RuleConcurrentEval > 0 && from("0.37.0")},
		{"for-outage-tolerance", isSet(s.RuleOutageTolerance) && from("0.30.0")},
		{"for-grace-period", isSet(s.RuleGracePeriod) && from("0.30.0")},
		{"resend-delay", isSet(s.ResendDelay)},
		{"enable-feature", len(s.EnableFeatures) > 0 && from("0.39.0")},
		{"http-address", s.ListenLocal},
		{"log.level", s.LogLevel != "" && s.LogLevel != "info"},
		{"log.format", s.LogFormat != ""},
		{"remote-write.config-file", len(s.RemoteWrite) > 0},
		{"query.config-file", s.QueryConfig != nil},
		{"query", s.QueryConfig == nil && len(s.QueryEndpoints) > 0},
		{"alertmanagers.config-file", s.AlertManagersConfig != nil},
		{"alertmanagers.url", s.AlertManagersConfig == nil && len(s.AlertManagersURL) > 0},
		{"objstore.config-file", s.ObjectStorageConfig != nil || s.ObjectStorageConfigFile != nil},
		{"tracing.config-file", s.TracingConfig != nil || s.TracingConfigFile != ""},
		{"alert.relabel-config-file", s.AlertRelabelConfigs != nil || s.AlertRelabelConfigFile != nil},
		{"web.external-prefix", s.ExternalPrefix != ""},
		{"web.route-prefix", s.RoutePrefix != ""},
		{"alert.query-url", s.AlertQueryURL != ""},
	} {
		if a.set {
			names = append(names, a.name)
		}
	}
	return append(names, grpcArguments(s.GRPCServerTLSConfig, version)...)
}

func isSet(d *monitoringv1.Duration) bool { return d != nil && *d != "" }

func setNames(values map[string]string) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if values[name] != "" {
			names = append(names, name)
		}
	}
	return names
}

// rulerWrites judges remote write, which Thanos reads as Prometheus does, by the loader of the newest Prometheus: what a
// version of Thanos does not know is not looked at.
func (l Limits) rulerWrites(r *monitoringv1.ThanosRuler) []validation.Finding {
	if len(r.Spec.RemoteWrite) == 0 {
		return nil
	}
	p := &monitoringv1.Prometheus{ObjectMeta: r.ObjectMeta}
	p.Spec.ScrapeInterval, p.Spec.EvaluationInterval, p.Spec.RemoteWrite = "30s", "30s", r.Spec.RemoteWrite
	g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	if err != nil {
		return nil // it has no version of its own to be wrong
	}
	return NewWithin(l, g, g.Global()).Global()
}

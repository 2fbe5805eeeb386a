package judge

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/internal/fieldpath"
)

// rulerFlags returns the fields that become flags which Thanos does not start with (v0.42.2, cmd/thanos/rule.go).
func (l Limits) rulerFlags(r *monitoringv1.ThanosRuler, version semver.Version) []mistake {
	s := &r.Spec
	var mistakes []mistake
	value := func(d *monitoringv1.Duration) string {
		if d == nil {
			return ""
		}
		return string(*d)
	}
	mistakes = append(mistakes, goDurations(specPath, version,
		goDuration{"evaluationInterval", string(s.EvaluationInterval), "0.0.0"},
		goDuration{"resendDelay", value(s.ResendDelay), "0.0.0"},
		goDuration{"ruleQueryOffset", value(s.RuleQueryOffset), "0.38.0"},
		goDuration{"ruleOutageTolerance", value(s.RuleOutageTolerance), "0.30.0"},
		goDuration{"ruleGracePeriod", value(s.RuleGracePeriod), "0.30.0"})...)
	if d, err := time.ParseDuration(string(s.EvaluationInterval)); err == nil && d < l.Interval {
		mistakes = append(mistakes, mistaken(specPath.Field("evaluationInterval"), tooShort))
	}
	if s.Retention != "" {
		if _, err := model.ParseDuration(string(s.Retention)); err != nil {
			mistakes = append(mistakes, mistaken(specPath.Field("retention"), "Thanos does not start: "+err.Error()))
		}
	}
	if s.AlertManagersConfig == nil {
		for i, address := range s.AlertManagersURL {
			if problem := problemOfAlertmanager(address); problem != "" {
				mistakes = append(mistakes, mistaken(specPath.Field("alertmanagersUrl").Index(i), "Thanos does not start: "+problem))
			}
		}
	}
	for i, name := range s.AlertDropLabels {
		mistakes = append(mistakes, withoutValue(&name, specPath.Field("alertDropLabels").Index(i))...)
	}
	mistakes = append(mistakes, withoutValue(s.ObjectStorageConfigFile, specPath.Field("objectStorageConfigFile"))...)
	mistakes = append(mistakes, withoutValue(s.AlertRelabelConfigFile, specPath.Field("alertRelabelConfigFile"))...)
	return append(mistakes, grpcMistakes(s.GRPCServerTLSConfig, specPath.Field("grpcServerTlsConfig"), version)...)
}

// withoutValue is about a text that is set and empty: the operator writes the flag without a value.
func withoutValue(text *string, field fieldpath.Path) []mistake {
	if text == nil || *text != "" {
		return nil
	}
	return []mistake{mistaken(field, "Thanos does not start: the operator writes the flag, and the flag needs a value; remove the empty text")}
}

// problemOfQuery says what Thanos does not like about an address of a querier (pkg/clientconfig), or returns "".
func problemOfQuery(address string) string {
	if address == "" {
		return "the address is empty"
	}
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return err.Error()
	case !slices.Contains([]string{"http", "https"}, u.Scheme):
		return fmt.Sprintf("it asks queriers by HTTP, and %q is not a scheme for that; write http://HOST:PORT, or dnssrv+_http._tcp.SERVICE", u.Scheme)
	}
	return ""
}

// problemOfAlertmanager is the same for an Alertmanager (pkg/alert).
func problemOfAlertmanager(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return err.Error()
	case u.Scheme == "":
		return fmt.Sprintf("%q has no scheme; write http://HOST:PORT, or dnssrv+http://_web._tcp.SERVICE", address)
	case u.Host == "":
		return fmt.Sprintf("%q names no host; write http://HOST:PORT, or dnssrv+http://_web._tcp.SERVICE", address)
	}
	return ""
}

// goDuration is a field that becomes a flag which Thanos reads as Go reads durations. The operator writes it from a version on.
type goDuration struct{ field, value, from string }

// goDurations are about durations in days, weeks and years, which Go does not know.
func goDurations(field fieldpath.Path, version semver.Version, durations ...goDuration) []mistake {
	var mistakes []mistake
	for _, d := range durations {
		if d.value == "" || version.LT(semver.MustParse(d.from)) {
			continue
		}
		if _, err := time.ParseDuration(d.value); err != nil {
			mistakes = append(mistakes, mistaken(field.Field(d.field), fmt.Sprintf("Thanos does not start: it reads %q as Go reads durations, which has no days, weeks and years; write it in hours", d.value)))
		}
	}
	return mistakes
}

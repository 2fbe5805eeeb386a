package judge

import (
	"fmt"
	"net/url"
	"path"
	"reflect"
	"time"

	commonconfig "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// clients makes the HTTP clients that Prometheus would make for a job and for its
// discoveries. One that cannot be made fails the reload.
func (l Limits) clients(sc *config.ScrapeConfig, job promconfig.Job, files map[string][]byte) []validation.Finding {
	var findings []validation.Finding
	count, fields := map[string]int{}, fieldsOf(job.Sources)
	for _, sd := range sc.ServiceDiscoveryConfigs {
		findings = append(findings, l.discovers(sd, count[sd.Name()], job, fields, files)...)
		count[sd.Name()]++
	}
	if err := client(sc.HTTPClientConfig, files); err != nil {
		findings = append(findings, refused(fields.of("tls_config", job.Field), err.Error()))
	}
	return findings
}

// discovers judges the i-th discovery of its kind: its client, and its interval, which the
// loader does not look at.
func (l Limits) discovers(sd discovery.Config, i int, job promconfig.Job, fields fields, files map[string][]byte) []validation.Finding {
	settings := reflect.Indirect(reflect.ValueOf(sd))
	if settings.Kind() != reflect.Struct {
		return nil
	}
	var findings []validation.Finding
	if d, ok := refreshInterval(settings); ok && time.Duration(d) < l.Interval && sd.Name() != "aws" { // aws has no default
		key := fmt.Sprintf("%s_sd_configs[%d].refresh_interval", sd.Name(), i)
		findings = append(findings, refused(fields.of(key, job.Field), tooShort))
	}
	setting := settings.FieldByName("HTTPClientConfig")
	if !setting.IsValid() {
		return findings
	}
	if c, ok := reflect.TypeAssert[commonconfig.HTTPClientConfig](setting); ok {
		if err := client(c, files); err != nil {
			findings = append(findings, refused(job.Field, fmt.Sprintf("%s discovery: %s", sd.Name(), err)))
		}
	}
	return findings
}

// tooShort is the complaint about an interval below Limits.Interval.
const tooShort = "the interval has no length; omit the field for the default, or write a duration such as 1m"

// refreshInterval is a setting of nearly all kinds, in one that all of a vendor's
// share at times.
func refreshInterval(settings reflect.Value) (model.Duration, bool) {
	if f := settings.FieldByName("RefreshInterval"); f.IsValid() {
		return reflect.TypeAssert[model.Duration](f)
	}
	for _, f := range settings.Fields() {
		if f.Kind() == reflect.Struct && f.CanInterface() {
			if d, ok := refreshInterval(f); ok {
				return d, true
			}
		}
	}
	return 0, false
}

// unbearable refuses the settings of the Prometheus object that the loader accepts and
// that are beyond the limits: intervals and sizes of queues.
func (l Limits) unbearable(c *config.Config) []validation.Finding {
	var findings []validation.Finding
	for i, r := range c.RemoteWriteConfigs {
		field := fmt.Sprintf("spec.remoteWrite[%d]", i)
		if r.MetadataConfig.Send && time.Duration(r.MetadataConfig.SendInterval) < l.Interval {
			findings = append(findings, refused(field+".metadataConfig.sendInterval", tooShort))
		}
		if r.QueueConfig.Capacity > l.Reserved {
			findings = append(findings, refused(field+".queueConfig.capacity", l.tooMany()))
		}
		if r.QueueConfig.MaxSamplesPerSend > l.Reserved {
			findings = append(findings, refused(field+".queueConfig.maxSamplesPerSend", l.tooMany()))
		}
	}
	if e := c.StorageConfig.ExemplarsConfig; e != nil && e.MaxExemplars > int64(l.Reserved) {
		findings = append(findings, refused("spec.exemplars.maxSize", l.tooMany()))
	}
	if t := c.TracingConfig; t.Endpoint != "" && t.ClientType != config.TracingClientHTTP {
		if _, err := url.Parse("dns:///" + t.Endpoint); err != nil {
			findings = append(findings, refused("spec.tracingConfig.endpoint", err.Error()))
		}
	}
	return findings
}

// tooMany is the complaint about a number above Limits.Reserved.
func (l Limits) tooMany() string {
	return fmt.Sprintf("is more than %d, the most that Prometheus may reserve memory for; write a smaller number", l.Reserved)
}

// remotes makes the clients of remote write, remote read and Alertmanagers, and
// refuses two entries that are the same: Prometheus compares them as they print,
// without their secrets.
func (j *Judge) remotes(c *config.Config) []validation.Finding {
	var findings []validation.Finding
	seen := map[string]int{}
	entry := func(kind string, i int, settings any, c commonconfig.HTTPClientConfig) {
		field := fmt.Sprintf("spec.%s[%d]", kind, i)
		if err := client(c, j.global.Files); err != nil {
			findings = append(findings, refused(field, err.Error()))
		}
		text, err := yaml.Marshal(settings)
		if err != nil {
			findings = append(findings, refused(field, err.Error()))
			return
		}
		if first, ok := seen[kind+string(text)]; ok {
			findings = append(findings, refused(field, fmt.Sprintf("is the same as spec.%s[%d], secrets aside, and Prometheus refuses two of one kind; a name tells them apart", kind, first)))
			return
		}
		seen[kind+string(text)] = i
	}
	for i, r := range c.RemoteWriteConfigs {
		entry("remoteWrite", i, r, r.HTTPClientConfig)
	}
	for i, r := range c.RemoteReadConfigs {
		entry("remoteRead", i, r, r.HTTPClientConfig)
	}
	for i, a := range c.AlertingConfig.AlertmanagerConfigs {
		if err := client(a.HTTPClientConfig, j.global.Files); err != nil {
			findings = append(findings, refused(fmt.Sprintf("spec.alerting.alertmanagers[%d]", i), err.Error()))
		}
	}
	return findings
}

// client makes a client with our certificates in place of their files. Files of the
// user's own, inside Prometheus' container, cannot be looked into from here.
func client(c commonconfig.HTTPClientConfig, files map[string][]byte) error {
	c.TLSConfig = inline(c.TLSConfig, files)
	if c.OAuth2 != nil {
		oauth2 := *c.OAuth2
		oauth2.TLSConfig = inline(oauth2.TLSConfig, files)
		c.OAuth2 = &oauth2
	}
	_, err := commonconfig.NewClientFromConfig(c, "promgate")
	if err != nil {
		return fmt.Errorf("the client cannot be made: %w", err)
	}
	return nil
}

func inline(t commonconfig.TLSConfig, files map[string][]byte) commonconfig.TLSConfig {
	content := func(file string) string {
		if text := string(files[path.Base(file)]); text != promconfig.Placeholder {
			return text
		}
		return ""
	}
	if t.CAFile != "" {
		t.CA, t.CAFile = content(t.CAFile), ""
	}
	if t.CertFile == "" && t.KeyFile == "" {
		return t
	}
	certificate, key := content(t.CertFile), content(t.KeyFile)
	t.CertFile, t.KeyFile = "", ""
	if certificate != "" && key != "" {
		t.Cert, t.Key = certificate, commonconfig.Secret(key)
	}
	return t
}

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

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/promconfig"
)

// clients constructs the HTTP clients of a job and of its discoveries, as Prometheus does. If
// that fails, a reload fails.
func (l Limits) clients(sc *config.ScrapeConfig, job promconfig.Job, files map[string][]byte) []mistake {
	var mistakes []mistake
	count, fields := map[string]int{}, fieldsOf(job.Sources)
	for _, sd := range sc.ServiceDiscoveryConfigs {
		mistakes = append(mistakes, l.discovers(sd, count[sd.Name()], job, fields, files)...)
		count[sd.Name()]++
	}
	if err := client(sc.HTTPClientConfig, files); err != nil {
		mistakes = append(mistakes, mistaken(fields.of(fieldpath.New("tls_config"), job.Field), err.Error()))
	}
	return mistakes
}

// discovers judges the i-th discovery of its kind: its client, and its interval, which the
// loader does not look at.
func (l Limits) discovers(sd discovery.Config, i int, job promconfig.Job, fields *fields, files map[string][]byte) []mistake {
	settings := reflect.Indirect(reflect.ValueOf(sd))
	if settings.Kind() != reflect.Struct {
		return nil
	}
	var mistakes []mistake
	if d, ok := refreshInterval(settings); ok && time.Duration(d) < l.Interval && sd.Name() != "aws" { // aws has no default
		key := fieldpath.New(sd.Name() + "_sd_configs").Index(i).Field("refresh_interval")
		mistakes = append(mistakes, mistaken(fields.of(key, job.Field), tooShort))
	}
	setting := settings.FieldByName("HTTPClientConfig")
	if !setting.IsValid() {
		return mistakes
	}
	if c, ok := reflect.TypeAssert[commonconfig.HTTPClientConfig](setting); ok {
		if err := client(c, files); err != nil {
			mistakes = append(mistakes, mistaken(job.Field, fmt.Sprintf("%s discovery: %s", sd.Name(), err)))
		}
	}
	return mistakes
}

// tooShort is the complaint about an interval below Limits.Interval.
const tooShort = "the interval has no length; omit the field for the default, or write a duration such as 1m"

// refreshInterval returns the interval of a discovery. At times it is in settings that all
// kinds of one vendor share.
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

// unbearable returns the settings of the Prometheus that the loader accepts and that are
// beyond the limits: intervals and sizes of queues.
func (l Limits) unbearable(c *config.Config) []mistake {
	var mistakes []mistake
	for i, r := range c.RemoteWriteConfigs {
		field := specPath.Field("remoteWrite").Index(i)
		if r.MetadataConfig.Send && time.Duration(r.MetadataConfig.SendInterval) < l.Interval {
			mistakes = append(mistakes, mistaken(field.Field("metadataConfig", "sendInterval"), tooShort))
		}
		if r.QueueConfig.Capacity > l.Reserved {
			mistakes = append(mistakes, mistaken(field.Field("queueConfig", "capacity"), l.tooMany()))
		}
		if r.QueueConfig.MaxSamplesPerSend > l.Reserved {
			mistakes = append(mistakes, mistaken(field.Field("queueConfig", "maxSamplesPerSend"), l.tooMany()))
		}
	}
	if e := c.StorageConfig.ExemplarsConfig; e != nil && e.MaxExemplars > int64(l.Reserved) {
		mistakes = append(mistakes, mistaken(specPath.Field("exemplars", "maxSize"), l.tooMany()))
	}
	if t := c.TracingConfig; t.Endpoint != "" && t.ClientType != config.TracingClientHTTP {
		if _, err := url.Parse("dns:///" + t.Endpoint); err != nil {
			mistakes = append(mistakes, mistaken(specPath.Field("tracingConfig", "endpoint"), err.Error()))
		}
	}
	return mistakes
}

// tooMany returns the complaint about a number above Limits.Reserved.
func (l Limits) tooMany() string {
	return fmt.Sprintf("is more than %d, the most that Prometheus may reserve memory for; write a smaller number", l.Reserved)
}

// remotes constructs the clients of remote write, remote read and Alertmanagers, and refuses
// two equal entries: Prometheus compares them as YAML, without their secrets.
func (j *Judge) remotes(c *config.Config) []mistake {
	var mistakes []mistake
	seen := map[string]int{}
	entry := func(kind string, i int, settings any, c commonconfig.HTTPClientConfig) {
		field := specPath.Field(kind).Index(i)
		if err := client(c, j.global.Files); err != nil {
			mistakes = append(mistakes, mistaken(field, err.Error()))
		}
		text, err := yaml.Marshal(settings)
		if err != nil {
			mistakes = append(mistakes, mistaken(field, err.Error()))
			return
		}
		if first, ok := seen[kind+string(text)]; ok {
			mistakes = append(mistakes, mistaken(field, fmt.Sprintf("is the same as spec.%s[%d], secrets aside, and Prometheus refuses two of one kind; a name tells them apart", kind, first)))
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
			mistakes = append(mistakes, mistaken(specPath.Field("alerting", "alertmanagers").Index(i), err.Error()))
		}
	}
	return mistakes
}

// client constructs a client with the contents of certificates in place of their paths. Files
// that the user puts into the container of the Prometheus cannot be read here.
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

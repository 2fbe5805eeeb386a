package parity

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// ownNamespace explains a value, or a certificate, that a reference of the Prometheus has in the
// Prometheus' own namespace, where the operator has no value, or the value of the same reference in
// the namespace of the monitor.
func ownNamespace(c *Case, d Difference) bool {
	own, theirs := c.Prometheus.Metadata.Namespace, jobNamespace(d.Path)
	switch {
	case d.Section == "tls":
		// The file that the operator's configuration refers to and that does not exist.
		return d.Operator == any(absent) && strings.Contains(c.Promgate.Config, "/"+d.Path) &&
			c.ownFile(d, "scrapeClasses", "apiserverConfig")
	case d.Section != "config" || own == theirs:
		return false
	}
	var refs []reference
	switch {
	case classPath.MatchString(d.Path):
		refs = c.references("scrapeClasses")
	case serverPath.MatchString(d.Path):
		refs = c.references("apiserverConfig")
	}
	return slices.ContainsFunc(refs, func(r reference) bool { return r.explains(c, d, own, theirs) })
}

var (
	classPath  = regexp.MustCompile(`^scrape_configs\[[^\]]*\]\.(authorization|tls_config)\.`)
	serverPath = regexp.MustCompile(`^scrape_configs\[[^\]]*\]\.kubernetes_sd_configs\[\d+\]\.`)
	// secretPath matches the fields that contain the value of a Secret, and filePath the fields
	// that contain the name of a file.
	secretPath = regexp.MustCompile(`\.(authorization\.credentials|basic_auth\.(username|password)|proxy_connect_header\..*)$`)
	filePath   = regexp.MustCompile(`\.tls_config\.(ca|cert|key)_file$`)
)

// reference selects a key of a Secret or a ConfigMap, in any namespace.
type reference struct{ kind, name, key string }

func (r reference) explains(c *Case, d Difference, own, theirs string) bool {
	if filePath.MatchString(d.Path) {
		o, _ := d.Operator.(string)
		p, _ := d.Promgate.(string)
		return strings.HasSuffix(o, "/certs/"+r.file(theirs)) && strings.HasSuffix(p, "/certs/"+r.file(own))
	}
	return secretPath.MatchString(d.Path) && d.Promgate == c.value(r, own) &&
		(d.Operator == any(absent) || d.Operator == any("") || d.Operator == c.value(r, theirs))
}

// file returns the name of the file that a certificate is written to.
func (r reference) file(namespace string) string {
	prefix := "0_"
	if r.kind == "ConfigMap" {
		prefix = "1_"
	}
	return prefix + namespace + "_" + r.name + "_" + r.key
}

// ownFile reports whether a certificate is the value of a reference in some fields of the
// Prometheus' spec, in the Prometheus' own namespace.
func (c *Case) ownFile(d Difference, fields ...string) bool {
	own := c.Prometheus.Metadata.Namespace
	return slices.ContainsFunc(c.references(fields...), func(r reference) bool {
		return r.file(own) == d.Path && c.value(r, own) == d.Promgate
	})
}

// references returns all references below some fields of the Prometheus' spec.
func (c *Case) references(fields ...string) []reference {
	var spec map[string]any
	if err := json.Unmarshal(c.Prometheus.Spec, &spec); err != nil {
		return nil
	}
	var found []reference
	for _, field := range fields {
		found = append(found, referencesIn(spec[field], "Secret")...)
	}
	return found
}

func referencesIn(value any, kind string) []reference {
	var found []reference
	switch value := value.(type) {
	case map[string]any:
		name, named := value["name"].(string)
		if key, keyed := value["key"].(string); named && keyed {
			return []reference{{kind, name, key}}
		}
		for field, v := range value {
			kind := "Secret"
			if field == "configMap" {
				kind = "ConfigMap"
			}
			found = append(found, referencesIn(v, kind)...)
		}
	case []any:
		for _, v := range value {
			found = append(found, referencesIn(v, kind)...)
		}
	}
	return found
}

// value returns the value of a reference in a namespace.
func (c *Case) value(r reference, namespace string) any {
	if c.held == nil {
		c.held = map[string]string{}
		for _, data := range c.Request.Objects {
			c.hold(data)
		}
	}
	if value, ok := c.held[r.kind+"/"+namespace+"/"+r.name+"/"+r.key]; ok {
		return value
	}
	return missing("not there")
}

// hold records the content of a Secret or a ConfigMap.
func (c *Case) hold(data json.RawMessage) {
	var m meta
	if json.Unmarshal(data, &m) != nil || m.Kind != "Secret" && m.Kind != "ConfigMap" {
		return
	}
	var secret corev1.Secret
	var config corev1.ConfigMap
	var err error
	if m.Kind == "Secret" {
		err = json.Unmarshal(data, &secret)
	} else {
		err = json.Unmarshal(data, &config)
	}
	if err != nil {
		return
	}
	prefix := m.Kind + "/" + m.Metadata.Namespace + "/" + m.Metadata.Name + "/"
	for key, value := range secret.Data {
		c.held[prefix+key] = string(value)
	}
	for _, texts := range []map[string]string{secret.StringData, config.Data} {
		for key, value := range texts {
			c.held[prefix+key] = value
		}
	}
}

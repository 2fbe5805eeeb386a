package jobs_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	yamlv2 "go.yaml.in/yaml/v2"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/promconfig"
)

// at is an endpoint of a monitor.
type at struct {
	monitor  string
	endpoint int
}

// An entry is a target that Prometheus would scrape.
type entry struct {
	service, job, url string
}

func on(service string, entries []entry) []entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e entry) bool { return e.service != service })
}

// rendered is a job as Prometheus reads it, except for the discovery itself.
type rendered struct {
	JobName        string              `yaml:"job_name"`
	MetricsPath    string              `yaml:"metrics_path"`
	Scheme         string              `yaml:"scheme"`
	Params         map[string][]string `yaml:"params"`
	RelabelConfigs []*relabel.Config   `yaml:"relabel_configs"`
	Discoveries    []struct {
		Namespaces struct {
			Names []string `yaml:"names"`
		} `yaml:"namespaces"`
	} `yaml:"kubernetes_sd_configs"`
}

// scrape returns the targets that Prometheus would scrape for a job on the Services.
func scrape(t *testing.T, job promconfig.Job, services []*corev1.Service) []entry {
	t.Helper()
	text, err := yamlv2.Marshal(job.Fields)
	if err != nil {
		t.Fatal(err)
	}
	// The operator's config-reloader replaces the number of the shard.
	text = []byte(strings.ReplaceAll(string(text), "$(SHARD)", "0"))
	c := rendered{MetricsPath: "/metrics", Scheme: "http"}
	if err := yamlv2.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	for _, r := range c.RelabelConfigs {
		if err := r.Validate(model.UTF8Validation); err != nil {
			t.Fatalf("%s: %v", job.Name, err)
		}
	}
	var entries []entry
	for _, s := range services {
		if names := c.Discoveries[0].Namespaces.Names; len(names) > 0 && !slices.Contains(names, s.Namespace) {
			continue
		}
		for _, p := range s.Spec.Ports {
			if e, kept := c.target(s, p); kept {
				entries = append(entries, e)
			}
		}
	}
	return entries
}

// target returns the target that Prometheus makes of a port of a Service.
func (c *rendered) target(s *corev1.Service, p corev1.ServicePort) (entry, bool) {
	lb := labels.NewBuilder(labels.EmptyLabels())
	for name, value := range discovered(s, p) {
		lb.Set(name, value)
	}
	lb.Set("job", c.JobName).Set("__metrics_path__", c.MetricsPath).Set("__scheme__", c.Scheme)
	for name, values := range c.Params {
		lb.Set("__param_"+name, values[0])
	}
	if !relabel.ProcessBuilder(lb, c.RelabelConfigs...) || lb.Get("__address__") == "" {
		return entry{}, false
	}
	path := lb.Get("__metrics_path__")
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	params := ""
	lb.Labels().Range(func(l labels.Label) {
		if name, ok := strings.CutPrefix(l.Name, "__param_"); ok {
			params += "&" + name + "=" + l.Value
		}
	})
	e := entry{service: s.Namespace + "/" + s.Name, job: lb.Get("job")}
	e.url = fmt.Sprintf("%s://%s%s?%s %v", lb.Get("__scheme__"), lb.Get("__address__"), path, params, c.Params)
	return e, true
}

var notInLabelName = regexp.MustCompile(`[^a-zA-Z0-9_]`)

// discovered returns the labels of Prometheus' discovery of EndpointSlices, with one pod behind
// each Service.
func discovered(s *corev1.Service, p corev1.ServicePort) map[string]string {
	number, name := 9090, "prom"
	if p.Name == "web" {
		number, name = 8080, "http"
	}
	m := map[string]string{
		"__address__":                          s.Namespace + "-" + s.Name + ":" + strconv.Itoa(number),
		"__meta_kubernetes_namespace":          s.Namespace,
		"__meta_kubernetes_service_name":       s.Name,
		"__meta_kubernetes_pod_name":           s.Name + "-0",
		"__meta_kubernetes_pod_phase":          "Running",
		"__meta_kubernetes_pod_label_app":      "pod",
		"__meta_kubernetes_pod_container_name": "main",

		"__meta_kubernetes_pod_container_port_name":   name,
		"__meta_kubernetes_pod_container_port_number": strconv.Itoa(number),

		"__meta_kubernetes_endpointslice_port_name":           p.Name,
		"__meta_kubernetes_endpointslice_address_target_kind": "Pod",
		"__meta_kubernetes_endpointslice_address_target_name": s.Name + "-0",
	}
	for label, value := range s.Labels {
		sanitized := notInLabelName.ReplaceAllString(label, "_")
		m["__meta_kubernetes_service_label_"+sanitized] = value
		m["__meta_kubernetes_service_labelpresent_"+sanitized] = "true"
	}
	return m
}

package promconfig

import (
	"fmt"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"go.yaml.in/yaml/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/fieldpath"
)

// A Part is what one object renders to for one Prometheus.
type Part struct {
	Kind      string
	Namespace string
	Name      string

	// Jobs are the scrape configurations, in the order of the object's endpoints.
	Jobs []Job

	// Files are certificates and keys that the jobs refer to, by file name.
	Files map[string][]byte

	// Rejections say why the operator would leave the object out. The jobs of such a part
	// serve only to find further mistakes.
	Rejections []Rejection

	// Ignored are fields that are set and that do not reach the configuration. Fields that
	// promconfig does not know are not among them: see [Part.Unsupported].
	Ignored []Ignored

	spec any
}

// Part renders a ServiceMonitor, PodMonitor, Probe or ScrapeConfig. The part of anything else is empty.
func (g *Generator) Part(object any) Part {
	switch o := object.(type) {
	case *monitoringv1.ServiceMonitor:
		return g.ServiceMonitor(o)
	case *monitoringv1.PodMonitor:
		return g.PodMonitor(o)
	case *monitoringv1.Probe:
		return g.Probe(o)
	case *monitoringv1alpha1.ScrapeConfig:
		return g.ScrapeConfig(o)
	}
	return Part{}
}

// A Job is one scrape configuration.
type Job struct {
	Name string

	// Field is the path of the field that the job is rendered from: spec.endpoints[0].
	Field fieldpath.Path

	// Fields is the configuration, in order. Sources says which fields of the object its keys
	// come from.
	Fields  yaml.MapSlice
	Sources []Source
}

// YAML returns the job as an entry of scrape_configs.
func (j Job) YAML() ([]byte, error) {
	out, err := yaml.Marshal([]yaml.MapSlice{j.Fields})
	if err != nil {
		return nil, fmt.Errorf("writing the configuration of job %s: %w", j.Name, err)
	}
	return out, nil
}

// YAML returns the jobs as entries of scrape_configs.
func (p *Part) YAML() ([]byte, error) {
	var all []byte
	for _, job := range p.Jobs {
		text, err := job.YAML()
		if err != nil {
			return nil, err
		}
		all = append(all, text...)
	}
	return all, nil
}

func (w *writer) part(kind string) Part {
	return Part{Kind: kind, Namespace: w.namespace, Name: w.name}
}

// job starts a scrape configuration. The sources that the writer records from here on belong
// to the job.
func (w *writer) job(name string, field fieldpath.Path) *section {
	w.sources = nil
	s := w.section(field)
	s.put("job_name", "", name)
	return s
}

func (s *section) asJob(name string) Job {
	return Job{Name: name, Field: s.field, Fields: s.fields, Sources: s.w.sources}
}

func (p *Part) addJob(name string, s *section) {
	p.Jobs = append(p.Jobs, s.asJob(name))
}

// finish adds what the writer recorded. Spec is that of the object.
func (p *Part) finish(w *writer, spec any) Part {
	p.spec = spec
	p.Files, p.Rejections, p.Ignored = w.files, w.rejections, onceEach(w.ignored)
	return *p
}

// onceEach removes duplicates: the fields of the spec are rendered with each endpoint.
func onceEach(ignored []Ignored) []Ignored {
	if len(ignored) < 2 {
		return ignored
	}
	var seen fieldpath.Tree[struct{}]
	return slices.DeleteFunc(ignored, func(i Ignored) bool { return !seen.Put(i.Field, struct{}{}) })
}

// jobName returns the name that the operator gives a job:
// serviceMonitor/<namespace>/<name>/<i>.
func jobName(kind string, object metav1.ObjectMeta, index int) string {
	name := kind + "/" + object.Namespace + "/" + object.Name
	if index < 0 {
		return name
	}
	return fmt.Sprintf("%s/%d", name, index)
}

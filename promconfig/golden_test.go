package promconfig_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"golang.org/x/tools/txtar"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/promconfig"
)

var update = flag.Bool("update", false, "write the output into the golden files")

// TestGolden renders the cases in testdata. An archive contains common.yaml, and for each case
// CASE/in.yaml, optionally CASE/options, and CASE/want. If a case has a Prometheus, it replaces the
// common one, and the want contains the sections of that object too.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range caseNames(archive) {
				t.Run(name, func(t *testing.T) { golden(t, archive, name) })
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func golden(t *testing.T, archive *txtar.Archive, name string) {
	want := content(archive, name+"/want")
	if want == nil {
		t.Fatal("the case has no want")
	}
	c := newGoldenCase(t, content(archive, "common.yaml"), content(archive, name+"/in.yaml"), content(archive, name+"/options"))
	got := c.render(t)
	if *update {
		*want = got
		return
	}
	if diff := cmp.Diff(string(*want), string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func caseNames(archive *txtar.Archive) []string {
	var names []string
	for _, f := range archive.Files {
		if name, ok := strings.CutSuffix(f.Name, "/in.yaml"); ok {
			names = append(names, name)
		}
	}
	return names
}

// content returns nil for a file that the archive does not have.
func content(archive *txtar.Archive, name string) *[]byte {
	for i := range archive.Files {
		if archive.Files[i].Name == name {
			return &archive.Files[i].Data
		}
	}
	return nil
}

// A goldenCase is the input of one case.
type goldenCase struct {
	server *monitoringv1.Prometheus
	agent  *monitoringv1alpha1.PrometheusAgent

	// ofCase means that the case, and not common.yaml, has the Prometheus.
	ofCase bool

	options goldenOptions
	objects []any
	assets  contents
}

// goldenOptions are the options of the generator, and of the want.
type goldenOptions struct {
	EndpointSlice, RetentionPolicies, TopologySharding, PodTopologyLabels bool

	// Places shows which field each key comes from.
	Places bool

	// Placeholders renders without Secrets and ConfigMaps.
	Placeholders bool
}

func newGoldenCase(t *testing.T, common, in, options *[]byte) *goldenCase {
	c := &goldenCase{
		options: goldenOptions{EndpointSlice: true, RetentionPolicies: true, TopologySharding: true, PodTopologyLabels: true},
		assets:  contents{},
	}
	if options != nil {
		if err := yaml.UnmarshalStrict(*options, &c.options); err != nil {
			t.Fatal(err)
		}
	}
	if common != nil {
		c.read(t, *common)
	}
	c.ofCase = false
	c.read(t, *in)
	return c
}

func (c *goldenCase) read(t *testing.T, documents []byte) {
	for document := range bytes.SplitSeq(documents, []byte("\n---\n")) {
		var header metav1.TypeMeta
		if err := yaml.Unmarshal(document, &header); err != nil {
			t.Fatal(err)
		}
		object := newObject(header.Kind)
		if object == nil {
			t.Fatalf("cannot render a %s", header.Kind)
		}
		if err := yaml.UnmarshalStrict(document, object); err != nil {
			t.Fatal(err)
		}
		c.add(object)
	}
}

func newObject(kind string) any {
	switch kind {
	case "Prometheus":
		return &monitoringv1.Prometheus{}
	case "PrometheusAgent":
		return &monitoringv1alpha1.PrometheusAgent{}
	case "ServiceMonitor":
		return &monitoringv1.ServiceMonitor{}
	case "PodMonitor":
		return &monitoringv1.PodMonitor{}
	case "Probe":
		return &monitoringv1.Probe{}
	case "ScrapeConfig":
		return &monitoringv1alpha1.ScrapeConfig{}
	case "PrometheusRule":
		return &monitoringv1.PrometheusRule{}
	case "Secret":
		return &corev1.Secret{}
	case "ConfigMap":
		return &corev1.ConfigMap{}
	}
	return nil
}

func (c *goldenCase) add(object any) {
	switch o := object.(type) {
	case *monitoringv1.Prometheus:
		c.server, c.agent, c.ofCase = o, nil, true
	case *monitoringv1alpha1.PrometheusAgent:
		c.server, c.agent, c.ofCase = nil, o, true
	case *corev1.Secret:
		for key, value := range o.StringData {
			c.assets["Secret/"+o.Namespace+"/"+o.Name+"/"+key] = value
		}
	case *corev1.ConfigMap:
		for key, value := range o.Data {
			c.assets["ConfigMap/"+o.Namespace+"/"+o.Name+"/"+key] = value
		}
	default:
		c.objects = append(c.objects, object)
	}
}

// contents are the values in Secrets and ConfigMaps by kind, namespace, name and key.
type contents map[string]string

func (c contents) SecretKey(namespace, name, key string) ([]byte, bool) {
	value, found := c["Secret/"+namespace+"/"+name+"/"+key]
	return []byte(value), found
}

func (c contents) ConfigMapKey(namespace, name, key string) (string, bool) {
	value, found := c["ConfigMap/"+namespace+"/"+name+"/"+key]
	return value, found
}

// render returns the whole output of the case.
func (c *goldenCase) render(t *testing.T) []byte {
	g, err := c.generator()
	if err != nil {
		return []byte(err.Error() + "\n")
	}
	out := &shown{options: c.options, files: map[string][]byte{}}
	rules := map[string][]byte{}
	var parts []promconfig.Part
	for _, object := range c.objects {
		if r, ok := object.(*monitoringv1.PrometheusRule); ok {
			file := g.RuleFile(r)
			out.note("PrometheusRule "+r.Namespace+"/"+r.Name, file.Rejections, file.Ignored)
			rules[file.File] = file.Content
			continue
		}
		part := partOf(g, object)
		parts = append(parts, part)
		out.part(t, part)
	}
	global := g.Global()
	var config bytes.Buffer
	if c.ofCase {
		out.note("the Prometheus", global.Rejections, global.Ignored)
		out.jobs(t, "judged", global.Classes)
		maps.Copy(out.files, global.Files)
		config.Write(out.whole(t, g, global, parts, rules))
	} else {
		out.rules(rules)
	}
	return slices.Concat(config.Bytes(), out.text.Bytes(), out.certificates(), []byte(strings.Join(out.notes, "")))
}

func (c *goldenCase) generator() (*promconfig.Generator, error) {
	options := promconfig.AsInstalled()
	options.EndpointSlice, options.RetentionPolicies = c.options.EndpointSlice, c.options.RetentionPolicies
	options.TopologySharding, options.PodTopologyLabels = c.options.TopologySharding, c.options.PodTopologyLabels
	var assets promconfig.Assets = c.assets
	if c.options.Placeholders {
		assets = promconfig.Placeholders{}
	}
	if c.agent != nil {
		return promconfig.NewAgent(c.agent, assets, options)
	}
	return promconfig.New(c.server, assets, options)
}

func partOf(g *promconfig.Generator, object any) promconfig.Part {
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
	return promconfig.Part{}
}

// shown is the text of a want while it is written.
type shown struct {
	options goldenOptions
	text    bytes.Buffer
	notes   []string
	files   map[string][]byte
}

func (s *shown) part(t *testing.T, part promconfig.Part) {
	name := part.Kind + " " + part.Namespace + "/" + part.Name
	s.note(name, part.Rejections, append(part.Ignored, part.Unsupported()...))
	if len(part.Rejections) > 0 {
		return
	}
	maps.Copy(s.files, part.Files)
	s.jobs(t, name, part.Jobs)
}

func (s *shown) jobs(t *testing.T, of string, jobs []promconfig.Job) {
	for _, job := range jobs {
		text, err := job.YAML()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&s.text, "# %s: %s\n%s", of, job.Field, text)
		if !s.options.Places {
			continue
		}
		for _, source := range job.Sources {
			fmt.Fprintf(&s.text, "# %s: %s\n", source.Key, source.Field)
		}
	}
}

func (s *shown) note(of string, rejections []promconfig.Rejection, ignored []promconfig.Ignored) {
	for _, r := range rejections {
		s.notes = append(s.notes, fmt.Sprintf("# %s is left out: %s: %s\n", of, r.Field, r.Reason))
	}
	for _, i := range ignored {
		s.notes = append(s.notes, fmt.Sprintf("# %s: %s is ignored: %s\n", of, i.Field, i.Reason))
	}
}

func (s *shown) rules(files map[string][]byte) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&s.text, "# rule file %s\n%s", name, files[name])
	}
}

func (s *shown) certificates() []byte {
	var out bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		fmt.Fprintf(&out, "# certificate file %s: %q\n", name, s.files[name])
	}
	return out.Bytes()
}

// whole returns the configuration without the jobs of objects, which are shown beside it.
func (s *shown) whole(t *testing.T, g *promconfig.Generator, global promconfig.Global, parts []promconfig.Part, rules map[string][]byte) []byte {
	maps := g.RuleConfigMaps(rules)
	var accepted []promconfig.Part
	for _, p := range parts {
		if len(p.Rejections) == 0 {
			accepted = append(accepted, p)
		}
	}
	config, err := g.Config(global, maps, accepted)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range maps {
		if len(m.Files) > 0 {
			fmt.Fprintf(&s.text, "# ConfigMap %s\n", m.Name)
			s.rules(m.Files)
		}
	}
	if s.options.Places {
		for _, source := range global.Sources {
			fmt.Fprintf(&s.text, "# %s: %s\n", source.Key, source.Field)
		}
	}
	return without(config, accepted)
}

func without(config []byte, parts []promconfig.Part) []byte {
	for _, p := range parts {
		if text, err := p.YAML(); err == nil && len(text) > 0 {
			config = bytes.Replace(config, text, []byte("# jobs of "+p.Kind+" "+p.Namespace+"/"+p.Name+"\n"), 1)
		}
	}
	return config
}

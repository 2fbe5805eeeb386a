package monitor_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"go.yaml.in/yaml/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/scrapeconfig"
	"github.com/promgate/promgate/validation/servicemonitor"
)

// TestShardedTwice runs the relabelings that the operator would write in each shard over many targets:
// where the check says that some targets are scraped by no shard, or all by each, that is so, and where
// it is silent about a keep by the shard, each target is scraped.
func TestShardedTwice(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 3))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	spoke, silent := 0, 0
	for range 400 {
		shards := int32(2 + r.IntN(3))
		p := &monitoringv1.Prometheus{ObjectMeta: metav1.ObjectMeta{Namespace: "monitoring", Name: "main"}}
		p.Spec.Shards = &shards
		g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
		if err != nil {
			t.Fatal(err)
		}
		label := pick("__tmp_hash", "__tmp_shard", "part")
		own := []monitoringv1.RelabelConfig{
			{Action: "hashmod", SourceLabels: []monitoringv1.LabelName{monitoringv1.LabelName(pick("__address__", "__meta_kubernetes_pod_name"))}, TargetLabel: label, Modulus: int64(1 + r.IntN(5))},
			{Action: pick("keep", "keep", "drop"), SourceLabels: []monitoringv1.LabelName{monitoringv1.LabelName(label)}, Regex: pick("$(SHARD)", "$(SHARD)", "0", "0|1", "1|$(SHARD)")},
		}[:1+r.IntN(2)]
		if r.IntN(4) == 0 {
			constant := "true"
			own = append(own, monitoringv1.RelabelConfig{TargetLabel: "__tmp_disable_sharding", Replacement: &constant})
		}
		s := validation.Snapshot{Prometheus: validation.Prometheus{Name: "monitoring/main", Version: g.SemVer(), Scraping: validation.Scraping{Shards: g.Shards()}}}
		var kind validation.Kind
		var object any
		if r.IntN(2) == 0 {
			c := &monitoringv1alpha1.ScrapeConfig{}
			c.Spec.KubernetesSDConfigs, c.Spec.RelabelConfigs = []monitoringv1alpha1.KubernetesSDConfig{{Role: "Pod"}}, own
			kind, object = scrapeconfig.Kind(), c
		} else {
			m := &monitoringv1.ServiceMonitor{}
			m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: "web", RelabelConfigs: own}}
			kind, object = servicemonitor.Kind(), m
		}
		found, err := kind.Check(t.Context(), object, s, func(c validation.Info) validation.Severity {
			if c.ID == "sharded-twice" {
				return validation.Warn
			}
			return validation.Off
		})
		if err != nil {
			t.Fatal(err)
		}
		never, always := scrapedBy(t, g.Part(object), int(shards))
		switch {
		case len(found) == 0:
			silent++
			// The check is silent where __tmp_hash is set.
			if never > 0 && label != "__tmp_hash" && len(own) == 2 && own[1].Regex == "$(SHARD)" && own[1].Action == "keep" {
				t.Fatalf("%d shards, %+v: silent, and %d of %d targets are never scraped", shards, own, never, manyTargets)
			}
		case strings.Contains(found[0].Problem, "scrapes the same ones"):
			spoke++
			if never+always != manyTargets || always == 0 {
				t.Fatalf("%d shards, %+v: %d never, %d by all, but: %s", shards, own, never, always, found[0].Problem)
			}
		default:
			spoke++
			if never == 0 {
				t.Fatalf("%d shards, %+v: all targets are scraped, but: %s", shards, own, found[0].Problem)
			}
		}
	}
	if spoke < 50 || silent < 50 {
		t.Errorf("the test is empty: %d, %d", spoke, silent)
	}
}

const manyTargets = 100

// scrapedBy counts the targets that no shard scrapes, and those that all do.
func scrapedBy(t *testing.T, part promconfig.Part, shards int) (never, always int) {
	t.Helper()
	text, err := yaml.Marshal(part.Jobs[0].Fields)
	if err != nil {
		t.Fatal(err)
	}
	counts := make([]int, manyTargets)
	for shard := range shards {
		var job struct {
			Relabelings []*relabel.Config `yaml:"relabel_configs"`
		}
		if err := yaml.Unmarshal([]byte(strings.ReplaceAll(string(text), "$(SHARD)", strconv.Itoa(shard))), &job); err != nil {
			t.Fatal(err)
		}
		for _, c := range job.Relabelings {
			if err := c.Validate(model.UTF8Validation); err != nil {
				t.Fatal(err)
			}
		}
		for i := range counts {
			b := labels.NewBuilder(labels.FromStrings("__address__", "10.0.0."+strconv.Itoa(i)+":80", "__meta_kubernetes_pod_name", "pod-"+strconv.Itoa(i), "__meta_kubernetes_endpoint_port_name", "web"))
			if relabel.ProcessBuilder(b, job.Relabelings...) {
				counts[i]++
			}
		}
	}
	for _, n := range counts {
		switch n {
		case 0:
			never++
		case shards:
			always++
		}
	}
	return never, always
}

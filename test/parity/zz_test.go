package parity

import (
	"testing"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/config"
	"go.yaml.in/yaml/v2"
	"strings"
	"encoding/json"
)

func TestZZ(t *testing.T) {
	c := NewCoverage()
	g := NewGenerator(1, rig.schemas, c, rig.fixtures)
	for range 150 {
		r := g.Request()
		a, _ := rig.reference.Ask(r)
		p, err := askPromgate(r)
		if err != nil {
			t.Fatal(err)
		}
		cs := &Case{Request: r, Operator: a, Promgate: p}
		for _, data := range r.Objects {
			var m meta
			json.Unmarshal(data, &m)
			if m.Metadata.Name == "main" { cs.Prometheus = m }
		}
		if a.Error == "" && p.Error == "" && a.Config != "" && !cs.loads(nil) {
			var whole yaml.MapSlice
			yaml.Unmarshal([]byte(a.Config), &whole)
			var red yaml.MapSlice
			for _, i := range whole { if i.Key != "scrape_configs" { red = append(red, i) } }
			d, _ := yaml.Marshal(red)
			_, err := config.Load(string(d), promslog.NewNopLogger())
			t.Logf("XW %v", err)
		}
		for k, v := range p.Rejected {
			if a.Rejected[k] == "" {
				t.Logf("XX %s %s", k[:6], strings.Split(v, "; ")[0])
			}
		}
	}
}

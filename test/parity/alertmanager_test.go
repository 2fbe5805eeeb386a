package parity

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"golang.org/x/tools/txtar"
	kyaml "sigs.k8s.io/yaml"

	"github.com/promgate/promgate/alertmanager"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/selection"
)

// TestAlertmanager compares configurations of Alertmanager, what is left out of them, and what keeps the operator from
// writing any.
func TestAlertmanager(t *testing.T) {
	archive, err := txtar.ParseFile(filepath.Join("testdata", "alertmanager", "table.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	common := objectsIn(t, archive.Files[0].Data)
	requests := map[string]*Request{}
	var names []string
	for _, f := range archive.Files[1:] {
		name, _, _ := strings.Cut(f.Name, "/")
		if requests[name] == nil {
			requests[name] = &Request{Alertmanager: "monitoring/main", Objects: slices.Clone(common)}
			names = append(names, name)
		}
		requests[name].Objects = append(requests[name].Objects, objectsIn(t, f.Data)...)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			theirs, err := rig.reference.Ask(requests[name])
			if err != nil {
				t.Fatal(err)
			}
			ours := renderAlertmanager(t, requests[name])
			if fails := strings.HasPrefix(name, "fails-"); fails != (theirs.Error != "") || fails != (ours.Error != "") {
				t.Errorf("the operator fails with %q, promgate with %q", theirs.Error, ours.Error)
			}
			for object, reason := range theirs.Rejected {
				if _, ok := ours.Rejected[object]; !ok {
					t.Errorf("only the operator leaves out %s: %s", object, reason)
				}
			}
			for object, reason := range ours.Rejected {
				if _, ok := theirs.Rejected[object]; !ok {
					t.Errorf("only promgate leaves out %s: %s", object, reason)
				}
			}
			if theirs.Error == "" && ours.Error == "" {
				if diff := cmp.Diff(values(t, theirs.Config), values(t, ours.Config)); diff != "" {
					t.Errorf("configuration (-operator +promgate):\n%s", diff)
				}
			}
		})
	}
}

func objectsIn(t *testing.T, text []byte) []json.RawMessage {
	t.Helper()
	var objects []json.RawMessage
	for document := range strings.SplitSeq(string(text), "---\n") {
		data, err := kyaml.YAMLToJSON([]byte(document))
		if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, data)
	}
	return objects
}

// values reads a configuration. A text of one line has one meaning, however it is written.
func values(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := kyaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// renderAlertmanager is promgate's answer.
func renderAlertmanager(t *testing.T, r *Request) *Answer {
	t.Helper()
	model := cluster.New(cluster.Options{KeepObjects: true})
	var main *monitoringv1.Alertmanager
	var configs []selection.Object
	for _, data := range r.Objects {
		object, err := decode(data)
		if err != nil {
			t.Fatal(err)
		}
		_ = model.Put(object)
		if a, ok := object.(*monitoringv1.Alertmanager); ok {
			main = a
		} else if alertmanager.Renders(object) {
			configs = append(configs, object)
		}
	}
	g, err := alertmanager.New(main, model.Assets())
	if err != nil {
		t.Fatal(err)
	}
	base := g.Base()
	answer := &Answer{Rejected: map[string]string{}}
	var parts []alertmanager.Part
	for _, config := range configs {
		part, _ := g.Part(config, base)
		if part.Root {
			base = g.BaseFrom(part)
			continue
		}
		parts = append(parts, part)
		if part.LeftOut {
			answer.Rejected["AlertmanagerConfig/"+part.Namespace+"/"+part.Name] = reasons(part)
		} else if len(part.Failures) > 0 {
			answer.Error = part.Failures[0].Reason
		}
	}
	if len(base.Failures) > 0 {
		answer.Error = base.Failures[0].Reason
	}
	config, err := g.Config(base, parts)
	if err != nil {
		t.Fatal(err)
	}
	answer.Config = string(config)
	return answer
}

func reasons(p alertmanager.Part) string {
	var all []string
	for _, r := range append(slices.Clone(p.Rejections), p.Refused...) {
		all = append(all, r.Field.String()+": "+r.Reason)
	}
	return strings.Join(all, "; ")
}

package parity

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/schema"
)

// notificationGenerator returns a generator of objects about notifications.
func notificationGenerator(t *testing.T, seed int) *Generator {
	t.Helper()
	dir, err := OperatorDir(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := LoadNotificationSchemas(dir)
	if err != nil {
		t.Fatal(err)
	}
	return NewGenerator(uint64(seed), schemas, NewCoverage(), rig.fixtures)
}

// storable returns the objects of a request that the API server would store, with their defaults.
func storable(t *testing.T, w *instanceWalk, r *Request) *Request {
	t.Helper()
	out := *r
	out.Objects = nil
	for _, data := range r.Objects {
		var head struct{ Kind string }
		if err := json.Unmarshal(data, &head); err != nil {
			t.Fatal(err)
		}
		if head.Kind != "AlertmanagerConfig" && head.Kind != monitoringv1.AlertmanagersKind {
			out.Objects = append(out.Objects, data)
			continue
		}
		if stored, valid := w.admit(data); valid {
			out.Objects = append(out.Objects, stored)
		} else {
			w.invalid++
		}
	}
	return &out
}

// TestAlertmanagersByChance compares what both sides make of random objects.
//
//	ALERTMANAGERS_SEED     another number gives other objects
//	ALERTMANAGERS_REQUESTS Alertmanagers, with one to four objects each
func TestAlertmanagersByChance(t *testing.T) {
	seed, requests := number(t, "ALERTMANAGERS_SEED", 1), number(t, "ALERTMANAGERS_REQUESTS", 400)
	g := notificationGenerator(t, seed)
	w := &instanceWalk{t: t, schemas: schema.New()}
	same, objects, rejected, failed := 0, 0, 0, 0
	for i := range requests {
		r := storable(t, w, g.Notifications(choose(g.rnd, alertmanagerVersions...)))
		if !slices.ContainsFunc(r.Objects, func(data json.RawMessage) bool { return isMain(data) }) || lacksBase(r) {
			continue
		}
		theirs, err := rig.reference.Ask(r)
		if err != nil {
			t.Fatal(err)
		}
		ours := renderAlertmanager(t, r)
		objects += len(r.Objects) - len(rig.fixtures) - 2
		rejected += len(theirs.Rejected)
		if (theirs.Error != "") != (ours.Error != "") && !strings.Contains(ours.Error, "Alertmanager refuses its configuration") {
			w.fail("seed", "only one side fails", r.Objects[len(r.Objects)-1], "operator: "+theirs.Error+"\npromgate: "+ours.Error)
			continue
		}
		diff := ""
		if theirs.Error == "" && ours.Error == "" { // or it did not look at the objects
			diff = cmp.Diff(keysOf(theirs.Rejected), keysOf(ours.Rejected)) + cmp.Diff(values(t, theirs.Config), values(t, ours.Config))
		} else {
			failed++
		}
		if diff != "" {
			t.Errorf("seed %d, request %d (-operator +promgate):\n%s\noperator: %s\npromgate: %v", seed, i, diff, theirs.Rejected, ours.Rejected)
			continue
		}
		same++
	}
	t.Logf("%d Alertmanagers and %d objects: %d invalid for the API server, %d left out, %d without any configuration", same, objects, w.invalid, rejected, failed)
	if same < requests/3 || rejected > objects*2/3 {
		t.Error("too few are alike, or too many left out")
	}
}

func isMain(data json.RawMessage) bool {
	var head struct{ Kind string }
	return json.Unmarshal(data, &head) == nil && head.Kind == monitoringv1.AlertmanagersKind
}

// lacksBase reports whether the global object of the Alertmanager is missing: the API server did not store it.
func lacksBase(r *Request) bool {
	wants, has := false, false
	for _, data := range r.Objects {
		var o struct {
			Kind     string
			Metadata struct{ Name string }
			Spec     struct{ AlertmanagerConfiguration map[string]any }
		}
		_ = json.Unmarshal(data, &o)
		wants = wants || o.Kind == monitoringv1.AlertmanagersKind && o.Spec.AlertmanagerConfiguration != nil
		has = has || o.Kind == "AlertmanagerConfig" && o.Metadata.Name == "base"
	}
	return wants && !has
}

func keysOf(m map[string]string) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

package defaulting

import (
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCreate(t *testing.T) {
	wanted := map[string]string{"app": "prometheus-operator", "release": "prometheus"}
	cases := map[string]struct {
		reason    string
		object    Object
		namespace map[string]string
		want      map[string]string
	}{
		"NoLabels": {
			reason: "all labels are missing, so all are added",
			want:   wanted,
		},
		"OneMissing": {
			reason: "only the missing label is added",
			object: Object{Labels: map[string]string{"release": "prometheus"}},
			want:   map[string]string{"app": "prometheus-operator"},
		},
		"OtherValue": {
			reason: "an existing label is never changed",
			object: Object{Labels: map[string]string{"release": "other", "app": ""}},
			want:   map[string]string{},
		},
		"AnnotationOptsOut": {
			reason: "the object's annotation opts out",
			object: Object{Annotations: map[string]string{OptOut: "false"}},
		},
		"AnnotationTrue": {
			reason: "only the value false opts out",
			object: Object{Annotations: map[string]string{OptOut: "true"}},
			want:   wanted,
		},
		"NamespaceOptsOut": {
			reason:    "the namespace's label opts out",
			namespace: map[string]string{OptOut: "false"},
		},
		"Ignored": {
			reason: "an object with the ignore label stays unchanged",
			object: Object{Labels: map[string]string{IgnoreLabel: "true"}},
		},
		"NamespaceIgnored": {
			reason:    "so does an object in a namespace with the ignore label",
			namespace: map[string]string{IgnoreLabel: "true"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := Create(tc.object, tc.namespace, wanted)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestUpdate(t *testing.T) {
	wanted := map[string]string{"app": "prometheus-operator", "release": "prometheus"}
	cases := map[string]struct {
		reason         string
		object, stored Object
		want           map[string]string
	}{
		"Dropped": {
			reason: "a dropped label that would be added on creation is added again",
			object: Object{Labels: map[string]string{"team": "a"}},
			stored: Object{Labels: map[string]string{"release": "prometheus", "team": "a"}},
			want:   map[string]string{"release": "prometheus"},
		},
		"OtherValueDropped": {
			reason: "the user may drop a label that the user set to another value",
			stored: Object{Labels: map[string]string{"release": "other"}},
			want:   map[string]string{},
		},
		"ValueChanged": {
			reason: "the user may change the value",
			object: Object{Labels: map[string]string{"release": "other"}},
			stored: Object{Labels: map[string]string{"release": "prometheus"}},
			want:   map[string]string{},
		},
		"Dormant": {
			reason: "an update does not add labels to an unselected object",
			want:   map[string]string{},
		},
		"OptsOutNow": {
			reason: "the annotation opts out",
			object: Object{Annotations: map[string]string{OptOut: "false"}},
			stored: Object{Labels: map[string]string{"release": "prometheus"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := Update(tc.object, tc.stored, nil, wanted)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestForKnowsItsKinds(t *testing.T) {
	for _, kind := range []string{"PrometheusRule", "ServiceMonitor", "PodMonitor", "Probe", "ScrapeConfig"} {
		if labels, ok := AsInstalled().For(kind); !ok || labels["release"] != "prometheus" {
			t.Errorf("For(%q) = %v, %v", kind, labels, ok)
		}
	}
	if _, ok := AsInstalled().For("Prometheus"); ok {
		t.Error("a Prometheus gets labels")
	}
}

// TestTwiceIsOnce checks, for random objects, that applying the defaults twice, on create and on
// the update that follows, changes nothing more; that existing labels stay unchanged; and that the
// input is not modified.
func TestTwiceIsOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	names := []string{"app", "release", "team", IgnoreLabel, OptOut, "a/b", ""}
	values := []string{"", "prometheus", "prometheus-operator", "true", "false", "x"}
	set := func() map[string]string {
		if random.IntN(4) == 0 {
			return nil
		}
		s := map[string]string{}
		for range random.IntN(5) {
			s[names[random.IntN(len(names))]] = values[random.IntN(len(values))]
		}
		return s
	}
	for range 20_000 {
		object := Object{Labels: set(), Annotations: set()}
		stored := Object{Labels: set(), Annotations: set()}
		namespace, wanted := set(), set()
		before := maps.Clone(object.Labels)

		for name, added := range map[string]map[string]string{
			"create": Create(object, namespace, wanted),
			"update": Update(object, stored, namespace, wanted),
		} {
			after := merge(object.Labels, added)
			if again := Create(Object{after, object.Annotations}, namespace, wanted); name == "create" && len(again) > 0 {
				t.Fatalf("create adds %v again to %v", again, after)
			}
			if again := Update(Object{after, object.Annotations}, stored, namespace, wanted); len(again) > 0 {
				t.Fatalf("update after %s adds %v to %v", name, again, after)
			}
			for label, value := range object.Labels {
				if after[label] != value {
					t.Fatalf("%s changed %s from %q to %q", name, label, value, after[label])
				}
			}
		}
		if !maps.Equal(before, object.Labels) {
			t.Fatalf("the object's labels were %v, are %v", before, object.Labels)
		}
	}
}

func merge(a, b map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
}

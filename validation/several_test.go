package validation_test

import (
	"context"
	"strings"
	"testing"

	"github.com/blang/semver/v4"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

func TestCheckFor(t *testing.T) {
	type object struct {
		Spec []string `json:"spec"`
	}
	kind := validation.NewKind(schema.GroupVersionKind{Kind: "Thing"},
		func(_ context.Context, o *object, _ validation.Snapshot) (*object, error) { return o, nil },
		[]validation.Check[*object]{{
			ID: "too-new", Severity: validation.Deny,
			Run: func(o *object, s validation.Snapshot) []validation.Finding {
				var found []validation.Finding
				for _, version := range o.Spec {
					if until, ok := strings.CutPrefix(version, "before "); ok {
						if s.Prometheus.Version.GTE(semver.MustParse(until)) {
							found = append(found, validation.Finding{Path: fieldpath.New("spec"), Problem: "needs " + version, Key: version})
						}
						continue
					}
					if s.Prometheus.Version.LT(semver.MustParse(version)) {
						found = append(found, validation.Finding{Path: fieldpath.New("spec"), Problem: "needs " + version, Key: version})
					}
				}
				return found
			},
		}})
	of := func(name, version string) validation.Snapshot {
		return validation.Snapshot{Prometheus: validation.Prometheus{Name: name, Version: semver.MustParse(version)}}
	}
	ruler := func(name, version string) validation.Snapshot {
		s := of(name, version)
		s.Prometheus.Thanos = true
		return s
	}
	t.Run("OneSuffices", func(t *testing.T) {
		lenient := kind
		lenient.OneSuffices = true
		severity := func(c validation.Info) validation.Severity { return c.Severity }
		some, err := lenient.CheckFor(t.Context(), decoded(t, lenient, `{"spec":["3.0.0"]}`), []validation.Snapshot{of("m/a", "2.0.0"), of("m/b", "3.1.0")}, severity)
		if err != nil || len(some) != 1 || some[0].Severity != validation.Warn {
			t.Errorf("one instance can use it: %+v, %v", some, err)
		}
		none, err := lenient.CheckFor(t.Context(), decoded(t, lenient, `{"spec":["3.0.0"]}`), []validation.Snapshot{of("m/a", "2.0.0"), of("m/b", "2.1.0")}, severity)
		if err != nil || len(none) != 1 || none[0].Severity != validation.Deny {
			t.Errorf("no instance can use it: %+v, %v", none, err)
		}
		each, err := lenient.CheckFor(t.Context(), decoded(t, lenient, `{"spec":["3.0.0","before 3.0.0"]}`), []validation.Snapshot{of("m/a", "2.0.0"), of("m/b", "3.1.0")}, severity)
		if err != nil || len(each) != 2 || each[0].Severity != validation.Deny || each[1].Severity != validation.Deny {
			t.Errorf("each instance refuses it for a reason of its own: %+v, %v", each, err)
		}
	})
	cases := map[string]struct {
		raw    string
		taking []validation.Snapshot
		want   []string
	}{
		"OnlyOne":       {`{"spec":["3.0.0"]}`, []validation.Snapshot{of("m/a", "2.0.0")}, []string{"needs 3.0.0"}},
		"OfOneMind":     {`{"spec":["3.0.0"]}`, []validation.Snapshot{of("m/a", "2.0.0"), of("m/b", "2.1.0")}, []string{"needs 3.0.0"}},
		"SomeMind":      {`{"spec":["3.0.0"]}`, []validation.Snapshot{of("m/a", "2.0.0"), of("m/b", "3.1.0"), of("m/c", "2.5.0")}, []string{"for Prometheus m/a, m/c: needs 3.0.0"}},
		"ARuler":        {`{"spec":["3.0.0"]}`, []validation.Snapshot{ruler("m/r", "0.37.2"), of("m/a", "2.0.0"), of("m/b", "3.1.0")}, []string{"for Prometheus m/a, ThanosRuler m/r: needs 3.0.0"}},
		"NobodyMinds":   {`{"spec":["1.0.0"]}`, []validation.Snapshot{of("m/a", "2.0.0"), of("m/b", "3.1.0")}, nil},
		"TwiceInOne":    {`{"spec":["3.0.0","3.0.0"]}`, []validation.Snapshot{of("m/a", "2.0.0"), of("m/b", "2.1.0")}, []string{"needs 3.0.0", "needs 3.0.0"}},
		"EachItsOwn":    {`{"spec":["2.5.0","3.0.0"]}`, []validation.Snapshot{of("m/a", "2.9.0"), of("m/b", "2.1.0")}, []string{"needs 3.0.0", "for Prometheus m/b: needs 2.5.0"}},
		"NobodyTakesIt": {`{"spec":["3.0.0"]}`, nil, nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			found, err := kind.CheckFor(t.Context(), decoded(t, kind, tc.raw), tc.taking, func(c validation.Info) validation.Severity { return c.Severity })
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found {
				got = append(got, f.Problem)
			}
			if len(got) != len(tc.want) {
				t.Fatalf("got %q, want %q", got, tc.want)
			}
			for i := range got {
				if got[i] != tc.want[i] {
					t.Errorf("got %q, want %q", got, tc.want)
				}
			}
		})
	}
}

func decoded(t *testing.T, kind validation.Kind, raw string) any {
	t.Helper()
	object, err := kind.Decode([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return object
}

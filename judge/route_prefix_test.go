package judge_test

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/judge"
)

// TestRoutePrefix: a prefix is refused if a mark is where it cannot be. With the default marks, Prometheus can serve below each of these
// prefixes.
func TestRoutePrefix(t *testing.T) {
	limits := judge.DefaultLimits()
	limits.Paths = judge.PathMarks{Rest: "~", Part: "@", Open: "<", Close: ">", Method: "="}
	other, err := judge.PermissiveWithin(limits)
	if err != nil {
		t.Fatal(err)
	}
	byDefault := permissive(t)
	refuses := func(j *judge.Judge, prefix string) bool {
		p := &monitoringv1.Prometheus{}
		p.Spec.RoutePrefix = prefix
		return len(j.Object(p).Arguments) > 0
	}
	for prefix, want := range map[string]bool{
		"/@a": false, "/a@b": false, "/@a/@b": false, "//": false, "/a>": false, "/a%20b": false, "/../a": false, "a": false, "/<a>/<b>": false,
		"/a~": true, "/~a": true, "/@": true, "/a@b@c": true, "/a=b": true, "/<x": true, "/<a>/<a>": true, "/<1>": true, "/x<a>": true,
	} {
		if refuses(other, prefix) != want {
			t.Errorf("%q is refused: %t", prefix, !want)
		}
		if refuses(byDefault, prefix) {
			t.Errorf("%q is refused with the default marks", prefix)
		}
	}
}

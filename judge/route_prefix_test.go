package judge_test

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// TestRoutePrefix: a prefix is refused if Go's router refuses the pattern that Prometheus makes of it, or if it has what
// httprouter does not take. The latter was tried with Prometheus 3.16.
func TestRoutePrefix(t *testing.T) {
	j := permissive(t)
	refused := func(prefix string) bool {
		p := &monitoringv1.Prometheus{}
		p.Spec.RoutePrefix = prefix
		return len(j.Object(p).Arguments) > 0
	}
	for prefix, want := range map[string]bool{
		"/:a": false, "/a:b": false, "/:a/:b": false, "//": false, "/a}": false, "/a%20b": false, "/../a": false, "a": false,
		"/a*": true, "/*a": true, "/:": true, "/a:b:c": true, "/a b": true, "/{x": true,
	} {
		if refused(prefix) != want {
			t.Errorf("%q is refused: %t", prefix, !want)
		}
	}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test
	for range 3000 {
		text := ""
		for range 1 + random.IntN(8) {
			text += []string{"a", "/", "{", "}", "{x}", "{y}", "...", "$", " ", "\t", "1", "_", "ü", "-", "."}[random.IntN(15)]
		}
		prefix := "/" + strings.Trim(text, "/")
		if got, want := refused(prefix), !registers(strings.TrimSuffix(prefix, "/")+"/api/v1/"); got != want {
			t.Errorf("%q is refused: %t", prefix, got)
		}
	}
}

// registers reports whether Go's router takes a pattern.
func registers(pattern string) (ok bool) {
	defer func() { ok = recover() == nil }()
	http.NewServeMux().Handle(pattern, http.NotFoundHandler())
	return true
}

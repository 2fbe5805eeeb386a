package dialect

import "testing"

func TestOfThanos(t *testing.T) {
	for thanos, want := range map[Version]Version{
		{0, 20}:    {2, 40},
		{0, 31, 2}: {2, 42},
		{0, 38}:    {3, 1},
		{0, 42, 5}: {3, 9},
		{0, 43}:    Latest(),
		{1, 0}:     Latest(),
	} {
		if got := OfThanos(thanos); got != want {
			t.Errorf("Thanos %s is as Prometheus %s, want %s", thanos, got, want)
		}
	}
}

func TestThanosFeatures(t *testing.T) {
	for _, c := range []struct {
		version Version
		values  []string
		want    int
	}{
		{Version{0, 39}, []string{"x", ExperimentalFunctions}, 1},
		{Version{0, 38}, []string{ExperimentalFunctions}, 0},
		{Version{0, 42}, []string{"x," + ExperimentalFunctions}, 0},
		{Version{0, 42}, []string{"promql-duration-expr"}, 0},
	} {
		if got := ThanosFeatures(c.version, c.values); len(got) != c.want {
			t.Errorf("Thanos %s with %v: %v", c.version, c.values, got)
		}
	}
}

func TestNewerThanos(t *testing.T) {
	urlQueryEscape, holtWinters := Find(TemplateFunction, "urlQueryEscape"), Find(Function, "holt_winters")
	if v, ok := NewerThanos(urlQueryEscape, Version{0, 37, 2}); v != (Version{0, 41}) || !ok {
		t.Errorf("%s is in Thanos %s", urlQueryEscape, v)
	}
	if v, ok := NewerThanos(holtWinters, Version{0, 38}); ok {
		t.Errorf("%s is in Thanos %s", holtWinters, v)
	}
}

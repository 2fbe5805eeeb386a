package fieldpath

import "testing"

func TestString(t *testing.T) {
	labels := New("spec", "groups").Index(0).Field("rules").Index(12).Field("labels").Key("a.b")
	for _, test := range []struct {
		path          Path
		string, shape string
		lastField     string
	}{
		{Path{}, "", "", ""},
		{New("spec"), "spec", "spec", "spec"},
		{labels, "spec.groups[0].rules[12].labels[a.b]", "spec.groups[].rules[].labels[a.b]", "labels"},
		{New("spec").Join(New("endpoints").Index(3)), "spec.endpoints[3]", "spec.endpoints[]", "endpoints"},
		{Into("Prometheus").Field("spec", "scrapeClasses").Index(1), "Prometheus spec.scrapeClasses[1]", "Prometheus spec.scrapeClasses[]", "scrapeClasses"},
	} {
		if got := test.path.String(); got != test.string {
			t.Errorf("String() = %q, want %q", got, test.string)
		}
		if got := test.path.Shape(); got != test.shape {
			t.Errorf("Shape() = %q, want %q", got, test.shape)
		}
		if got := test.path.LastField(); got != test.lastField {
			t.Errorf("LastField() of %s = %q, want %q", test.path, got, test.lastField)
		}
	}
}

func TestWithin(t *testing.T) {
	endpoint := New("spec", "endpoints").Index(1)
	for _, test := range []struct {
		reason      string
		path, outer Path
		want        bool
	}{
		{"a path is within itself", endpoint, New("spec", "endpoints").Index(1), true},
		{"a field below", endpoint.Field("port"), endpoint, true},
		{"a field above", endpoint, endpoint.Field("port"), false},
		{"another entry whose position begins alike", New("spec", "endpoints").Index(12), endpoint, false},
		{"a field whose name begins alike", New("spec", "portName"), New("spec", "port"), false},
		{"a map's key is no field", New("spec").Key("port"), New("spec", "port"), false},
		{"a field of another object", Into("Prometheus").Field("spec"), New("spec"), false},
		{"everything is within the object", endpoint, Path{}, true},
	} {
		if got := test.path.Within(test.outer); got != test.want {
			t.Errorf("%s: %s within %s = %t, want %t", test.reason, test.path, test.outer, got, test.want)
		}
	}
}

func TestPathsShareTheirParents(t *testing.T) {
	endpoint := New("spec", "endpoints").Index(0)
	port, path := endpoint.Field("port"), endpoint.Field("path")
	if port.String() != "spec.endpoints[0].port" || path.String() != "spec.endpoints[0].path" {
		t.Errorf("got %s and %s", port, path)
	}
	if !port.Parent().Equal(endpoint) || port.Equal(path) {
		t.Errorf("Equal does not compare steps")
	}
	if (Path{}).Parent().Len() != 0 || endpoint.Len() != 3 {
		t.Errorf("Len() = %d, want 3", endpoint.Len())
	}
	if endpoint.Compare(New("spec", "endpoints").Index(10)) >= 0 || port.Compare(endpoint) <= 0 {
		t.Errorf("Compare orders by position, and those above first")
	}
}

package fieldpath

import "testing"

func TestTree(t *testing.T) {
	endpoints := New("spec", "endpoints")
	var tree Tree[string]
	if !tree.Put(endpoints, "all") {
		t.Error("nothing was at the path before")
	}
	tree.Put(endpoints.Index(1).Field("tlsConfig"), "tls")
	if tree.Put(endpoints, "again") {
		t.Error("the first value stays")
	}
	for _, test := range []struct {
		reason string
		path   Path
		around string
		inside bool
	}{
		{"the path itself", endpoints, "all", true},
		{"a field below", endpoints.Index(0).Field("port"), "all", false},
		{"the innermost one counts", endpoints.Index(1).Field("tlsConfig", "ca"), "tls", false},
		{"a path above", New("spec"), "", true},
		{"a field beside", New("spec", "selector"), "", false},
		{"the object", Path{}, "", true},
	} {
		around, found := tree.Around(test.path)
		if around != test.around || found != (test.around != "") || tree.Inside(test.path) != test.inside {
			t.Errorf("%s: %q around %s, and %t inside; want %q and %t", test.reason, around, test.path, tree.Inside(test.path), test.around, test.inside)
		}
	}
	if _, found := (&Tree[string]{}).Around(endpoints); found || (&Tree[string]{}).Inside(Path{}) {
		t.Error("an empty tree holds nothing")
	}
}

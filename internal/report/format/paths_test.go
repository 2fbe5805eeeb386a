package format

import (
	"net/url"
	"strings"
	"testing"
)

func TestRepositoryPath(t *testing.T) {
	for name, c := range map[string]struct {
		located          Located
		root, path, link string
	}{
		"Plain":        {Located{File: "a/b.yaml"}, "", "a/b.yaml", "a/b.yaml"},
		"Dot":          {Located{File: "./a.yaml"}, "", "a.yaml", "a.yaml"},
		"Up":           {Located{File: "../a.yaml"}, "", "../a.yaml", "../a.yaml"},
		"Stdin":        {Located{File: "stdin"}, "", "stdin", "stdin"},
		"Absolute":     {Located{File: "/a b/c.yaml"}, "", "/a b/c.yaml", "file:///a%20b/c.yaml"},
		"BelowRoot":    {Located{File: "/repo/c.yaml"}, "/repo/", "c.yaml", "c.yaml"},
		"BesideRoot":   {Located{File: "/repository/c.yaml"}, "/repo", "/repository/c.yaml", "file:///repository/c.yaml"},
		"RootIsSlash":  {Located{File: "/c.yaml"}, "/", "c.yaml", "c.yaml"},
		"Colon":        {Located{File: "a:b.yaml"}, "", "a:b.yaml", "a%3Ab.yaml"},
		"Percent":      {Located{File: "100%25.yaml"}, "", "100%25.yaml", "100%2525.yaml"},
		"Hash":         {Located{File: "a#b?c.yaml"}, "", "a#b?c.yaml", "a%23b%3Fc.yaml"},
		"NotUTF8":      {Located{File: "a\xff.yaml"}, "", "a\xff.yaml", "a%FF.yaml"},
		"Unicode":      {Located{File: "größe.yaml"}, "", "größe.yaml", "gr%C3%B6%C3%9Fe.yaml"},
		"Drive":        {Located{File: `C:\repo\a b.yaml`}, "", "C:/repo/a b.yaml", "file:///C:/repo/a%20b.yaml"},
		"DriveRoot":    {Located{File: `C:\repo\rules\a.yaml`}, `C:\repo`, "rules/a.yaml", "rules/a.yaml"},
		"Live":         {Located{Kind: "Probe", Namespace: "shop", Name: "a"}, "/repo", "Probe/shop/a", "Probe/shop/a"},
		"LiveTraverse": {Located{Kind: "Probe", Namespace: "..", Name: "a"}, "", "a", "a"},
		"Nothing":      {Located{}, "", "unknown", "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			path := c.located.repositoryPath(c.root)
			if path != c.path {
				t.Errorf("the path is %q, want %q", path, c.path)
			}
			if got := uri(path); got != c.link {
				t.Errorf("the URI is %q, want %q", got, c.link)
			}
		})
	}
}

// TestURIParses holds that a path comes back out of its URI, and does not become a scheme, a host, a
// query or a fragment.
func TestURIParses(t *testing.T) {
	for _, path := range awkwardTexts() {
		u, err := url.Parse(uri(path))
		if err != nil {
			t.Errorf("%q: %v", path, err)
			continue
		}
		got := u.Path
		if hasDrive(path) {
			got = strings.TrimPrefix(got, "/")
		}
		if got != path || u.Host != "" || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "" && u.Scheme != "file" {
			t.Errorf("%q becomes %#v", path, u)
		}
	}
}

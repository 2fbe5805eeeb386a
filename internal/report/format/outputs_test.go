package format

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseOutputs(t *testing.T) {
	for name, c := range map[string]struct {
		values []string
		want   []Output
		err    string
	}{
		"None":            {nil, []Output{{"text", ""}}, ""},
		"One":             {[]string{"json"}, []Output{{"json", ""}}, ""},
		"File":            {[]string{"sarif=out/a=b.sarif"}, []Output{{"sarif", "out/a=b.sarif"}}, ""},
		"Dash":            {[]string{"junit=-"}, []Output{{"junit", ""}}, ""},
		"Several":         {[]string{"text", "json=a.json", "json=b.json"}, []Output{{"text", ""}, {"json", "a.json"}, {"json", "b.json"}}, ""},
		"OnlyFiles":       {[]string{"json=a.json"}, []Output{{"json", "a.json"}}, ""},
		"Unknown":         {[]string{"xml"}, nil, `unknown format "xml": the formats are text, json, sarif, junit, github, gitlab, checkstyle`},
		"UnknownWithFile": {[]string{"=a"}, nil, `unknown format ""`},
		"EmptyFile":       {[]string{"json="}, nil, `output "json=" has no file name`},
		"TwoToStdout":     {[]string{"text", "github"}, nil, "text and github both go to standard output"},
		"DashIsStdout":    {[]string{"text", "github=-"}, nil, "text and github both go to standard output"},
		"SameFile":        {[]string{"json=a.json", "sarif=./a.json"}, nil, `json and sarif both go to "./a.json"`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseOutputs(c.values)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if (err == nil) != (c.err == "") || err != nil && !strings.HasPrefix(err.Error(), c.err) {
				t.Errorf("the error is %v, want %q", err, c.err)
			}
		})
	}
}

package versions

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/blang/semver/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/judge"
)

// alertmanagers are a release of each minor version of Alertmanager that the operator supports.
var alertmanagers = []string{
	"0.15.3", "0.16.2", "0.17.0", "0.18.0", "0.19.0", "0.20.0", "0.21.0", "0.22.2", "0.23.0", "0.24.0", "0.25.0", "0.26.0",
	"0.27.0", "0.28.1", "0.29.0", "0.30.1", "0.31.1", "0.32.1", "0.33.1", "0.34.0", "0.35.0",
}

// TestAlertmanagerFlags: the judge knows the flags of each release of Alertmanager, how they are read, and its feature flags.
func TestAlertmanagerFlags(t *testing.T) {
	for _, release := range alertmanagers {
		version := semver.MustParse(release)
		dir := sourcesOfAlertmanager(t, release)
		tree := parsed(t, filepath.Join(dir, "cmd", "alertmanager", "main.go"))
		arguments, err := argumentsOf(tree)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]dialect.ArgumentKind{"web.listen-address": dialect.TextsArgument}
		for _, a := range arguments {
			want[a.Name] = a.Kind
		}
		if version.Minor < 25 { // before the library declares it
			want["web.listen-address"] = dialect.TextsArgument
		} else {
			want["web.systemd-socket"] = dialect.BoolArgument
		}
		if version.Minor < 16 {
			delete(want, "log.format")
		}
		flags, known := judge.AlertmanagerFlags(version)
		got := map[string]dialect.ArgumentKind{}
		for name, f := range flags {
			got[name] = f.Kind
		}
		if diff := cmp.Diff(want, got); diff != "" || !known {
			t.Errorf("%s (-release +judge):\n%s", release, diff)
		}
		var features []string
		if version.Minor >= 27 {
			features = featuresIn(parsed(t, filepath.Join(dir, "featurecontrol", "featurecontrol.go")))
		}
		if diff := cmp.Diff(features, judge.AlertmanagerFeatures(version)); diff != "" {
			t.Errorf("%s (-release +judge):\n%s", release, diff)
		}
	}
}

func sourcesOfAlertmanager(t *testing.T, release string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", "github.com/prometheus/alertmanager@v"+release).Output()
	if err != nil {
		t.Fatal(err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}
	return module.Dir
}

func parsed(t *testing.T, file string) *ast.File {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// featuresIn returns the values of the constants in the list AllowedFlags.
func featuresIn(tree *ast.File) []string {
	values, allowed := map[string]string{}, map[string]bool{}
	ast.Inspect(tree, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		switch v := spec.Values[0].(type) {
		case *ast.BasicLit:
			values[spec.Names[0].Name], _ = strconv.Unquote(v.Value)
		case *ast.CompositeLit:
			if strings.HasSuffix(spec.Names[0].Name, "AllowedFlags") {
				for _, e := range v.Elts {
					allowed[textOf(e)] = true
				}
			}
		}
		return true
	})
	var names []string
	for _, constant := range slices.Sorted(maps.Keys(allowed)) {
		names = append(names, values[constant])
	}
	slices.Sort(names)
	return names
}

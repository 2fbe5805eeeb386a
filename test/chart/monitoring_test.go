package chart

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/promgate/promgate/test/rig"
)

var ownMonitoring = []string{
	"reconcile.enabled=true", "audit.enabled=true", `monitoring={"monitors":{"enabled":true},"rules":{"enabled":true},"dashboard":{"enabled":true}}`,
}

// TestOwnLint: our own monitors and rules pass our own checks, without a warning.
func TestOwnLint(t *testing.T) {
	text, err := installed(ownMonitoring...).template(t.Context(), helms[4])
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), promgate, "lint", "--fail-on=warn", "-")
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promgate lint: %v\n%s", err, out)
	}
}

// TestAlerts runs the unit tests of the alerts in testdata with the real promtool.
func TestAlerts(t *testing.T) {
	promtool, err := (rig.Builder{Root: root, Log: os.Stderr}).Promtool(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), promtool, "test", "rules", "testdata/alerts.yaml").CombinedOutput()
	if err != nil {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}

// metric finds promgate's metrics in an expression.
var metric = regexp.MustCompile(`\bpromgate_[a-z0-9_]+`)

// TestMetricsExist: alerts and dashboard use only metrics that promgate has, as its documentation lists them.
func TestMetricsExist(t *testing.T) {
	var documented string
	for _, page := range []string{"operate", "audit", "reconcile"} {
		data, err := os.ReadFile(filepath.Join(root, "docs", page+".md"))
		if err != nil {
			t.Fatal(err)
		}
		documented += string(data)
	}
	files, err := filepath.Glob(filepath.Join(root, "manifests", "chart", "files", "*"))
	if err != nil || len(files) != 4 {
		t.Fatalf("%v: %v", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range metric.FindAllString(string(data), -1) {
			if base := strings.TrimSuffix(name, "_bucket"); !strings.Contains(documented, "`"+base+"`") && !strings.Contains(documented, "`"+base+"{") {
				t.Errorf("%s uses %s, which is not documented", filepath.Base(file), name)
			}
		}
	}
}

// TestDashboard: the dashboard is JSON, each panel has an expression that promgate's own check accepts, and no two panels are in the same
// place.
func TestDashboard(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "manifests", "chart", "files", "promgate.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			ID      int    `json:"id"`
			Title   string `json:"title"`
			GridPos struct {
				X int `json:"x"`
				Y int `json:"y"`
				W int `json:"w"`
				H int `json:"h"`
			} `json:"gridPos"`
			Targets []struct {
				Expr string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
	}
	if err := json.Unmarshal(data, &dashboard); err != nil {
		t.Fatal(err)
	}
	taken := map[string]string{}
	var rules strings.Builder
	rules.WriteString("groups:\n- name: dashboard\n  rules:\n")
	for _, p := range dashboard.Panels {
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				cell := fmt.Sprint(p.GridPos.X+x, p.GridPos.Y+y)
				if other, ok := taken[cell]; ok {
					t.Fatalf("panels %q and %q overlap", other, p.Title)
				}
				taken[cell] = p.Title
			}
		}
		if len(p.Targets) == 0 {
			t.Errorf("panel %q has no expression", p.Title)
		}
		for i, target := range p.Targets {
			expr := strings.NewReplacer("$__rate_interval", "5m", "$namespace", ".*").Replace(target.Expr)
			fmt.Fprintf(&rules, "  - record: dashboard:panel_%d_%d\n    expr: %q\n", p.ID, i, expr)
		}
	}
	file := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(file, []byte(rules.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), promgate, "lint", file).CombinedOutput(); err != nil {
		t.Errorf("promgate lint: %v\n%s", err, out)
	}
}

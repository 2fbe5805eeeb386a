package architecture

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/promgate/promgate/"

// directions lists the packages of promgate that a package may import. A path applies to the
// package and all packages below it. The longest matching path applies.
var directions = map[string][]string{
	"cmd":       {"audit", "audit/rounds", "certs", "defaulting", "doctor", "doctor/ask", "explain", "internal/cluster", "internal/config", "internal/initgc", "internal/live", "internal/load", "internal/render", "internal/report", "internal/report/format", "internal/review", "internal/schema", "internal/watch", "jobs", "judge", "lint", "promconfig", "reconcile", "selection", "upgrade", "validation", "validation/builtin", "webhook"},
	"webhook":   {"certs", "defaulting", "internal/cluster", "internal/jsonparts", "internal/report", "internal/review", "jobs", "selection", "validation"},
	"reconcile": {"internal/fieldpath", "internal/live", "internal/render", "internal/report", "judge", "promconfig", "selection", "validation"},
	"certs":     {"internal/pemfile"},
	"lint":      {"defaulting", "internal/cluster", "internal/fieldpath", "internal/load", "internal/report/format", "internal/review", "internal/schema", "internal/source", "jobs", "selection", "validation", "validation/file"},
	"explain":   {"alertmanager", "alertpath", "defaulting", "internal/cluster", "internal/render", "internal/report", "internal/review", "internal/spelling", "jobs", "judge", "promconfig", "promql/resultlabels", "relabeling", "selection", "validation"},
	"audit":     {"internal/cluster", "internal/fieldpath", "internal/render", "internal/report/format", "internal/review", "jobs", "promconfig", "selection", "validation", "validation/file"},

	"upgrade": {"dialect", "internal/fieldpath", "internal/report/format", "promconfig", "selection", "validation", "validation/rule"},

	"doctor":       {"internal/config", "internal/pemfile", "internal/report", "internal/schema", "selection", "validation", "validation/builtin"},
	"doctor/ask":   {"doctor", "internal/live", "selection"},
	"audit/rounds": {"audit", "internal/live", "internal/report", "internal/report/format", "selection", "validation"},

	"internal/config":  {"defaulting", "internal/exprcost", "jobs", "selection", "validation"},
	"internal/render":  {"alertmanager", "internal/cluster", "internal/fieldpath", "internal/report", "internal/review", "jobs", "judge", "promconfig", "selection", "validation", "validation/builtin"},
	"internal/review":  {"defaulting", "internal/cluster", "internal/fieldpath", "internal/jsonparts", "jobs", "records", "selection", "validation"},
	"internal/watch":   {"internal/cluster", "jobs", "selection"},
	"internal/cluster": {"alertmanager", "jobs", "judge", "promconfig", "records", "selection", "validation"},

	"judge":           {"alertmanager", "dialect", "internal/fieldpath", "internal/pemfile", "internal/since", "internal/spelling", "judge/discovery", "promconfig", "relabeling", "validation"},
	"judge/discovery": {},
	"alertpath":       {"promql/resultlabels", "relabeling"},
	"alertmanager":    {"internal/fieldpath", "internal/since", "promconfig"},
	"promconfig":      {"internal/exprcost", "internal/fieldpath", "internal/since", "relabeling"},

	"validation/builtin":            {"validation", "validation/alertmanager", "validation/alertmanagerconfig", "validation/file", "validation/instance", "validation/namespace", "validation/podmonitor", "validation/probe", "validation/rule", "validation/scrapeconfig", "validation/servicemonitor"},
	"validation/servicemonitor":     {"internal/fieldpath", "validation", "validation/monitor", "validation/part", "validation/part/client", "validation/part/relabel"},
	"validation/podmonitor":         {"internal/fieldpath", "validation", "validation/monitor", "validation/part", "validation/part/client", "validation/part/relabel"},
	"validation/probe":              {"internal/fieldpath", "validation", "validation/monitor", "validation/part", "validation/part/client", "validation/part/relabel"},
	"validation/scrapeconfig":       {"internal/fieldpath", "internal/since", "validation", "validation/monitor", "validation/part/client", "validation/part/discovery", "validation/part/relabel"},
	"validation/monitor":            {"internal/fieldpath", "internal/placeholder", "internal/since", "jobs", "relabeling", "selection", "validation", "validation/part", "validation/part/client", "validation/part/discovery", "validation/part/relabel"},
	"validation/rule":               {"dialect", "internal/exprcost", "internal/fieldpath", "internal/placeholder", "internal/since", "internal/templatetree", "promql/resultlabels", "records", "selection", "validation", "validation/part"},
	"validation/file":               {"validation"},
	"validation/instance":           {"internal/fieldpath", "selection", "validation", "validation/part", "validation/part/change", "validation/part/client", "validation/part/relabel"},
	"validation/namespace":          {"internal/fieldpath", "selection", "validation", "validation/part/change"},
	"validation/part":               {"internal/fieldpath", "relabeling", "validation"},
	"validation/part/change":        {"jobs", "selection", "validation"},
	"validation/part/client":        {"internal/since", "validation", "validation/part"},
	"validation/part/discovery":     {"internal/since", "relabeling", "validation", "validation/part"},
	"validation/part/relabel":       {"internal/since", "relabeling", "validation"},
	"validation":                    {"internal/exprcost", "internal/fieldpath", "internal/since", "jobs", "records", "relabeling", "selection"},
	"validation/part/notification":  {"internal/fieldpath", "internal/templatetree", "validation"},
	"validation/alertmanager":       {"internal/fieldpath", "validation", "validation/part", "validation/part/change", "validation/part/notification"},
	"validation/alertmanagerconfig": {"internal/fieldpath", "validation", "validation/part", "validation/part/notification"},

	"jobs":       {"relabeling", "selection"},
	"records":    {"internal/exprcost", "promql/resultlabels", "selection"},
	"selection":  {},
	"relabeling": {},
	"defaulting": {},
	"dialect":    {"internal/templatetree"},

	"promql/resultlabels": {},

	"internal/report":        {"internal/fieldpath", "validation"},
	"internal/report/format": {"internal/report", "validation"},
	"internal/load":          {"internal/schema", "internal/source"},
	"internal/live":          {"promconfig", "selection", "validation"},
	"internal/source":        {"internal/fieldpath"},
	"internal/schema":        {"internal/fieldpath", "internal/spelling"},
	"internal/fieldpath":     {},
	"internal/initgc":        {},
	"internal/jsonparts":     {},
	"internal/pemfile":       {},
	"internal/templatetree":  {},
	"internal/placeholder":   {},
	"internal/spelling":      {},
	"internal/since":         {},
	"internal/exprcost":      {},

	"internal/checktest":    {"internal/cluster", "internal/report", "internal/review", "jobs", "judge", "promconfig", "selection", "validation"},
	"internal/docs":         {"internal/checktest", "upgrade", "validation", "validation/builtin"},
	"internal/leaves":       {"validation", "validation/builtin"},
	"internal/architecture": {},
}

// pure packages do not access the file system, the network, the cluster or the clock. Checktest
// reads the cases of tests; judge/discovery names a type of net/http, because Prometheus'
// configuration type does.
var (
	pure     = []string{"validation", "validation/file", "validation/instance", "validation/namespace", "validation/part", "validation/part/change", "validation/part/client", "validation/part/discovery", "validation/part/notification", "validation/part/relabel", "validation/rule", "validation/monitor", "validation/servicemonitor", "validation/podmonitor", "validation/probe", "validation/scrapeconfig", "validation/alertmanager", "validation/alertmanagerconfig", "validation/builtin", "alertmanager", "alertpath", "defaulting", "dialect", "promql/resultlabels", "promconfig", "relabeling", "selection", "jobs", "records", "judge", "explain", "doctor", "upgrade", "internal/render", "internal/report", "internal/report/format", "internal/fieldpath", "internal/jsonparts", "internal/since", "internal/exprcost", "internal/source", "internal/spelling", "internal/pemfile", "internal/templatetree", "internal/placeholder"}
	touching = []string{"os", "os/exec", "net", "net/http", "io/fs", "log", "log/slog", "sigs.k8s.io/controller-runtime", "k8s.io/client-go"}
)

func TestImportDirections(t *testing.T) {
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		allowed, ok := allowedFor(name)
		if !ok {
			t.Errorf("%s is on no list: add it to directions", name)
			continue
		}
		for _, imported := range p.Imports {
			ours, isOurs := strings.CutPrefix(imported, module)
			if isOurs && !slices.Contains(allowed, ours) {
				t.Errorf("%s must not import %s", name, ours)
			}
		}
	}
}

func TestPurePackages(t *testing.T) {
	seen := 0
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if !slices.Contains(pure, name) {
			continue
		}
		seen++
		for _, imported := range p.Imports {
			for _, world := range touching {
				if imported == world || strings.HasPrefix(imported, world+"/") && strings.Contains(world, ".") {
					t.Errorf("%s is pure and must not import %s", name, imported)
				}
			}
		}
	}
	if seen != len(pure) {
		t.Errorf("found %d of the %d pure packages", seen, len(pure))
	}
}

func allowedFor(name string) ([]string, bool) {
	for ; name != ""; name = parent(name) {
		if allowed, ok := directions[name]; ok {
			return allowed, true
		}
	}
	return nil, false
}

func parent(name string) string {
	i := strings.LastIndexByte(name, '/')
	return name[:max(i, 0)]
}

type goPackage struct {
	ImportPath string   `json:"ImportPath"`
	Imports    []string `json:"Imports"`
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	output, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []goPackage
	decoder := json.NewDecoder(bytes.NewReader(output))
	for {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

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

// directions says which of our packages a package may import. A path stands for
// itself and all below it. The longest path that fits a package counts.
var directions = map[string][]string{
	"cmd":                       {"webhook", "certs", "defaulting", "validation", "validation/builtin", "internal/config", "internal/load", "internal/cluster", "internal/watch", "internal/render", "judge", "promconfig", "reconcile", "selection"},
	"webhook":                   {"validation", "validation/builtin", "defaulting", "selection", "certs", "internal/fieldpath"},
	"certs":                     {},
	"internal/config":           {"validation", "defaulting", "selection"},
	"internal/docs":             {"validation", "validation/builtin", "validation/checktest"},
	"internal/architecture":     {},
	"defaulting":                {},
	"validation":                {"internal/fieldpath"},
	"validation/part":           {"validation", "internal/fieldpath"},
	"validation/servicemonitor": {"validation", "validation/monitor", "internal/fieldpath"},
	"validation/podmonitor":     {"validation", "validation/monitor", "internal/fieldpath"},
	"validation/probe":          {"validation", "validation/monitor", "internal/fieldpath"},
	"validation/scrapeconfig":   {"validation", "validation/monitor", "internal/fieldpath"},
	"validation/rule":           {"validation", "validation/part", "internal/fieldpath", "internal/exprcost"},
	"validation/monitor":        {"validation", "validation/part", "internal/fieldpath"},
	"validation/checktest":      {"validation", "judge", "promconfig", "selection", "internal/cluster"},
	"validation/builtin":        {"validation", "validation/rule", "validation/servicemonitor", "validation/podmonitor", "validation/probe", "validation/scrapeconfig"},
	"promconfig":                {"internal/fieldpath"},
	"selection":                 {},
	"judge":                     {"promconfig", "validation", "judge/discovery", "internal/fieldpath"},
	"judge/discovery":           {},
	"internal/leaves":           {"validation", "validation/builtin"},
	"internal/fieldpath":        {},
	"internal/exprcost":         {},
	"internal/load":             {},
	"internal/cluster":          {"judge", "promconfig", "selection", "validation"},
	"internal/watch":            {"internal/cluster", "selection"},
	"internal/render":           {"judge", "promconfig", "selection", "validation", "internal/fieldpath"},
	"reconcile":                 {"internal/render", "internal/watch", "judge", "promconfig", "selection", "validation", "internal/fieldpath"},
}

// pure packages do not touch the world. Checktest reads the cases of tests;
// judge/discovery names a type of net/http, as the configuration that it stands for
// does.
var (
	pure     = []string{"validation", "validation/part", "validation/rule", "validation/monitor", "validation/servicemonitor", "validation/podmonitor", "validation/probe", "validation/scrapeconfig", "validation/builtin", "defaulting", "promconfig", "selection", "judge", "internal/render", "internal/fieldpath", "internal/exprcost"}
	touching = []string{"os", "os/exec", "net", "net/http", "io/fs", "log", "log/slog", "sigs.k8s.io/controller-runtime", "k8s.io/client-go"}
)

func TestImportDirections(t *testing.T) {
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		allowed, ok := allowedFor(name)
		if !ok {
			t.Errorf("%s is on no list: say in directions what it may import", name)
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

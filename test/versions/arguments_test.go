package versions

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/test/rig"
)

// argumentValues are values that some kind of flag reads and another one does not.
var argumentValues = []string{
	"", "true", "false", "0", "1", "1.5", "5e7", "soon", "1m", "1d", "1 m", "10MB", "10 MB", "64MiB",
	"snappy", "gzip", "json", "debug", "http://example.com/a", "http://example.com:web", `"http://example.com"`, "https?://(", "a,b",
}

// TestArguments: the judge refuses an argument if and only if the real Prometheus does not get as far as reading its
// configuration file. Each flag of the release is tried with some values, for a server and for an agent.
func TestArguments(t *testing.T) {
	t.Parallel()
	root, err := rig.FindRoot()
	if err != nil {
		t.Fatal(err)
	}
	path, err := rig.Builder{Root: root, Log: os.Stderr}.Prometheus(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	j, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "missing.yaml")
	random := rand.New(rand.NewPCG(1, 2))
	refused, accepted := 0, 0
	for _, extra := range argumentCases(random) {
		for _, agent := range []bool{false, true} {
			var object any
			var g *promconfig.Generator
			if agent {
				o := &monitoringv1alpha1.PrometheusAgent{}
				o.Spec.Version, o.Spec.AdditionalArgs = dialect.Latest().String()+".0", extra
				object = o
				g, err = promconfig.NewAgent(o, promconfig.Placeholders{}, promconfig.AsInstalled())
			} else {
				o := &monitoringv1.Prometheus{}
				o.Spec.Version, o.Spec.AdditionalArgs = dialect.Latest().String()+".0", extra
				object = o
				g, err = promconfig.New(o, promconfig.Placeholders{}, promconfig.AsInstalled())
			}
			if err != nil {
				t.Fatal(err)
			}
			args := g.Arguments()
			if managed(args) {
				continue // the operator does not start it
			}
			var line []string
			for _, a := range args {
				if a.Name == "config.file" {
					a.Value = missing
				}
				line = append(line, a.String())
			}
			out, err := exec.CommandContext(t.Context(), path, line...).CombinedOutput()
			starts := err != nil && strings.Contains(string(out), "Error loading config")
			found := j.Object(object).Arguments
			if starts == (len(found) > 0) {
				t.Errorf("%v, agent %t: the judge says %v, and Prometheus\n%.300s", extra, agent, found, out)
			}
			if starts {
				accepted++
			} else {
				refused++
			}
		}
	}
	t.Logf("%d command lines are refused, %d are not", refused, accepted)
	if refused < 100 || accepted < 100 {
		t.Error("too few of one sort")
	}
}

// argumentCases returns each flag with some values, and flags that there are not.
func argumentCases(random *rand.Rand) [][]monitoringv1.Argument {
	var cases [][]monitoringv1.Argument
	for _, flag := range dialect.Arguments(dialect.Latest()) {
		for _, n := range random.Perm(len(argumentValues))[:4] {
			cases = append(cases, []monitoringv1.Argument{{Name: flag.Name, Value: argumentValues[n]}})
		}
		switch flag.Kind {
		case dialect.BoolArgument:
			cases = append(cases, []monitoringv1.Argument{{Name: flag.Name}}, []monitoringv1.Argument{{Name: "no-" + flag.Name}})
		case dialect.DurationArgument, dialect.GoDurationArgument:
			cases = append(cases, []monitoringv1.Argument{{Name: flag.Name, Value: "1m"}, {Name: flag.Name, Value: "2m"}})
		case dialect.TextsArgument:
			cases = append(cases, []monitoringv1.Argument{{Name: flag.Name, Value: "a"}, {Name: flag.Name, Value: "b"}})
		case dialect.EnumArgument:
			cases = append(cases, []monitoringv1.Argument{{Name: flag.Name, Value: flag.Values[0]}})
		}
	}
	for _, name := range []string{"help", "version", "alertmanager.timeout", "web.enable-admin-apis", "no-web.external-url"} {
		cases = append(cases, []monitoringv1.Argument{{Name: name}}, []monitoringv1.Argument{{Name: name, Value: "1m"}})
	}
	return cases
}

// managed reports whether the operator sets one of the additional arguments itself.
func managed(args []promconfig.Argument) bool {
	own := map[string]bool{}
	return slices.ContainsFunc(args, func(a promconfig.Argument) bool {
		name := strings.TrimPrefix(a.Name, "no-")
		if !a.Additional {
			own[name] = true
			return false
		}
		return own[name]
	})
}

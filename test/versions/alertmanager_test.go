package versions

import (
	"bufio"
	"context"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/blang/semver/v4"
	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/alertmanager"
	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/test/rig"
)

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

// TestAlertmanagerArguments: the judge refuses the command line of an Alertmanager if and only if the real one does not get as far as
// reading its configuration file, or ends after it. Each flag is tried with some values, alone and in a cluster.
func TestAlertmanagerArguments(t *testing.T) {
	t.Parallel()
	root, err := rig.FindRoot()
	if err != nil {
		t.Fatal(err)
	}
	program, err := rig.Builder{Root: root, Log: os.Stderr}.Alertmanager(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "alertmanager.yml")
	if err := os.WriteFile(config, []byte("route: {receiver: a}\nreceivers: [{name: a}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused, accepted := 0, 0
	for _, a := range alertmanagerCases() {
		a.Spec.Version = alertmanagers[len(alertmanagers)-1]
		g, err := alertmanager.New(a, promconfig.Placeholders{})
		if err != nil {
			t.Fatal(err)
		}
		found := judge.NewAlertmanager(a, promconfig.Placeholders{}).Object(a).Arguments
		said := ""
		if len(found) > 0 {
			said = found[0].Path.String() + ": " + found[0].Problem
		}
		log, starts := startAlertmanager(t, program, config, g.Arguments())
		switch {
		case starts && said != "":
			t.Errorf("%+v: it starts, but the judge says %s", a.Spec, said)
		case !starts && said == "":
			t.Errorf("%+v: it does not start: %s", a.Spec, log)
		case starts:
			accepted++
		default:
			refused++
		}
	}
	t.Logf("%d refused, %d accepted", refused, accepted)
	if refused < 20 || accepted < 20 {
		t.Error("too few of one sort")
	}
}

// alertmanagerCases are objects, each with one field or flag that becomes an argument.
func alertmanagerCases() []*monitoringv1.Alertmanager {
	var all []*monitoringv1.Alertmanager
	add := func(change func(*monitoringv1.AlertmanagerSpec)) {
		a := &monitoringv1.Alertmanager{ObjectMeta: metav1.ObjectMeta{Namespace: "monitoring", Name: "main"}}
		change(&a.Spec)
		all = append(all, a)
	}
	two, none := int32(2), ""
	for _, seconds := range []uint32{0, 30} {
		add(func(s *monitoringv1.AlertmanagerSpec) { s.Web = &monitoringv1.AlertmanagerWebSpec{Timeout: &seconds} })
	}
	size := monitoringv1.ByteSize("10KB")
	add(func(s *monitoringv1.AlertmanagerSpec) {
		s.Limits = &monitoringv1.AlertmanagerLimitsSpec{MaxPerSilenceBytes: &size}
	})
	add(func(s *monitoringv1.AlertmanagerSpec) {
		s.Limits = &monitoringv1.AlertmanagerLimitsSpec{MaxSilences: &two}
	})
	add(func(s *monitoringv1.AlertmanagerSpec) { s.ClusterLabel = &none })
	add(func(s *monitoringv1.AlertmanagerSpec) { s.MinReadySeconds = &two })
	for _, text := range []string{"http://example.com/a", "example.com", "//a", "http://a b", "ftp://a", "https://[::1]/"} {
		add(func(s *monitoringv1.AlertmanagerSpec) { s.ExternalURL = text })
	}
	for _, text := range []string{"/", "a", "/a/b", "//", "/ü"} {
		add(func(s *monitoringv1.AlertmanagerSpec) { s.RoutePrefix = text })
	}
	for _, names := range [][]string{{"classic-mode"}, {"classic-mode", "utf8-strict-mode"}, {"guess"}, {""}, {"auto-gomaxprocs"}, {"event-recorder", "muted-alerts-in-nflog"}} {
		add(func(s *monitoringv1.AlertmanagerSpec) { s.EnableFeatures = names })
	}
	for _, d := range []monitoringv1.GoDuration{"0s", "1h", "0h0m1s"} {
		add(func(s *monitoringv1.AlertmanagerSpec) { s.Retention = d })
		add(func(s *monitoringv1.AlertmanagerSpec) { s.ClusterGossipInterval = d })
		add(func(s *monitoringv1.AlertmanagerSpec) { s.ClusterPeerTimeout, s.Replicas = d, &two })
	}
	for _, address := range []string{"127.0.0.1:9094", "localhost:9094", "127.0.0.1", "127.0.0.1:a", ":9094", "[::1]:9094"} {
		add(func(s *monitoringv1.AlertmanagerSpec) { s.ClusterAdvertiseAddress, s.Replicas = address, &two })
		add(func(s *monitoringv1.AlertmanagerSpec) { s.ClusterAdvertiseAddress = address })
	}
	for _, peer := range []string{"other:9094", "other"} {
		add(func(s *monitoringv1.AlertmanagerSpec) { s.AdditionalPeers, s.Replicas = []string{peer}, &two })
		add(func(s *monitoringv1.AlertmanagerSpec) { s.AdditionalPeers = []string{peer} })
	}
	flags, _ := judge.AlertmanagerFlags(semver.MustParse(alertmanagers[len(alertmanagers)-1]))
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		if strings.HasPrefix(name, "web.") && name != "web.cors.origin" && name != "web.timeout" || name == "config.file" || name == "storage.path" || name == "cluster.listen-address" ||
			name == "cluster.tls-config" || name == "auto-gomemlimit" {
			continue
		}
		for _, value := range []string{"", "0s", "0", "2", "1m", "x"} {
			add(func(s *monitoringv1.AlertmanagerSpec) {
				s.AdditionalArgs = []monitoringv1.Argument{{Name: name, Value: value}}
			})
		}
	}
	return all
}

// startAlertmanager starts an Alertmanager, and ends it as soon as it listens.
func startAlertmanager(t *testing.T, program, config string, arguments []promconfig.Argument) (log string, starts bool) {
	t.Helper()
	seen := map[string]bool{}
	line := []string{"--config.file=" + config, "--storage.path=" + t.TempDir(), "--web.listen-address=127.0.0.1:0"}
	for _, a := range arguments {
		switch {
		case a.Additional && seen[strings.TrimPrefix(a.Name, "no-")]:
			return "the operator refuses it", false
		case a.Name == "config.file", a.Name == "storage.path", a.Name == "web.listen-address", a.Name == "web.config.file", a.Name == "log.level", a.Name == "log.format":
			if !a.Additional {
				continue
			}
		case a.Name == "cluster.listen-address":
			a.Value = "127.0.0.1:0"
		}
		seen[a.Name] = true
		line = append(line, a.String())
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, line...)
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }() // it was killed, or ended with an error
	for lines := bufio.NewScanner(out); lines.Scan(); {
		log = lines.Text()
		if strings.Contains(log, "Listening on") {
			cancel()
			return "", true
		}
	}
	if ctx.Err() != nil {
		t.Fatalf("no verdict: %s", log)
	}
	return log, false
}

package client_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// clientChecks are the checks on how Prometheus connects to a target, or to a source of targets.
var clientChecks = []string{
	"auth-conflict", "authorization-type", "oauth2", "tls-pair", "tls-source", "tls-version", "proxy", "reference-name",
}

type purpose struct{ field, problem, why string }

// onPurpose are the findings that deny more than Prometheus' loader does, with a part of their line
// and the reason.
var onPurpose = []purpose{
	{"", "[reference-name]", "the operator looks up every reference, and leaves out an object if it fails"},
	{"", "[tls-mixed-pair]", "the operator does not write the file, and Prometheus does not start without it"},
	{"", "secret and configMap are set together", "the operator leaves the object out"},
	{".tokenUrl", "is not a URL", "every request for a token fails"},
	{".tokenUrl", "neither http:// nor https://", "the same"},
	{".tokenUrl", "names no host", "the same"},
	{"oauth2.tlsConfig.minVersion", "the lowest version", "Prometheus creates the client that fetches a token only at the first scrape"},
	{"spec.ec2SDConfigs[0].tlsConfig.minVersion", "the lowest version", "the client is created late, and the operator leaves the object out"},
	{"spec.lightSailSDConfigs[0].tlsConfig.minVersion", "the lowest version", "the same"},
}

// TestClients compares the checks with the judge: a check reports a field exactly if Prometheus
// refuses that field.
func TestClients(t *testing.T) {
	for seed, version := range []string{
		"", "", "", "", "v2.25.0", "v2.26.0", "v2.27.0", "v2.34.0", "v2.35.0", "v2.40.7", "v2.41.0", "v2.42.0", "v2.43.0", "v3.5.0",
	} {
		j := judgeOf(t, version, "")
		r := clientMaker{rand.New(rand.NewPCG(uint64(seed), 4))}
		count := map[bool]int{}
		for i := range 70 {
			sample := r.object()
			strict := sample.strictly(t, j)
			refused := sample.judged(t, j).Refused
			count[len(refused) > 0]++
			if (len(strict) > 0) != (len(refused) > 0) {
				t.Fatalf("version %q, sample %d: the checks report %q, Prometheus %v for\n%s", version, i, strict, refused, sample.raw)
			}
			if len(refused) == 0 || len(strict) != 1 || strings.Contains(strict[0], "is not a URL: ") {
				continue // with more than one mistake the judge may report the effect of fixing one
			}
			if rest := sample.findings(t, j, "configuration"); len(rest) > 0 {
				t.Fatalf("version %q, sample %d: the checks report %q, but the judge also %q for\n%s", version, i, strict, rest, sample.raw)
			}
		}
		if count[true] < 10 || count[false] < 10 {
			t.Errorf("version %q: %v", version, count)
		}
	}
}

// TestClientsWithClass: a scrape class may cause a conflict, which the checks cannot know, but
// never fixes a mistake that they deny.
func TestClientsWithClass(t *testing.T) {
	for _, class := range []string{
		"authorization: {credentials: {name: a, key: b}}", "authorization: {type: Basic}", "tlsConfig: {caFile: /ca, certFile: /crt, keyFile: /key}",
	} {
		j := judgeOf(t, "v3.5.0", "scrapeClasses: [{name: a, default: true, "+class+"}]")
		r := clientMaker{rand.New(rand.NewPCG(7, 4))}
		for range 100 {
			sample := r.object()
			strict := sample.strictly(t, j)
			// The class could add the other half, but the operator requires a pair before it reads
			// the class.
			strict = slices.DeleteFunc(strict, func(line string) bool { return strings.Contains(line, "[tls-pair]") })
			if len(strict) > 0 && len(sample.judged(t, j).Refused) == 0 {
				t.Fatalf("the checks report %q, but Prometheus accepts\n%s", strict, sample.raw)
			}
		}
	}
}

// strictly returns the findings that Prometheus should refuse: without those that are denied on
// purpose.
func (s clientSample) strictly(t *testing.T, j *judge.Judge) []string {
	t.Helper()
	return slices.DeleteFunc(s.findings(t, j, clientChecks...), func(line string) bool {
		return slices.ContainsFunc(onPurpose, func(p purpose) bool {
			return strings.Contains(line, p.field) && strings.Contains(line, p.problem)
		})
	})
}

func judgeOf(t *testing.T, version, more string) *judge.Judge {
	t.Helper()
	if version == "" {
		j, err := judge.Permissive()
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	p := &monitoringv1.Prometheus{}
	text := fmt.Sprintf("metadata: {name: main, namespace: monitoring}\nspec: {version: %s, scrapeInterval: 30s, evaluationInterval: 30s", version)
	if more != "" {
		text += ", " + more
	}
	if err := yaml.UnmarshalStrict([]byte(text+"}"), p); err != nil {
		t.Fatal(err)
	}
	g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	if err != nil {
		t.Fatal(err)
	}
	return judge.New(g, g.Global())
}

// A clientSample is an object with a random client.
type clientSample struct {
	kind validation.Kind
	new  func() any
	raw  []byte
}

func (s clientSample) findings(t *testing.T, j *judge.Judge, ids ...string) []string {
	t.Helper()
	found, err := s.kind.Run(t.Context(), s.raw, j.Snapshot(), func(c validation.Info) validation.Severity {
		if slices.Contains(ids, c.ID) {
			return c.Severity
		}
		return validation.Off
	})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range found {
		if f.Covered.IsZero() { // a denying check describes it better
			lines = append(lines, report.Line(f, report.Limits{}))
		}
	}
	return lines
}

func (s clientSample) judged(t *testing.T, j *judge.Judge) validation.Verdict {
	t.Helper()
	o := s.new()
	if err := json.Unmarshal(s.raw, o); err != nil {
		t.Fatal(err)
	}
	return j.Object(o)
}

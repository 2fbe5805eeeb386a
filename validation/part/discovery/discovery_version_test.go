package discovery_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/blang/semver/v4"
	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/scrapeconfig"
)

// youngDiscoveries have every kind, field and value that some version of Prometheus does not
// support.
const youngDiscoveries = `
httpSDConfigs: [{url: "http://a"}]
digitalOceanSDConfigs: [{}]
linodeSDConfigs: [{}]
dockerSwarmSDConfigs: [{host: "tcp://h:1", role: Tasks}]
puppetDBSDConfigs: [{url: "https://a", query: "nodes{}"}]
lightSailSDConfigs: [{region: r}]
ovhcloudSDConfigs: [{applicationKey: k, applicationSecret: {name: a, key: b}, consumerKey: {name: a, key: b}, service: VPS}]
scalewaySDConfigs: [{accessKey: k, secretKey: {name: a, key: b}, projectID: p, role: Instance}]
ionosSDConfigs: [{datacenterID: d, authorization: {credentials: {name: a, key: b}}}]
kubernetesSDConfigs: [{role: EndpointSlice}, {role: Pod}]
consulSDConfigs: [{server: "c:1", pathPrefix: /p, namespace: n, filter: f, healthFilter: h}, {server: "c:1"}]
azureSDConfigs: [{subscriptionID: s, authenticationMethod: SDK, resourceGroup: g}, {subscriptionID: s, authenticationMethod: WorkloadIdentity}]
openstackSDConfigs: [{role: LoadBalancer, region: r}, {role: Instance, region: r}]
dockerSDConfigs: [{host: "tcp://h:1", matchFirstNetwork: true}]
kumaSDConfigs: [{server: "http://k", clientID: c}]
hetznerSDConfigs: [{role: Hcloud, labelSelector: "a=b"}]
`

// TestDiscoveryVersionIsTheOperators: the check reports what makes the operator leave the object
// out, at the same places and for the same versions, and the table has nothing else.
func TestDiscoveryVersionIsTheOperators(t *testing.T) {
	c := &monitoringv1alpha1.ScrapeConfig{}
	c.Namespace, c.Name = "shop", "young"
	if err := yaml.UnmarshalStrict([]byte(youngDiscoveries), &c.Spec); err != nil {
		t.Fatal(err)
	}
	rejected := map[*since.Feature]bool{}
	for _, f := range since.RejectedDiscoveries() {
		for _, version := range []semver.Version{f.Version(), before(f.Version())} {
			g, s := snapshotFor(t, version)
			want := map[string]bool{}
			for _, r := range g.ScrapeConfig(c).Rejections {
				if r.Since != nil {
					want[fmt.Sprintf("%s needs %s", r.Field, r.Since)] = true
					rejected[r.Since] = true
				}
			}
			if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), versionFindings(t, c, s)); diff != "" {
				t.Errorf("Prometheus %s: -the operator +the check:\n%s", version, diff)
			}
		}
	}
	for _, f := range since.RejectedDiscoveries() {
		if !rejected[f] {
			t.Errorf("%s is rejected for no version", f.Name())
		}
		delete(rejected, f)
	}
	for f := range rejected {
		t.Errorf("%s is rejected, but not on the list", f.Name())
	}
}

// before returns the version right before a version of the table.
func before(v semver.Version) semver.Version {
	switch {
	case v.Patch > 0:
		return semver.Version{Major: v.Major, Minor: v.Minor, Patch: v.Patch - 1}
	case v.Minor > 0:
		return semver.Version{Major: v.Major, Minor: v.Minor - 1, Patch: 9}
	}
	return semver.Version{Major: v.Major - 1, Minor: 55}
}

func snapshotFor(t *testing.T, version semver.Version) (*promconfig.Generator, validation.Snapshot) {
	t.Helper()
	p := &monitoringv1.Prometheus{}
	p.Namespace, p.Name = "monitoring", "main"
	p.Spec.Version, p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = version.String(), "30s", "30s"
	g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	if err != nil {
		t.Fatal(err)
	}
	return g, judge.New(g, g.Global()).Snapshot()
}

// versionFindings returns the findings about values that the operator rejects, by place and
// version.
func versionFindings(t *testing.T, c *monitoringv1alpha1.ScrapeConfig, s validation.Snapshot) []string {
	t.Helper()
	found, err := scrapeconfig.Kind().Run(t.Context(), rawOf(t, c), s, func(i validation.Info) validation.Severity {
		if i.ID == "discovery-version" {
			return validation.Deny
		}
		return validation.Off
	})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range found {
		for _, feature := range since.RejectedDiscoveries() {
			if line := fmt.Sprintf("%s needs %s", f.Path, feature); strings.Contains(f.Problem, "needs Prometheus "+feature.String()+",") && !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	slices.Sort(lines)
	return lines
}

package discovery

import (
	"maps"
	"slices"
	"testing"

	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/aws"
	"github.com/prometheus/prometheus/discovery/azure"
	"github.com/prometheus/prometheus/discovery/digitalocean"
	"github.com/prometheus/prometheus/discovery/eureka"
	"github.com/prometheus/prometheus/discovery/gce"
	"github.com/prometheus/prometheus/discovery/hetzner"
	_ "github.com/prometheus/prometheus/discovery/install" // registers every kind that Prometheus has
	"github.com/prometheus/prometheus/discovery/ionos"
	"github.com/prometheus/prometheus/discovery/linode"
	"github.com/prometheus/prometheus/discovery/marathon"
	"github.com/prometheus/prometheus/discovery/moby"
	"github.com/prometheus/prometheus/discovery/nomad"
	"github.com/prometheus/prometheus/discovery/oci"
	"github.com/prometheus/prometheus/discovery/openstack"
	"github.com/prometheus/prometheus/discovery/outscale"
	"github.com/prometheus/prometheus/discovery/ovhcloud"
	"github.com/prometheus/prometheus/discovery/puppetdb"
	"github.com/prometheus/prometheus/discovery/scaleway"
	"github.com/prometheus/prometheus/discovery/stackit"
	"github.com/prometheus/prometheus/discovery/triton"
	"github.com/prometheus/prometheus/discovery/uyuni"
	"github.com/prometheus/prometheus/discovery/vultr"
	"github.com/prometheus/prometheus/discovery/xds"
	"github.com/prometheus/prometheus/discovery/zookeeper"

	stubs "github.com/promgate/promgate/judge/discovery"
)

// linked are the kinds whose real types promgate links. They need no stub.
var linked = []string{"consul", "dns", "file", "http", "kubernetes", "static"}

// kind is a real type, with the data that a test cannot guess.
type kind struct {
	real discovery.Config
	// minimal are documents with few keys that Prometheus accepts: together they cover every choice
	// that decides which other keys are required.
	minimal []string
	// apart are keys that the document with every key omits, unless the minimal document has them:
	// they exclude another key, or accept only certain values.
	apart []string
	// refused are documents that only this kind refuses.
	refused []string
}

const uuid = "01234567-89ab-cdef-0123-456789abcdef"

var kinds = []kind{
	{real: &aws.SDConfig{}, minimal: []string{
		`{role: ec2}`, `{role: ecs}`, `{role: elasticache}`, `{role: lightsail}`, `{role: msk}`, `{role: rds}`,
	}},
	{real: &aws.EC2SDConfig{}, minimal: []string{`{}`, `{filters: [{name: a, values: [b]}]}`}},
	{real: &aws.ECSSDConfig{}, minimal: []string{`{}`}},
	{real: &aws.ElasticacheSDConfig{}, minimal: []string{`{}`}},
	{real: &aws.LightsailSDConfig{}, minimal: []string{`{}`}},
	{real: &aws.MSKSDConfig{}, minimal: []string{`{}`}},
	{real: &aws.RDSSDConfig{}, minimal: []string{`{}`}},
	{real: &azure.SDConfig{}, minimal: []string{
		`{subscription_id: a, tenant_id: b, client_id: c, client_secret: d}`,
		`{subscription_id: a, authentication_method: OAuth, tenant_id: b, client_id: c, client_secret: d}`,
		`{subscription_id: a, authentication_method: SDK}`,
		`{subscription_id: a, authentication_method: ManagedIdentity}`,
		`{subscription_id: a, authentication_method: WorkloadIdentity}`,
	}, apart: []string{"authentication_method"}},
	{real: &digitalocean.SDConfig{}, minimal: []string{
		`{}`, `{role: droplets}`, `{role: databases}`, `{httpclient: {timeout: 5}}`,
	}, apart: []string{"role"}},
	{real: &eureka.SDConfig{}, minimal: []string{`{server: "http://a/eureka"}`}},
	{real: &gce.SDConfig{}, minimal: []string{`{project: a, zone: b}`}},
	{real: &hetzner.SDConfig{}, minimal: []string{`{role: robot}`, `{role: hcloud}`}},
	{real: &ionos.SDConfig{}, minimal: []string{`{datacenter_id: a}`}},
	{real: &linode.SDConfig{}, minimal: []string{`{}`}},
	{real: &marathon.SDConfig{}, minimal: []string{`{servers: ["http://a"]}`},
		apart: []string{"auth_token", "auth_token_file"}},
	{real: &moby.DockerSDConfig{}, minimal: []string{`{host: "unix:///var/run/docker.sock"}`}},
	{real: &moby.DockerSwarmSDConfig{}, minimal: []string{
		`{host: "http://a", role: services}`, `{host: "http://a", role: nodes}`, `{host: "http://a", role: tasks}`,
	}},
	{real: &nomad.SDConfig{}, minimal: []string{`{}`}},
	{real: &oci.SDConfig{}, minimal: []string{
		`{region: a, tenancy: b, user: c, fingerprint: d, key_file: e}`,
		`{region: a, auth: api_key, tenancy: b, user: c, fingerprint: d, key_file: e}`,
		`{region: a, auth: instance_principal}`,
	}, apart: []string{"auth", "tenancy", "user", "fingerprint", "key_file", "key_passphrase", "key_passphrase_file"}, refused: []string{
		`{region: a, auth: instance_principal, refresh_interval: 0s}`,
	}},
	{real: &openstack.SDConfig{}, minimal: []string{
		`{role: hypervisor, region: a, availability: public}`,
		`{role: instance, region: a, availability: internal}`,
		`{role: loadbalancer, region: a, availability: admin}`,
	}},
	{real: &outscale.SDConfig{}, minimal: []string{
		`{access_key: a, secret_key: b}`, `{access_key: a, secret_key_file: b}`,
	}, apart: []string{"secret_key", "secret_key_file"}},
	{real: &ovhcloud.SDConfig{}, minimal: []string{
		`{application_key: a, application_secret: b, consumer_key: c, service: vps}`,
		`{application_key: a, application_secret: b, consumer_key: c, service: dedicated_server}`,
	}},
	{real: &puppetdb.SDConfig{}, minimal: []string{`{url: "https://a", query: b}`, `{url: "http://a", query: b}`}},
	{real: &scaleway.SDConfig{}, minimal: []string{
		`{role: instance, project_id: ` + uuid + `, access_key: SCW0123456789ABCDEFG, secret_key: ` + uuid + `}`,
		`{role: baremetal, project_id: ` + uuid + `, access_key: SCW0123456789ABCDEFG, secret_key_file: a,
			zone: nl-ams-1, api_url: "http://a"}`,
	}, apart: []string{"secret_key", "secret_key_file", "zone"}},
	{real: &stackit.SDConfig{}, minimal: []string{`{}`}},
	{real: &triton.SDConfig{}, minimal: []string{
		`{account: a, dns_suffix: b, endpoint: c, role: container}`, `{account: a, dns_suffix: b, endpoint: c, role: cn}`,
	}, refused: []string{`{account: a, dns_suffix: b, endpoint: c, refresh_interval: 0s}`}},
	{real: &uyuni.SDConfig{}, minimal: []string{`{server: "https://a", username: b, password: c}`}},
	{real: &vultr.SDConfig{}, minimal: []string{`{}`}},
	{real: &xds.KumaSDConfig{}, minimal: []string{`{server: "http://a"}`}},
	{real: &zookeeper.NerveSDConfig{}, minimal: []string{`{servers: [a], paths: [/b]}`}},
	{real: &zookeeper.ServersetSDConfig{}, minimal: []string{`{servers: [a], paths: [/b]}`}},
}

// stub returns an empty stub of the name, or nil.
func stub(name string) discovery.Config {
	for _, s := range stubs.All() {
		if s.Name() == name {
			return s
		}
	}
	return nil
}

// TestKinds fails when Prometheus gains or loses a kind. Both directions matter: without a stub, a
// kind is refused as an unknown key; a stub without a kind accepts documents that Prometheus
// refuses.
func TestKinds(t *testing.T) {
	var real, stubbed []string
	for _, k := range kinds {
		real = append(real, k.real.Name())
	}
	for _, s := range stubs.All() {
		stubbed = append(stubbed, s.Name())
	}
	for what, got := range map[string][]string{"the table of this test": real, "judge/discovery": stubbed} {
		want := map[string]bool{}
		for _, name := range discovery.RegisteredConfigNames() {
			want[name] = !slices.Contains(linked, name)
		}
		for _, name := range got {
			if !want[name] {
				t.Errorf("%s has %q twice, or Prometheus does not have it, or promgate links the real type", what, name)
			}
			want[name] = false
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if want[name] {
				t.Errorf("%s lacks %q", what, name)
			}
		}
	}
}

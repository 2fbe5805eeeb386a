package discovery_test

import "strings"

// oddTexts are edge values of YAML and of names.
var oddTexts = []string{"", " ", "a", "A", "<<", "=", "a: b", "a.b", "1", "Null", "NULL", "\u0085", "\u2028", "\ufeff", "\x00", "größe", "{{", "$(A)", "a\nb", "__name__", strings.Repeat("a", 1100)}

// goodTexts are valid texts by the name of a field; fields with unusual formats are listed by type
// or name.
var (
	goodTexts = map[string][]string{
		"refreshInterval": {"30s", "1m", "5m", "1h30m"}, "fetchTimeout": {"10s", "0s"},
		"files": {"/etc/targets/*.json", "targets.yaml", "a.YML", "/a/b-*.yml", "a*b.json"},
		"url":   {"http://a", "https://a.example.com:8080/sd?x=y"}, "server": {"http://a:8500", "https://b", "xds://c"},
		"host": {"unix:///var/run/docker.sock", "tcp://a:2375", "http://a"}, "apiServer": {"https://a:6443", "a"},
		"apiURL":   {"https://api.scaleway.com"},
		"label":    {"a=b", "a in (b,c),!d", "a!=b", ""},
		"field":    {"metadata.name=a", "spec.nodeName!=b", ""},
		"type":     {"SRV", "A", "AAAA", "MX", "NS"},
		"service":  {"VPS", "DedicatedServer"},
		"zone":     {"fr-par-1", "nl-ams-2"},
		"endpoint": {"ovh-eu", "https://a"}, "authenticationMethod": {"OAuth", "SDK", "ManagedIdentity", "WorkloadIdentity"},
		"accessKey": {"SCW12345678901234567"}, "projectID": {"11111111-2222-3333-4444-555555555555", "ABCDEFAB-0000-0000-0000-000000000000"},
		"availability": {"Public", "Admin", "Internal"},
	}
	goodTypes = map[string][]string{
		"KubernetesRole": {"Pod", "Endpoints", "EndpointSlice", "Service", "Ingress", "Node"}, "OpenStackRole": {"Instance", "Hypervisor", "LoadBalancer"},
		"HetznerRole": {"Hcloud", "Robot"}, "DockerSwarmRole": {"Services", "Tasks", "Nodes"}, "ScalewayRole": {"Instance", "Baremetal"},
	}
	badTexts = map[string][]string{
		"refreshInterval": {"", "1", "5 minutes", "1.5h", "293y", "300y"}, "fetchTimeout": {"", "x"},
		"files": {"a.txt", "a", "ajson", "*/a.json", "a*b*c.json", "*/*.yml", ".json", "a.json ", "a.json\n", "a.Json"},
		"url":   {"http://", "https:///a", "ftp://a", "//a", "http://[", "http://a b", "http://a:b", "http:a", "HTTP://a", "http://%zz", "http://a/%zz", "http://?"},
		"host":  {"http://[", "tcp://a b", ":", "%", "/var/run/docker.sock"}, "server": {"http://", "//a", "http://[", "a:8500", "\t", "HTTP://A", "1http://a"},
		"apiServer": {"http://[", ":", "a b", "http://a:b"}, "apiURL": {"https://a/", "https://a/#", "/", "http://[", "a"},
		"label": {"a=b=c", "a in b", "!", "a b", "a=b!"}, "field": {"a", "a==", "a=b,", "=", "a!b", `a=b\c`},
		"role": {"pod", "POD", "service", "INSTANCE", "hcloud", "\u212Aode"}, "type": {"srv", "a", "mx", "Mx", "TXT"},
		"zone": {"fr-par", "FR-PAR-1", "fr-par-1\n"}, "accessKey": {"SCW", "SCW1234567890123456", "SCW1234567890123456a", "SCW12345678901234567\n"}, "projectID": {"1111"},
	}
)

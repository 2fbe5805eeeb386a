package parity

import (
	"slices"
	"strings"
	"testing"
)

const webJobs = `scrape_configs:
- job_name: serviceMonitor/shop/web/0
  relabel_configs:
  - {action: keep, regex: (web.x);true}
- job_name: scrapeConfig/shop/web
  params: {a: [x], b: [y]}
`

func TestCompare(t *testing.T) {
	tests := map[string]struct {
		operator, promgate *Answer
		want               []string // section and path
	}{
		"Same":        {configured(webJobs), configured(webJobs), nil},
		"Value":       {configured(webJobs), configured(webJobs, "web.x", "web"), []string{"config scrape_configs[serviceMonitor/shop/web/0].relabel_configs[0].regex"}},
		"Type":        {configured(webJobs), configured(webJobs, "[x]", "[1]"), []string{"config scrape_configs[scrapeConfig/shop/web].params.a[0]"}},
		"Absent":      {configured(webJobs), configured(webJobs, "a: [x], ", ""), []string{"config scrape_configs[scrapeConfig/shop/web].params.a"}},
		"More":        {configured(webJobs), configured(webJobs, "a: [x]", "a: [x], c: []"), []string{"config scrape_configs[scrapeConfig/shop/web].params.c"}},
		"Null":        {configured("a: null\n"), configured("{}\n"), []string{"config a"}},
		"Job":         {configured(webJobs), configured(webJobs, "scrapeConfig/shop/web", "x"), []string{"config scrape_configs[scrapeConfig/shop/web]", "config scrape_configs[x]"}},
		"OrderOfKeys": {configured(webJobs), configured(webJobs, "a: [x], b: [y]", "b: [y], a: [x]"), []string{"order scrape_configs[scrapeConfig/shop/web].params"}},
		"OrderOfList": {configured("a: [x, y]\n"), configured("a: [y, x]\n"), []string{"config a[0]", "config a[1]"}},
		"Length":      {configured("a: [x, y]\n"), configured("a: [x]\n"), []string{"config a[1:]"}},
		"Bytes":       {configured("a: x\n"), configured("a: \"x\"\n"), []string{"bytes "}},
		"NoYAML": {configured("scrape_configs:\n- job_name: probe/a/b\n  params:\n    <<: [x]\n- job_name: c\nstorage: {}\n"),
			&Answer{Config: "scrape_configs:\n- job_name: c\nstorage: {}\n", Rejected: map[string]string{"Probe/a/b": "x"}}, []string{"rejected Probe/a/b"}},
		"NoYAMLAtTheEnd": {configured("scrape_configs:\n- job_name: c\n- job_name: probe/a/b\n  params:\n    <<: [x]\nstorage: {}\n"),
			&Answer{Config: "scrape_configs:\n- job_name: c\nstorage: {}\n", Rejected: map[string]string{"Probe/a/b": "x"}}, []string{"rejected Probe/a/b"}},
		"Error":         {&Answer{Error: "x"}, configured(webJobs), []string{"error "}},
		"BothFail":      {&Answer{Error: "x"}, &Answer{Error: "y"}, nil},
		"Rejected":      {&Answer{Rejected: map[string]string{"a": "1", "b": "1"}}, &Answer{Rejected: map[string]string{"b": "2", "c": "2"}}, []string{"rejected a", "rejected c"}},
		"Rules":         {&Answer{RuleFiles: map[string]string{"a": "1"}}, &Answer{RuleFiles: map[string]string{"a": "2"}}, []string{"rules a"}},
		"RuleConfigMap": {&Answer{RuleFileConfigMaps: map[string]string{"a": "1"}}, &Answer{RuleFileConfigMaps: map[string]string{"a": "2"}}, []string{"rules ConfigMap of a"}},
		"TLS":           {&Answer{TLSAssets: map[string]string{"a": "1"}}, &Answer{}, []string{"tls a"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range Compare(tt.operator, tt.promgate) {
				got = append(got, d.Section+" "+d.Path)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// configured is an answer whose configuration is a text with some replacements.
func configured(text string, replace ...string) *Answer {
	return &Answer{Config: strings.NewReplacer(replace...).Replace(text)}
}

const (
	byClass  = `{"scrapeClasses":[{"authorization":{"credentials":{"name":"login","key":"token"}},"tlsConfig":{"ca":{"secret":{"name":"tls","key":"ca"}}}}]}`
	byServer = `{"apiserverConfig":{"basicAuth":{"username":{"name":"login","key":"user"}}}}`
)

// shopJob is an answer with one job of a monitor in the namespace shop.
func shopJob(fields string, replace ...string) *Answer {
	return configured("scrape_configs:\n- job_name: serviceMonitor/shop/a/0\n  "+fields+"\n", replace...)
}

// withFile is a job that refers to a file. The file exists if it has content.
func withFile(name, content string) *Answer {
	a := shopJob("tls_config: {ca_file: /x/certs/" + name + "}")
	if content != "" {
		a.TLSAssets = map[string]string{name: content}
	}
	return a
}

func TestExplained(t *testing.T) {
	rejects := func(object, reason string) *Answer {
		return &Answer{Config: webJobs, Rejected: map[string]string{object: reason}}
	}
	tests := map[string]struct {
		spec               string
		operator, promgate *Answer
		want               string // the entry of the list, or "" if there is none
	}{
		"Escaped":           {"{}", configured(webJobs), configured(webJobs, "web.x", `web\.x`), "selector-values-escaped"},
		"EscapedAndMore":    {"{}", configured(webJobs), configured(webJobs, "web.x", `web\.y`), ""},
		"EscapedElsewhere":  {"{}", configured("a: (web.x);true\n"), configured("a: (web\\.x);true\n"), ""},
		"TracingHeaders":    {"{}", configured("tracing: {headers: {a: b, c: d}}\n"), configured("tracing: {headers: {c: d, a: b}}\n"), "tracing-headers-sorted"},
		"Gated":             {"{}", rejects("ScrapeConfig/shop/a", "x is only supported for Prometheus version >= 2.40"), configured(webJobs), "unused-discovery-not-gated"},
		"RejectedOtherwise": {"{}", rejects("ScrapeConfig/shop/a", "x"), configured(webJobs), ""},
		"TargetLabel":       {"{}", rejects("PodMonitor/shop/a", `[0]: "${1}" is invalid 'target_label' for replace action`), configured(webJobs), "reference-in-target-label"},
		"Refused":           {"{}", configured(webJobs, "{a: [x], b: [y]}", "[]"), &Answer{Config: configured(webJobs, "{a: [x], b: [y]}", "[]").Config, Rejected: map[string]string{"ScrapeConfig/shop/web": "refused"}}, "refused-by-prometheus"},
		"NotRefused":        {"{}", configured(webJobs), rejects("ScrapeConfig/shop/web", "refused"), ""},
		"StorageTwice":      {"{}", configured("storage: {a: 1}\nstorage: {b: 2}\n"), configured("storage: {a: 1, b: 2}\n"), "agent-storage-once"},
		"UnusedAsset":       {"{}", &Answer{Config: webJobs, TLSAssets: map[string]string{"0_shop_tls_ca": "x"}}, configured(webJobs), "unused-asset"},
		"UsedAsset":         {"{}", &Answer{Config: "a: /certs/0_shop_tls_ca\n", TLSAssets: map[string]string{"0_shop_tls_ca": "x"}}, configured("a: /certs/0_shop_tls_ca\n"), ""},
		"Class":             {byClass, shopJob("tls_config: {ca_file: /x/certs/0_shop_tls_ca}"), shopJob("tls_config: {ca_file: /x/certs/0_monitoring_tls_ca}"), "own-namespace"},
		"ClassOtherFile":    {byClass, shopJob("tls_config: {ca_file: /x/certs/0_shop_tls_ca}"), shopJob("tls_config: {ca_file: /x/certs/0_monitoring_tls_key}"), ""},
		"NoClass":           {"{}", shopJob("tls_config: {ca_file: /x/certs/0_shop_tls_ca}"), shopJob("tls_config: {ca_file: /x/certs/0_monitoring_tls_ca}"), ""},
		"Content":           {byClass, withFile("0_monitoring_tls_ca", ""), withFile("0_monitoring_tls_ca", "ca of monitoring"), "own-namespace"},
		"ContentOfOther":    {byClass, withFile("0_monitoring_tls_ca", ""), withFile("0_monitoring_tls_ca", "ca of shop"), ""},
		"Empty":             {byClass, shopJob(`authorization: {credentials: ""}`), shopJob("authorization: {credentials: token of monitoring}"), "own-namespace"},
		"Absent":            {byClass, shopJob("authorization: {}"), shopJob("authorization: {credentials: token of monitoring}"), "own-namespace"},
		"OfMonitor":         {byClass, shopJob("authorization: {credentials: token of shop}"), shopJob("authorization: {credentials: token of monitoring}"), "own-namespace"},
		"Wrong":             {byClass, shopJob(`authorization: {credentials: ""}`), shopJob("authorization: {credentials: token of shop}"), ""},
		"WrongKey":          {byClass, shopJob(`authorization: {credentials: ""}`), shopJob("authorization: {credentials: user of monitoring}"), ""},
		"WrongOfOperator":   {byClass, shopJob("authorization: {credentials: user of shop}"), shopJob("authorization: {credentials: token of monitoring}"), ""},
		"Nothing":           {byClass, shopJob("authorization: {credentials: token of shop}"), shopJob("authorization: {}"), ""},
		"Type":              {byClass, shopJob("authorization: {type: Bearer}"), shopJob("authorization: {type: token of monitoring}"), ""},
		"OwnJob": {byClass, shopJob(`authorization: {credentials: ""}`, "/shop/", "/monitoring/"),
			shopJob("authorization: {credentials: token of monitoring}", "/shop/", "/monitoring/"), ""},
		"Server":      {byServer, shopJob(`kubernetes_sd_configs: [{basic_auth: {username: ""}}]`), shopJob("kubernetes_sd_configs: [{basic_auth: {username: user of monitoring}}]"), "own-namespace"},
		"ServerWrong": {byServer, shopJob(`kubernetes_sd_configs: [{basic_auth: {username: ""}}]`), shopJob("kubernetes_sd_configs: [{basic_auth: {username: user of other}}]"), ""},
		"NotOfServer": {byServer, shopJob(`authorization: {credentials: ""}`), shopJob("authorization: {credentials: user of monitoring}"), ""},
		"Availability": {"{}", shopJob("openstack_sd_configs: [{role: instance, region: r, availability: Public}]"),
			shopJob("openstack_sd_configs: [{role: instance, region: r, availability: public}]"), "openstack-availability"},
		"OtherAvailability": {"{}", shopJob("openstack_sd_configs: [{role: instance, region: r, availability: Public}]"),
			shopJob("openstack_sd_configs: [{role: instance, region: r, availability: admin}]"), ""},
		"UnusedHalf": {`{"apiserverConfig":{"tlsConfig":{"cert":{"secret":{"name":"tls","key":"ca"}},"keyFile":"/k"}}}`,
			configured(webJobs), &Answer{Config: webJobs, TLSAssets: map[string]string{"0_monitoring_tls_ca": "ca of monitoring"}}, "half-a-pair"},
		"RefusedNotForCapitals": {"{}", shopJob("openstack_sd_configs: [{role: instance, region: r, availability: Public}]"),
			&Answer{Config: "scrape_configs: []\n", Rejected: map[string]string{"ServiceMonitor/shop/a": "refused"}}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := &Request{Prometheus: "monitoring/main"}
			r.add(map[string]any{"kind": "Prometheus", "metadata": map[string]any{"namespace": "monitoring", "name": "main"}})
			r.Objects[0] = []byte(strings.TrimSuffix(string(r.Objects[0]), "}") + `,"spec":` + tt.spec + "}")
			for _, namespace := range []string{"monitoring", "shop", "other"} {
				for secret, keys := range map[string][]string{"login": {"user", "token"}, "tls": {"ca", "key"}} {
					data := map[string]any{}
					for _, key := range keys {
						data[key] = key + " of " + namespace
					}
					r.add(map[string]any{"kind": "Secret", "metadata": map[string]any{"namespace": namespace, "name": secret}, "stringData": data})
				}
			}
			ledger := NewLedger()
			left, err := ledger.Unexplained(r, tt.operator, tt.promgate)
			if err != nil {
				t.Fatal(err)
			}
			if (tt.want == "") != (len(left) > 0) {
				t.Errorf("not explained: %v", left)
			}
			if tt.want != "" && ledger.Explained[tt.want] == 0 {
				t.Errorf("explained by %v, not by %s", ledger.Explained, tt.want)
			}
		})
	}
}

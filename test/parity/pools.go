package parity

import (
	"math/rand/v2"
	"regexp"
	"strings"
)

// odd are texts that are valid in nearly every field, and that a writer of YAML, of regular
// expressions or of relabelings can get wrong. None of them harms a Prometheus that runs with it,
// in any field.
var odd = []string{
	"on", "no", "1e3", "0x1f", "0o17", "1_000", "Null", "true", "2001-01-01", ".5", "-", "=", "<<",
	" leading", "trailing ", "a: b", "a #b", "'", `"`, `"quoted"`, "$", "$$", "${1}", "$(POD_NAME)", "%s",
	"ünïcødé", "日本", "a\nb", "a\n", "\ttab", "back\\slash", "a,b", "[x]", "{x}", "*", "&a", "!t", "|", ">", "@x", "`",
	"\u00a0", "\u2028", "\u0001", "😀", "-1", "0", "a=b", "a;b", "(", "a.b", "a/b", strings.Repeat("long ", 30),
}

var (
	durations   = []string{"0", "0s", "1s", "15s", "1m", "1m30s", "1h", "1d", "1w", "1y", "500ms", "60s", "1h0m0s"}
	sizes       = []string{"0", "1B", "10KB", "1.5MB", "2GB", "1GiB", ".5TB", "100MiB"}
	labelNames  = []string{"app", "team", "instance", "job", "__tmp_x", "__address__", "__meta_kubernetes_pod_name", "_x", "A1", "le"}
	utf8Names   = []string{"app.kubernetes.io/name", "ünïcødé", "with-dash", "a b", "1digit"}
	objectKeys  = []string{"app", "team", "app.kubernetes.io/name", "a-b", "a_b", "a.b", "X"}
	keyValues   = []string{"web", "web.x", "", "a_b", "v1.2.3", "on", "1e3", "true", "A", "x-y"}
	regexes     = []string{"", ".*", "(.+)", "a|b", "^a$", "(.*);(.*)", `\d+`, "web.x", "on", "1e3", "(null)", "(?i)abc", "ünï", `a\.b`, "[^:]+", "(a)(b)?", "{{"}
	replacement = []string{"", "$1", "${1}", "${1}:${2}", "a", "$1-$2", "on", "1e3", "Null", "ünï", "a b", "$$1", "$(SHARD)"}
	urls        = []string{"http://example.com", "https://example.com:8443/path?q=1&r=a%20b", "http://[::1]:9090/", "https://user:pw@host/x", "http://h/~#f"}
	versions    = []string{"", "", "", "", "v3.13.1", "v3.13.1", "v3.13.1", "3.5.0", "v3.5.0", "3.0.0", "v2.55.0", "v2.45.0", "2.37.0", "v2.30.0"}
	features    = []string{"promql-experimental-functions", "promql-duration-expr", "exemplar-storage", "native-histograms", "expand-external-labels"}
	expressions = []string{"up", "up == 0", "sum by (job) (rate(x_total[5m]))", `a{b="c"} or d`, "1", "vector(1)", `label_replace(up, "a", "$1", "b", "(.*)")`, "up offset 5m", `{__name__=~"a.*"}`, "time() > bool 1e3"}
	badRules    = []string{"up +", "sum(", "foo(", `a{b="c"`}
	hostnames   = []string{"example.com", "example.com:8080", "10.0.0.1:80", "[::1]:90", "host-1", "prober.shop.svc:9115"}
	serverURLs  = []string{"http://example.com:4646", "https://kuma.example.com:5676", "http://10.0.0.1"}
	paths       = []string{"/metrics", "/", "metrics", "/a b", "/probe", "/federate", "/m?x=1"}
	tinyAges    = []string{"1s", "500ms", "5s", "10s"}
	longAges    = []string{"10s", "30s", "1m", "1m30s", "1h", "60s", "1d"}
)

// pool has the values of a field, by the end of its path. The first pool that matches is used.
type pool struct {
	path   *regexp.Regexp
	values []string
	// odds is the percentage of values that are replaced by an odd text.
	odds int
}

func of(path string, odds int, values ...[]string) pool {
	all := []string{}
	for _, v := range values {
		all = append(all, v...)
	}
	return pool{regexp.MustCompile(`(?:^|[.\]}])(?:` + path + `)$`), all, odds}
}

func words(text string) []string { return strings.Fields(text) }

var pools = []pool{
	of(`scrapeTimeout`, 0, tinyAges),
	of(`scrapeInterval|interval|evaluationInterval`, 0, longAges),
	of(`refreshInterval`, 0, longAges),
	of(`scalewaySDConfigs\[\]\.projectID`, 0, words("11111111-2222-3333-4444-555555555555")),
	of(`scalewaySDConfigs\[\]\.zone`, 0, words("fr-par-1 nl-ams-1")),
	of(`scalewaySDConfigs\[\]\.apiURL`, 0, words("https://api.example.com")),
	of(`scalewaySDConfigs\[\]\.accessKey`, 0, words("SCWABCDEFGHIJKLMNOPQ SCW12345678901234567")),
	of(`sendInterval`, 0, longAges),
	of(`\w*Interval|\w*Backoff|\w*Deadline`, 0, tinyAges, longAges),
	of(`\w*[tT]imeout|\w*Limit|for|keep_firing_for|query_offset|ruleQueryOffset|outOfOrderTimeWindow|retention`, 0, durations),
	of(`sourceLabels\[\]`, 2, labelNames),
	of(`targetLabel`, 2, labelNames, labelNames, utf8Names, []string{"${1}", "a_${1}"}),
	of(`enforcedNamespaceLabel`, 0, words("namespace ns exported_namespace")),
	of(`prometheusExternalLabelName|replicaExternalLabelName|externalLabelName`, 0, words("prometheus replica x_y"), []string{""}),
	of(`podTargetLabels\[\]|targetLabels\[\]|jobLabel`, 3, objectKeys),
	of(`regex`, 0, regexes),
	of(`separator`, 20, []string{";", "", "@", " ", "::"}),
	of(`replacement`, 10, replacement),
	of(`proxyUrl`, 0, words("http://proxy:3128 https://proxy.example.com socks5://10.0.0.1:1080 http://u:p@proxy")),
	of(`noProxy`, 5, words("localhost localhost,10.0.0.0/8 .example.com")),
	of(`prober\.url`, 0, hostnames, hostnames, hostnames, hostnames, words("http://prober:9115 prober:99999")),
	of(`targets\[\]|static\[\]`, 5, hostnames),
	of(`kumaSDConfigs\[\]\.server|nomadSDConfigs\[\]\.server`, 0, serverURLs),
	of(`consulSDConfigs\[\]\.server`, 5, hostnames),
	of(`endpoint`, 5, hostnames, urls),
	of(`apiserverConfig\.host`, 0, words("https://k8s https://10.0.0.1:6443 kubernetes.default:443")),
	of(`host`, 0, words("unix:///var/run/docker.sock tcp://10.0.0.1:2375 http://docker:2375")),
	of(`apiServer|\w*[uU]rl|\w*URL|identityEndpoint|server`, 2, urls),
	of(`tokenUrl`, 0, urls),
	of(`[pP]ath|metricsPath|pathPrefix`, 3, paths),
	of(`\w*File|files\[\]`, 0, words("/etc/x/file.yml sd/*.json /var/run/secrets/token.yaml")),
	of(`\w*odySizeLimit|retentionSize|enforcedBodySizeLimit`, 0, sizes),
	of(`version`, 0, versions),
	of(`enableFeatures\[\]`, 0, features),
	of(`record`, 0, words("a:b:sum up:x a")),
	of(`alert`, 5, words("Down HostDown a")),
	of(`expr`, 0, expressions, expressions, expressions, expressions, expressions, expressions, expressions, expressions, badRules),
	of(`partial_response_strategy`, 0, words("abort warn Abort")),
	of(`scheme`, 0, words("http https HTTP HTTPS")),
	of(`authorization\.type`, 3, words("Bearer Token Bearer bearer Basic")),
	of(`sigv4\.region|region`, 5, words("eu-central-1 us-east-1")),
	of(`\w*Selector\.(?:matchLabels\{\}|matchExpressions\[\]\.values\[\])`, 0, words("web a b shop x")),
	of(`\w*Selector\.matchExpressions\[\]\.key`, 0, words("team app env kubernetes.io/metadata.name")),
	of(`selector\.matchExpressions\[\]\.values\[\]|selector\.matchLabels\{\}`, 1, keyValues),
	of(`matchLabels\{\}|matchExpressions\[\]\.values\[\]|labels\{\}`, 15, keyValues),
	of(`matchNames\[\]|namespaces\.names\[\]|names\[\]|namespace`, 0, words("shop web-1 monitoring other")),
	of(`matchExpressions\[\]\.key`, 0, objectKeys),
	of(`matchExpressions\[\]\.operator`, 0, words("In NotIn Exists DoesNotExist")),
	of(`alertmanagers\[\]\.(?:name|port)`, 0, words("am alertmanager-main a.b web 9093 x")),
	of(`scrapeClass`, 0, words("class-a class-b")),
	of(`scrapeClasses\[\]\.name`, 0, words("class-a class-b class-c")),
	of(`selectors\[\]\.label`, 3, words("app=web team!=a a,b=c x")),
	of(`selectors\[\]\.field`, 3, words("metadata.name=x spec.nodeName!=y status.phase=Running")),
	of(`labelSelector`, 10, words("app=web team")),
	of(`scope`, 0, words("a:b user.read x/y-z")),
	of(`azureAd\.\w+\.(?:clientId|tenantId)`, 0, words("00000000-0000-0000-0000-000000000000 11111111-2222-3333-4444-555555555555")),
	of(`tenantI[dD]`, 0, words("00000000-0000-0000-0000-000000000000 tenant-1")),
	of(`client(I[dD])`, 2, words("11111111-1111-1111-1111-111111111111 client")),
	of(`roleA[rR][nN]`, 3, words("arn:aws:iam::123456789012:role/x")),
	of(`params\{\}\[\]`, 30, words("a b http_2xx")),
	of(`samplingFraction`, 0, words("0.5 1 0 250m 1e-1")),
	of(`staleSeriesCompactionThreshold`, 0, words("0.5 1 0 250m 0.1 0.01 1e-1 0.5 0.9 0.25 0.75 100m 1000m 0.99 2")),
	of(`startTime`, 0, words("00:00 08:30 12:00")),
	of(`endTime`, 0, words("13:00 17:00 24:00")),
	of(`weekdays\[\]`, 0, words("monday tuesday:friday saturday")),
	of(`months\[\]`, 0, words("january march:may 7 8:12")),
	of(`years\[\]`, 0, words("2026 2027:2030")),
	of(`smarthost`, 5, words("mail.example.com:25 [::1]:587 mail:587")),
	of(`matchType`, 0, words("= != =~ !~")),
	of(`responders\[\]\.type`, 0, words("team user escalation schedule teams")),
	of(`messageType`, 0, words("text markdown")),
	of(`nativeHistogramMinBucketFactor`, 0, words("1.1 2 0.5 1500m 0 1e1")),
}

// common are words for fields without a pool of their own.
var common = words("x abc value-1 some_name Name")

// pick draws a value for the field at path that the schema accepts.
func (g *Generator) pick(path string, s *Schema) string {
	values, odds := common, 30
	for _, p := range pools {
		if p.path.MatchString(path) {
			values, odds = p.values, p.odds
			break
		}
	}
	for range 20 {
		value := values[g.rnd.IntN(len(values))]
		if g.chance(odds) {
			value = odd[g.rnd.IntN(len(odd))]
		}
		if s.allows(value) {
			return value
		}
	}
	for _, value := range values {
		if s.allows(value) {
			return value
		}
	}
	return "x"
}

var patterns = map[string]*regexp.Regexp{}

func (s *Schema) allows(value string) bool {
	if len(value) < s.MinLength {
		return false
	}
	if s.Pattern == "" {
		return true
	}
	re := patterns[s.Pattern]
	if re == nil {
		re = regexp.MustCompile(s.Pattern)
		patterns[s.Pattern] = re
	}
	return re.MatchString(value)
}

// chance returns true in percent of 100 cases.
func (g *Generator) chance(percent int) bool { return g.rnd.IntN(100) < percent }

// choose draws one of several values.
func choose[T any](rnd *rand.Rand, values ...T) T { return values[rnd.IntN(len(values))] }

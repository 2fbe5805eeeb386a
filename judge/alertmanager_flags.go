package judge

import (
	"slices"

	"github.com/blang/semver/v4"
	"github.com/prometheus/alertmanager/featurecontrol"

	"github.com/promgate/promgate/dialect"
)

// The minor versions of Alertmanager whose flags are known.
const (
	oldestAlertmanagerFlags = 15
	newestAlertmanagerFlags = 35
)

// An alertmanagerFlag is a flag of Alertmanager's command line (cmd/alertmanager/main.go of each release): how its value is
// read, and the minor versions that have it.
type alertmanagerFlag struct {
	kind   dialect.ArgumentKind
	values []string
	from   uint64
	until  uint64 // the first version without it; 0 means that there is none

	positive  bool // since v0.34.0 (app/options.go) it has to be greater than 0
	clustered bool // only in a cluster
}

var alertmanagerFlags = map[string]alertmanagerFlag{
	"alerts.gc-interval":                                        {kind: dialect.GoDurationArgument, positive: true},
	"alerts.per-alertname-limit":                                {kind: dialect.IntArgument, from: 31},
	"api.connect.max-request-body-bytes":                        {kind: dialect.IntArgument, from: 35},
	"api.connect.read-max-bytes":                                {kind: dialect.IntArgument, from: 35},
	"api.connect.send-max-bytes":                                {kind: dialect.IntArgument, from: 35},
	"api.connect.stream-concurrency":                            {kind: dialect.IntArgument, from: 35},
	"api.connect.stream-idle-timeout":                           {kind: dialect.GoDurationArgument, from: 35},
	"api.connect.stream-lifetime":                               {kind: dialect.GoDurationArgument, from: 35},
	"api.connect.unary-concurrency":                             {kind: dialect.IntArgument, from: 35},
	"api.connect.unary-timeout":                                 {kind: dialect.GoDurationArgument, from: 35},
	"auto-gomemlimit":                                           {kind: dialect.BoolArgument, from: 35},
	"auto-gomemlimit.ratio":                                     {kind: dialect.FloatArgument, from: 28},
	"auto-gomemlimit.refresh-interval":                          {kind: dialect.GoDurationArgument, from: 35},
	"cluster.advertise-address":                                 {kind: dialect.TextArgument},
	"cluster.allow-insecure-public-advertise-address-discovery": {kind: dialect.BoolArgument, from: 24},
	"cluster.gossip-interval":                                   {kind: dialect.GoDurationArgument, positive: true, clustered: true},
	"cluster.label":                                             {kind: dialect.TextArgument, from: 26},
	"cluster.listen-address":                                    {kind: dialect.TextArgument},
	"cluster.peer":                                              {kind: dialect.TextsArgument},
	"cluster.peer-name":                                         {kind: dialect.TextArgument, from: 30},
	"cluster.peer-timeout":                                      {kind: dialect.GoDurationArgument, positive: true, clustered: true},
	"cluster.peers-resolve-timeout":                             {kind: dialect.GoDurationArgument, from: 30, positive: true, clustered: true},
	"cluster.probe-interval":                                    {kind: dialect.GoDurationArgument, positive: true, clustered: true},
	"cluster.probe-timeout":                                     {kind: dialect.GoDurationArgument, positive: true, clustered: true},
	"cluster.pushpull-interval":                                 {kind: dialect.GoDurationArgument, positive: true, clustered: true},
	"cluster.reconnect-interval":                                {kind: dialect.GoDurationArgument, positive: true, clustered: true},
	"cluster.reconnect-timeout":                                 {kind: dialect.GoDurationArgument, positive: true, clustered: true},
	"cluster.settle-timeout":                                    {kind: dialect.GoDurationArgument},
	"cluster.tcp-timeout":                                       {kind: dialect.GoDurationArgument, positive: true, clustered: true},
	"cluster.tls-config":                                        {kind: dialect.TextArgument, from: 24},
	"config.file":                                               {kind: dialect.TextArgument},
	"data.maintenance-interval":                                 {kind: dialect.GoDurationArgument, from: 25, positive: true},
	"data.retention":                                            {kind: dialect.GoDurationArgument, positive: true},
	"dispatch.maintenance-interval":                             {kind: dialect.GoDurationArgument, from: 29, positive: true},
	"dispatch.start-delay":                                      {kind: dialect.GoDurationArgument, from: 30},
	"enable-feature":                                            {kind: dialect.TextArgument, from: 27},
	"log.format":                                                {kind: dialect.EnumArgument, values: []string{"logfmt", "json"}, from: 16},
	"log.level":                                                 {kind: dialect.EnumArgument, values: []string{"debug", "info", "warn", "error"}},
	"log.silences":                                              {kind: dialect.BoolArgument, from: 32},
	"silences.max-silence-size-bytes":                           {kind: dialect.IntArgument, from: 28},
	"silences.max-silences":                                     {kind: dialect.IntArgument, from: 28},
	"storage.path":                                              {kind: dialect.TextArgument},
	"web.config.file":                                           {kind: dialect.TextArgument, from: 22},
	"web.cors.origin":                                           {kind: dialect.TextArgument, from: 35},
	"web.external-url":                                          {kind: dialect.TextArgument},
	"web.get-concurrency":                                       {kind: dialect.IntArgument, from: 17},
	"web.listen-address":                                        {kind: dialect.TextsArgument},
	"web.route-prefix":                                          {kind: dialect.TextArgument},
	"web.systemd-socket":                                        {kind: dialect.BoolArgument, from: 25},
	"web.timeout":                                               {kind: dialect.GoDurationArgument, from: 17},
}

// AlertmanagerFlags returns the flags of a release of Alertmanager. It reports false for a release whose flags are not
// known.
func AlertmanagerFlags(version semver.Version) (flags map[string]dialect.Argument, known bool) {
	flags = map[string]dialect.Argument{}
	for name, f := range alertmanagerFlags {
		if version.Minor >= f.from && (f.until == 0 || version.Minor < f.until) {
			flags[name] = dialect.Argument{Name: name, Kind: f.kind, Values: f.values}
		}
	}
	return flags, version.Minor >= oldestAlertmanagerFlags && version.Minor <= newestAlertmanagerFlags
}

// alertmanagerFeatures are the feature flags of Alertmanager, by the minor versions that know them (featurecontrol). It does not start
// with another.
var alertmanagerFeatures = map[string]alertmanagerFlag{
	featurecontrol.FeatureReceiverNameInMetrics: {from: 27},
	featurecontrol.FeatureClassicMode:           {from: 27},
	featurecontrol.FeatureUTF8StrictMode:        {from: 27},
	featurecontrol.FeatureAutoGOMEMLIMIT:        {from: 28},
	"auto-gomaxprocs":                           {from: 28, until: 33},
	featurecontrol.FeatureAlertNamesInMetrics:   {from: 31},
	featurecontrol.FeatureGroupKeyInMetrics:     {from: 33},
	featurecontrol.FeatureEventRecorder:         {from: 33},
	featurecontrol.FeatureMutedAlertsInNflog:    {from: 35},
}

// AlertmanagerFeatures returns the feature flags of a release of Alertmanager.
func AlertmanagerFeatures(version semver.Version) []string {
	var names []string
	for name, f := range alertmanagerFeatures {
		if version.Minor >= f.from && (f.until == 0 || version.Minor < f.until) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

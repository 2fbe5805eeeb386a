package alertmanager

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/alertmanager/config"
	"go.yaml.in/yaml/v2"
)

// TestWritten: what is read, and written again, is what Alertmanager loads of the text itself.
func TestWritten(t *testing.T) {
	const receivers = "\nreceivers: [{name: a}, {name: b}, {name: on}]\n"
	for name, text := range map[string]string{
		"Merge":      "route: {receiver: a, routes: [&crit {receiver: a, continue: true, matchers: ['severity=\"critical\"']}, {<<: *crit, receiver: b, continue: false}]}" + receivers,
		"MergeLast":  "route: {receiver: a, routes: [&crit {receiver: a, continue: true}, {receiver: b, <<: *crit}]}" + receivers,
		"MergeList":  "route: {receiver: a, routes: [&x {receiver: a, group_wait: 1s}, &y {receiver: b, group_interval: 2s}, {<<: [*x, *y]}]}" + receivers,
		"MergeInner": "global: {<<: {smtp_hello: x}}\nroute: {receiver: a}" + receivers,
		"Alias":      "route: &r {receiver: a, routes: [{receiver: b}]}" + receivers + "inhibit_rules: [{source_match: &m {a: b}, target_match: *m, equal: [x]}]",
		"Switches":   "route: {receiver: on, routes: [{match: {severity: yes, on: off, n: ~}, receiver: b, continue: yes}]}" + receivers,
		"Numbers":    "route: {receiver: a, routes: [{match: {ver: 1.0, code: 010, hex: 0x1f, big: 1_000, five: 5, e: 1e3}}]}" + receivers,
		"Quoted":     "route: {receiver: 'on', routes: [{match: {a: \"yes\", b: !!str 5}}]}" + receivers,
		"Times":      "route: {receiver: a}" + receivers + "time_intervals: [{name: t, time_intervals: [{times: [{start_time: 09:00, end_time: 17:00}], years: [2020], days_of_month: ['1:5']}]}]",
		"Keys":       "route: {receiver: a}\nreceivers: [{name: a, pagerduty_configs: [{routing_key: 0123456, send_resolved: no}]}, {name: p, webhook_configs: [{url: 'http://x/', max_alerts: 010}]}]\n",
	} {
		t.Run(name, func(t *testing.T) {
			want, err := config.Load(text)
			if err != nil {
				t.Fatal(err)
			}
			fields, err := written([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			again, err := yaml.Marshal(fields)
			if err != nil {
				t.Fatal(err)
			}
			got, err := config.Load(string(again))
			if err != nil {
				t.Fatalf("%s: %v", again, err)
			}
			if diff := cmp.Diff(want.String(), got.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", again, diff)
			}
		})
	}
}

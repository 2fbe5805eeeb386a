package lint_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/lint"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// TestAlertmanager: the objects about notifications are checked as the others are, each mistake at its place, with the Secrets
// that are among the files.
func TestAlertmanager(t *testing.T) {
	const (
		config = `apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: team, namespace: shop}
spec:
  route:
    receiver: chat
    groupBy: [alertname]
  receivers:
  - name: chat
    webhookConfigs:
    - url: https://chat.example.com/hook
    emailConfigs:
    - to: team@example.com
`
		broken = `apiVersion: monitoring.coreos.com/v1beta1
kind: AlertmanagerConfig
metadata: {name: broken, namespace: shop}
spec:
  route:
    receiver: chat
  receivers:
  - name: chat
    webhookConfigs:
    - url: chat.example.com/hook
  timeIntervals:
  - name: nights
    timeIntervals:
    - times: [{startTime: "22:00", endTime: "06:00"}]
`
		main = `apiVersion: monitoring.coreos.com/v1
kind: Alertmanager
metadata: {name: main, namespace: monitoring}
spec:
  alertmanagerConfigSelector: {}
  alertmanagerConfigNamespaceSelector: {}
`
		secret = `apiVersion: v1
kind: Secret
metadata: {name: alertmanager-main, namespace: monitoring}
stringData:
  alertmanager.yaml: |
    global: {smtp_smarthost: 'mail.example.com:25', smtp_from: alerts@example.com}
    route: {receiver: nobody}
    receivers: [{name: nobody}]
`
		withTemplate = `apiVersion: v1
kind: Secret
metadata: {name: alertmanager-main, namespace: monitoring}
stringData:
  alertmanager.yaml: |
    route: {receiver: nobody}
    receivers: [{name: nobody}]
    templates: [/etc/alertmanager/config/*.tmpl]
  team.tmpl: '{{ define "team" }}{{ .Status }}'
`
		withoutMail = `apiVersion: v1
kind: Secret
metadata: {name: alertmanager-main, namespace: monitoring}
stringData:
  alertmanager.yaml: |
    route: {receiver: nobody}
    receivers: [{name: nobody}]
`
		withoutRoute = `apiVersion: v1
kind: Secret
metadata: {name: alertmanager-main, namespace: monitoring}
stringData:
  alertmanager.yaml: |
    # no routes
    receivers: [{name: nobody}]
`
		encrypted = `apiVersion: v1
kind: Secret
metadata: {name: alertmanager-main, namespace: monitoring}
stringData:
  alertmanager.yaml: ENC[AES256_GCM,data:route]
`
	)
	permissive, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		reason string
		files  []string
		want   []string
	}{
		"Right":        {reason: "nothing is said", files: []string{config}},
		"RightWith":    {reason: "nor with the Alertmanager and its Secret", files: []string{config, main, secret}},
		"Unread":       {reason: "a Secret that is not there may have anything", files: []string{config, main}},
		"Broken":       {reason: "each mistake has its place", files: []string{broken}, want: []string{"0:10 deny alertmanager-refuses", "0:14 deny alertmanager-refuses", "0:12 warn interval-unused"}},
		"NoMail":       {reason: "the global section is that of the Secret", files: []string{config, main, withoutMail}, want: []string{"0:13 deny alertmanager-refuses", "0:13 deny alertmanager-refuses"}},
		"Encrypted":    {reason: "nobody knows what it holds", files: []string{config, main, encrypted}},
		"NoRoute":      {reason: "the Secret is loaded", files: []string{main, withoutRoute}, want: []string{"0:4 deny alertmanager-base"}},
		"Template":     {reason: "a template file of the Secret is read", files: []string{main, withTemplate}, want: []string{"0:4 deny template-file"}},
		"WrongVersion": {reason: "there is no such version", files: []string{"apiVersion: monitoring.coreos.com/v1\nkind: AlertmanagerConfig\nmetadata: {name: a}\n"}, want: []string{"0:1 deny schema"}},
	} {
		t.Run(name, func(t *testing.T) {
			var files []load.File
			for i, text := range c.files {
				files = append(files, load.File{Name: fmt.Sprintf("%d.yaml", i), Text: []byte(text), Named: true})
			}
			r, err := lint.Run(t.Context(), files, lint.Options{
				Kinds: builtin.Kinds(), Judge: permissive, Schemas: schemas, Namespace: "default",
				Settings: review.Settings{Severity: validation.Policy{}.Severity},
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range r.Findings {
				got = append(got, fmt.Sprintf("%c:%d %s %s", f.File[0], f.Start.Line, f.Finding.Severity, f.Finding.Check))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s\n%+v", c.reason, diff, r.Findings)
			}
		})
	}
}

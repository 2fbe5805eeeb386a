package parity

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// LoadNotificationSchemas reads the schemas of Alertmanager, and of both versions of AlertmanagerConfig, by kind and version.
func LoadNotificationSchemas(operatorDir string) (map[string]*Schema, error) {
	schemas := map[string]*Schema{}
	for kind, plural := range map[string]string{"Alertmanager": "alertmanagers", "AlertmanagerConfig": "alertmanagerconfigs"} {
		data, err := os.ReadFile(filepath.Join(operatorDir, "example", "prometheus-operator-crd-full", "monitoring.coreos.com_"+plural+".yaml"))
		if err != nil {
			return nil, fmt.Errorf("reading the CRD of %s: %w", kind, err)
		}
		var crd struct {
			Spec struct {
				Versions []struct {
					Name   string `json:"name"`
					Schema struct {
						Root *Schema `json:"openAPIV3Schema"`
					} `json:"schema"`
				} `json:"versions"`
			} `json:"spec"`
		}
		if err := yaml.Unmarshal(data, &crd); err != nil {
			return nil, fmt.Errorf("reading the CRD of %s: %w", kind, err)
		}
		for _, v := range crd.Spec.Versions {
			schemas[kind+"/"+v.Name] = v.Schema.Root.Properties["spec"]
		}
	}
	return schemas, nil
}

// alertmanagerVersions are the versions of random Alertmanagers.
var alertmanagerVersions = []string{
	"", "", "v0.35.0", "v0.35.0", "v0.33.1", "v0.32.0", "v0.31.0", "v0.30.0", "v0.29.0", "v0.28.1", "v0.27.0", "v0.26.0", "v0.25.0", "v0.24.0", "v0.22.2", "v0.21.0",
}

// Notifications makes an Alertmanager, the Secret with its configuration, and objects for it.
func (g *Generator) Notifications(version string) *Request {
	r := &Request{Alertmanager: "monitoring/main", Objects: append([]json.RawMessage{}, g.fixtures...)}
	main := g.notification("Alertmanager", "v1", "monitoring", "main", 4)
	spec := main["spec"].(map[string]any)
	for _, field := range []string{"alertmanagerConfiguration", "configSecret"} {
		delete(spec, field)
	}
	spec["version"] = version
	spec["alertmanagerConfigSelector"] = map[string]any{} // or the operator takes the Secret as it is
	global := g.chance(30)
	if global {
		c, _ := g.value(g.schemas["Alertmanager/v1"].Properties["alertmanagerConfiguration"], "Alertmanager.spec.alertmanagerConfiguration", g.aims("Alertmanager/v1", 200), 0).(map[string]any)
		c["name"] = "base"
		delete(c, "templates") // the reference does not add them
		spec["alertmanagerConfiguration"] = c
	}
	r.add(main)
	r.add(map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"namespace": "monitoring", "name": "alertmanager-main"},
		"stringData": map[string]any{"alertmanager.yaml": rawConfiguration},
	})
	if global {
		r.add(g.alertmanagerConfig("monitoring", "base"))
	}
	for i := range 1 + g.rnd.IntN(3) {
		r.add(g.alertmanagerConfig(choose(g.rnd, "shop", "web-1", "monitoring"), fmt.Sprintf("team%d", i)))
	}
	return r
}

const rawConfiguration = `global:
  smtp_smarthost: mail.example.com:25
  smtp_from: alerts@example.com
  slack_api_url: https://slack.example.com/hook
  opsgenie_api_key: key
  victorops_api_key: key
  wechat_api_secret: key
  wechat_api_corp_id: corp
route: {receiver: nobody, routes: [{receiver: nobody, matchers: ['severity="none"']}]}
receivers: [{name: nobody}]
`

func (g *Generator) notification(kind, version, namespace, name string, aim int) map[string]any {
	schema := g.schemas[kind+"/"+version]
	path := kind + "/" + version
	spec, _ := g.value(schema, path+".spec", g.aims(path, aim), 0).(map[string]any)
	schema.Fill(spec)
	return map[string]any{
		"apiVersion": "monitoring.coreos.com/" + version, "kind": kind, "spec": spec,
		"metadata": map[string]any{"namespace": namespace, "name": name},
	}
}

// alertmanagerConfig makes an AlertmanagerConfig of either version, whose routes usually name what it has.
func (g *Generator) alertmanagerConfig(namespace, name string) map[string]any {
	object := g.notification("AlertmanagerConfig", choose(g.rnd, "v1alpha1", "v1beta1"), namespace, name, 8)
	spec := object["spec"].(map[string]any)
	receivers, _ := spec["receivers"].([]any)
	if len(receivers) == 0 {
		receivers = []any{map[string]any{}}
		spec["receivers"] = receivers
	}
	var names []string
	for i := range receivers {
		names = append(names, fmt.Sprintf("%s-%d", choose(g.rnd, "chat", "mail", "on", "a: b"), i))
		receivers[i].(map[string]any)["name"] = names[i]
		g.repairReceiver(receivers[i].(map[string]any))
		if emails, ok := receivers[i].(map[string]any)["emailConfigs"].([]any); ok && strings.HasSuffix(object["apiVersion"].(string), "v1beta1") {
			for _, e := range emails { // the conversion of v0.93.0 needs it
				e.(map[string]any)["threading"] = map[string]any{"threadByDate": "Daily"}
			}
		}
	}
	var intervals []string
	for _, field := range []string{"muteTimeIntervals", "timeIntervals"} {
		list, _ := spec[field].([]any)
		for i := range list {
			intervals = append(intervals, fmt.Sprintf("interval-%d", i))
			list[i].(map[string]any)["name"] = intervals[i]
		}
	}
	if root, ok := spec["route"].(map[string]any); ok || g.chance(80) {
		if !ok {
			root = map[string]any{}
			spec["route"] = root
		}
		g.repairRoute(root, names, intervals, 0)
	}
	return object
}

// repairRoute gives a route names that are there, and some routes below it.
func (g *Generator) repairRoute(route map[string]any, receivers, intervals []string, depth int) {
	route["receiver"] = choose(g.rnd, receivers...)
	if g.chance(1) {
		route["receiver"] = "nobody"
	}
	for _, field := range []string{"muteTimeIntervals", "activeTimeIntervals"} {
		delete(route, field)
		if len(intervals) > 0 && g.chance(30) {
			route[field] = []any{choose(g.rnd, intervals...)}
		}
	}
	delete(route, "groupBy")
	if g.chance(50) {
		route["groupBy"] = choose(g.rnd, []any{"..."}, []any{"alertname", "job"}, []any{"a.b"}, []any{})
	}
	delete(route, "routes")
	if depth > 1 || g.chance(60) {
		return
	}
	var below []any
	for range 1 + g.rnd.IntN(2) {
		one := map[string]any{"continue": g.chance(30)}
		if g.chance(70) {
			one["matchers"] = []any{map[string]any{"name": choose(g.rnd, labelNames...), "value": choose(g.rnd, "a", `a"b`, `c\d`, "", "ü"), "matchType": choose(g.rnd, "=", "!=", "=~", "!~")}}
		}
		if g.chance(20) {
			one["groupInterval"] = choose(g.rnd, "5m", "0s", "1h")
		}
		g.repairRoute(one, receivers, intervals, depth+1)
		below = append(below, one)
	}
	route["routes"] = below
}

// repairReceiver adds what an integration usually needs.
func (g *Generator) repairReceiver(r map[string]any) {
	for kind, list := range r {
		entries, ok := list.([]any)
		if !ok || g.chance(3) {
			continue
		}
		for _, e := range entries {
			c, ok := e.(map[string]any)
			if !ok {
				continue
			}
			key := map[string]any{"name": "login", "key": "user"}
			link := map[string]any{"name": "login", "key": "hook"}
			switch kind {
			case "webhookConfigs":
				if !has(c, "urlSecret") {
					c["url"] = choose(g.rnd, urls...)
				}
			case "emailConfigs":
				c["to"] = "team@example.com"
				delete(c, "headers")
			case "slackConfigs":
				delete(c, "updateMessage")
				c["apiURL"] = link
			case "pagerdutyConfigs":
				c["routingKey"] = key
			case "pushoverConfigs":
				c["userKey"], c["token"] = key, key
				delete(c, "monospace")
			case "telegramConfigs":
				delete(c, "botTokenFile")
				c["botToken"], c["chatID"] = key, 7
			case "snsConfigs":
				delete(c, "targetARN")
				delete(c, "phoneNumber")
				c["topicARN"] = "arn:aws:sns:us-east-2:698519295917:topic"
				delete(c, "sigv4")
			case "victoropsConfigs":
				delete(c, "customFields")
				c["routingKey"] = "team"
			case "msteamsConfigs":
				c["webhookUrl"] = link
			case "msteamsv2Configs":
				c["webhookURL"] = link
			case "discordConfigs":
				c["apiURL"] = link
			}
		}
	}
}

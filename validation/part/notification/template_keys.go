package notification

import (
	"maps"
	"slices"
	"strings"
)

// templateKeys are the keys of each integration whose texts Alertmanager runs as templates (v0.35.0, notify/), with all
// texts below them, in lower case and without underscores: the API of the operator writes titleLink for title_link.
var templateKeys = map[string]string{
	"discord":    "title message content",
	"email":      "from to headers text html",
	"incidentio": "metadata",
	"jira":       "summary project issuetype description labels priority",
	"mattermost": "text channel username iconurl iconemoji type priority props attachments fallback color pretext authorname authorlink authoricon title titlelink thumburl footer footericon imageurl fields",
	"msteams":    "title text summary",
	"msteamsv2":  "title text",
	"opsgenie":   "details source message responders description tags note priority entity actions",
	"pagerduty":  "description client clienturl source severity class component group images links details pagerdutyimageconfigs pagerdutylinkconfigs",
	"pushover":   "title message url urltitle priority device sound",
	"rocketchat": "title titlelink text imageurl thumburl color fields actions channel emoji iconurl messagetext",
	"slack":      "title titlelink pretext text fallback callbackid imageurl thumburl footer color fields actions username iconemoji iconurl messagetext channel",
	"sns":        "apiurl topicarn phonenumber targetarn message subject attributes",
	"telegram":   "message",
	"victorops":  "routingkey messagetype statemessage entitydisplayname monitoringtool customfields",
	"webex":      "message roomid",
	"webhook":    "url payload",
	"wechat":     "corpid touser toparty totag agentid message",
}

func isTemplate(kind, key string) bool {
	return slices.Contains(strings.Fields(templateKeys[kind]), normal(key))
}

func normal(key string) string { return strings.ToLower(strings.ReplaceAll(key, "_", "")) }

// KindOf returns the kind of the integrations that a key of a receiver holds: slack for slackConfigs and slack_configs. It is empty
// for other keys.
func KindOf(key string) string {
	kind, ok := strings.CutSuffix(normal(key), "configs")
	if !ok {
		return ""
	}
	return kind
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

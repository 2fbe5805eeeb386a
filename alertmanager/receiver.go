package alertmanager

import (
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/since"
)

// receiver writes a receiver with all its lists, in the operator's order.
func (s *section) receiver(r *monitoringv1alpha1.Receiver) {
	s.fields = append(s.fields, yaml.MapItem{Key: "name", Value: s.w.prefixed(r.Name)})
	s.source(s.key.Field("name"), s.field.Field("name"))
	list(s, "opsgenie_configs", "opsgenieConfigs", r.OpsGenieConfigs, (*section).opsgenie)
	list(s, "pagerduty_configs", "pagerdutyConfigs", r.PagerDutyConfigs, (*section).pagerduty)
	list(s, "slack_configs", "slackConfigs", r.SlackConfigs, (*section).slack)
	list(s, "webhook_configs", "webhookConfigs", r.WebhookConfigs, (*section).webhook)
	list(s, "wechat_configs", "wechatConfigs", r.WeChatConfigs, (*section).wechat)
	list(s, "email_configs", "emailConfigs", r.EmailConfigs, (*section).email)
	list(s, "pushover_configs", "pushoverConfigs", r.PushoverConfigs, (*section).pushover)
	list(s, "victorops_configs", "victoropsConfigs", r.VictorOpsConfigs, (*section).victorops)
	list(s, "sns_configs", "snsConfigs", r.SNSConfigs, (*section).sns)
	list(s, "telegram_configs", "telegramConfigs", r.TelegramConfigs, (*section).telegram)
	list(s, "discord_configs", "discordConfigs", r.DiscordConfigs, (*section).discord)
	list(s, "webex_configs", "webexConfigs", r.WebexConfigs, (*section).webex)
	list(s, "msteams_configs", "msteamsConfigs", r.MSTeamsConfigs, (*section).msteams)
	list(s, "msteamsv2_configs", "msteamsv2Configs", r.MSTeamsV2Configs, (*section).msteamsV2)
	list(s, "rocketchat_configs", "rocketchatConfigs", r.RocketChatConfigs, (*section).rocketchat)
}

// isKnown rejects the object for a kind of receiver that the Alertmanager is too old for.
func (s *section) isKnown() { s.needs(since.AlertmanagerReceiver(s.kind)) }

func (s *section) webhook(c *monitoringv1alpha1.WebhookConfig) {
	s.set("send_resolved", "sendResolved", c.SendResolved)
	switch {
	case c.URLSecret != nil:
		value, found := s.secretURL("urlSecret", c.URLSecret)
		if found {
			if err := checkTemplateURL(strings.TrimSpace(value)); err != nil {
				s.w.reject(s.field.Field("urlSecret"), err)
			} else {
				s.w.fail(s.field.Field("urlSecret"), checkTemplateURL(value))
			}
		}
		s.set("url", "urlSecret", value)
	case c.URL == nil:
		s.w.rejectf(s.field, "it has neither url nor urlSecret")
	default:
		s.checkTemplateURL("url", c.URL)
		s.set("url", "url", c.URL)
	}
	if c.Payload != nil {
		s.needs(since.AlertmanagerPayload, "payload")
	}
	s.http(c.HTTPConfig)
	if c.MaxAlerts > 0 {
		s.set("max_alerts", "maxAlerts", c.MaxAlerts)
	}
	s.timeout(c.Timeout)
	if c.Payload != nil {
		s.put("payload", "payload", *c.Payload)
	}
}

// timeout writes a duration. The operator reads it when it puts the configuration together.
func (s *section) timeout(d *monitoringv1.Duration) {
	if d != nil {
		s.durationOf("timeout", "timeout", string(*d))
	}
}

// durationOf writes a duration as Alertmanager writes durations.
func (s *section) durationOf(key, field, text string) {
	if text == "" {
		return
	}
	d, err := model.ParseDuration(text)
	if err != nil {
		s.w.fail(s.field.Field(field), err)
		return
	}
	s.put(key, field, d.String())
}

func (s *section) email(c *monitoringv1alpha1.EmailConfig) {
	s.checkEmail(c)
	s.set("send_resolved", "sendResolved", c.SendResolved)
	s.set("to", "to", c.To)
	s.set("from", "from", c.From)
	s.set("hello", "hello", c.Hello)
	s.set("smarthost", "smarthost", c.Smarthost)
	s.set("auth_username", "authUsername", c.AuthUsername)
	s.setSecret("auth_password", "authPassword", c.AuthPassword)
	s.setSecret("auth_secret", "authSecret", c.AuthSecret)
	s.set("auth_identity", "authIdentity", c.AuthIdentity)
	s.keyValues("headers", "headers", c.Headers)
	s.pointer("html", "html", c.HTML)
	s.pointer("text", "text", c.Text)
	s.set("require_tls", "requireTLS", c.RequireTLS)
	s.w.reject(s.field.Field("tlsConfig"), c.TLSConfig.Validate())
	s.tls(c.TLSConfig)
	if c.ForceImplicitTLS != nil {
		s.needs(since.AlertmanagerImplicitTLS, "forceImplicitTLS")
		s.put("force_implicit_tls", "forceImplicitTLS", *c.ForceImplicitTLS)
	}
	s.threading(c.Threading)
}

func (s *section) threading(t *monitoringv1alpha1.EmailThreadingConfig) {
	if t == nil {
		return
	}
	s.needs(since.AlertmanagerThreading, "threading")
	if !s.w.g.Has(since.AlertmanagerThreading) {
		return
	}
	threading := s.in("threading", "threading")
	threading.put("enabled", "threadByDate", true)
	switch t.ThreadByDate {
	case monitoringv1alpha1.ThreadByDateTypeDaily:
		threading.put("thread_by_date", "threadByDate", "daily")
	case monitoringv1alpha1.ThreadByDateTypeNone:
		threading.put("thread_by_date", "threadByDate", "none")
	default:
		s.w.failf(threading.field.Field("threadByDate"), "is neither Daily nor None")
	}
	s.add("threading", threading)
}

// pointer writes a text that counts if it is empty as well.
func (s *section) pointer(key, field string, text *string) {
	if text != nil {
		s.put(key, field, *text)
	}
}

// keyValues writes a list of keys and values as a mapping, in the order of the keys. The last one of a key counts.
func (s *section) keyValues(key, field string, list []monitoringv1alpha1.KeyValue) {
	if len(list) == 0 {
		return
	}
	all := yaml.MapSlice{}
	for _, kv := range list {
		all = append(all, yaml.MapItem{Key: kv.Key, Value: kv.Value})
	}
	s.put(key, field, unique(all))
}

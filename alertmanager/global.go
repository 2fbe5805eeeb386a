package alertmanager

import (
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/internal/since"
)

// globalBase returns the global section of an Alertmanager that refers to a global AlertmanagerConfig.
func (g *Generator) globalBase() *Base {
	w := &writer{g: g, namespace: g.object.Namespace, name: g.object.Spec.AlertmanagerConfiguration.Name}
	s := &section{w: w, kind: "config", field: specPath.Field("alertmanagerConfiguration")}
	if c := g.object.Spec.AlertmanagerConfiguration.Global; c != nil {
		global := s.in("global", "global")
		global.global(c)
		s.add("global", global)
	}
	return &Base{
		Known: true, Fields: s.fields, Sources: w.sources, Files: w.files,
		Failures: append(w.rejections, w.failures...), Ignored: w.ignored,
	}
}

// global writes the global section, in the operator's order.
func (s *section) global(c *monitoringv1.AlertmanagerGlobalConfig) {
	s.durationOf("resolve_timeout", "resolveTimeout", string(c.ResolveTimeout))
	s.globalHTTP(c.HTTPConfigWithProxy)
	s.smtp(c.SMTPConfig)
	s.globalURL("slack_api_url", "slackApiUrl", c.SlackAPIURL)
	s.parsedURL("pagerduty_url", "pagerdutyUrl", c.PagerdutyURL)
	s.globalURL("opsgenie_api_url", "opsGenieApiUrl", c.OpsGenieAPIURL)
	s.setSecret("opsgenie_api_key", "opsGenieApiKey", c.OpsGenieAPIKey)
	s.globalChats(c)
}

func (s *section) globalHTTP(c *monitoringv1.HTTPConfigWithProxy) {
	if c == nil {
		return
	}
	s.http(&monitoringv1alpha1.HTTPConfig{
		Authorization: c.Authorization, BasicAuth: c.BasicAuth, OAuth2: c.OAuth2,
		BearerTokenSecret: c.BearerTokenSecret, //nolint:staticcheck // deprecated, and in use
		TLSConfig:         c.TLSConfig, ProxyConfig: c.ProxyConfig, FollowRedirects: c.FollowRedirects, EnableHTTP2: c.EnableHTTP2,
	})
}

func (s *section) smtp(c *monitoringv1.GlobalSMTPConfig) {
	if c == nil {
		return
	}
	m := &section{w: s.w, kind: s.kind, key: s.key, field: s.field.Field("smtp")}
	m.set("smtp_from", "from", c.From)
	m.set("smtp_hello", "hello", c.Hello)
	if c.SmartHost != nil && (c.SmartHost.Host != "" || c.SmartHost.Port != "") {
		m.put("smtp_smarthost", "smartHost", hostPort(c.SmartHost))
	}
	m.set("smtp_auth_username", "authUsername", c.AuthUsername)
	m.setSecret("smtp_auth_password", "authPassword", c.AuthPassword)
	m.setSecret("smtp_auth_secret", "authSecret", c.AuthSecret)
	m.set("smtp_auth_identity", "authIdentity", c.AuthIdentity)
	m.set("smtp_require_tls", "requireTLS", c.RequireTLS)
	if c.TLSConfig != nil {
		t := &section{w: s.w, key: s.key, field: m.field}
		t.tls(c.TLSConfig)
		if len(t.fields) > 0 {
			m.put("smtp_tls_config", "tlsConfig", t.fields[0].Value)
		}
	}
	if c.ForceImplicitTLS != nil {
		m.needs(since.AlertmanagerImplicitTLS, "forceImplicitTLS")
		m.put("smtp_force_implicit_tls", "forceImplicitTLS", *c.ForceImplicitTLS)
	}
	s.fields = append(s.fields, m.fields...)
}

func hostPort(h *monitoringv1.HostPort) string {
	if strings.Contains(h.Host, ":") {
		return "[" + h.Host + "]:" + h.Port
	}
	return h.Host + ":" + h.Port
}

// globalURL writes a URL from a Secret.
func (s *section) globalURL(key, field string, ref *corev1.SecretKeySelector) {
	if ref == nil {
		return
	}
	if value, found := s.secretURL(field, ref); found {
		s.w.fail(s.field.Field(field), checkURL(strings.TrimSpace(value)))
		s.put(key, field, value)
	}
}

func (s *section) parsedURL(key, field string, url *monitoringv1.URL) {
	if url != nil {
		s.w.fail(s.field.Field(field), checkURL(string(*url)))
		s.put(key, field, string(*url))
	}
}

func (s *section) globalChats(c *monitoringv1.AlertmanagerGlobalConfig) {
	below := func(field string) *section {
		return &section{w: s.w, kind: s.kind, key: s.key, field: s.field.Field(field)}
	}
	var parts []*section
	add := func(field string, f *since.Feature, write func(*section)) {
		at := below(field)
		at.needs(f)
		write(at)
		parts = append(parts, at)
	}
	if w := c.WeChatConfig; w != nil {
		add("wechat", nil, func(s *section) {
			s.parsedURL("wechat_api_url", "apiURL", w.APIURL)
			s.setSecret("wechat_api_secret", "apiSecret", w.APISecret)
			s.set("wechat_api_corp_id", "apiCorpID", w.APICorpID)
		})
	}
	if v := c.VictorOpsConfig; v != nil {
		add("victorops", nil, func(s *section) {
			s.parsedURL("victorops_api_url", "apiURL", v.APIURL)
			s.setSecret("victorops_api_key", "apiKey", v.APIKey)
		})
	}
	if t := c.TelegramConfig; t != nil {
		add("telegram", since.AlertmanagerTelegram, func(s *section) {
			s.parsedURL("telegram_api_url", "apiURL", t.APIURL)
			s.unused("botToken", t.BotToken != nil)
			s.unused("botTokenFile", t.BotTokenFile != nil)
		})
	}
	if w := c.WebexConfig; w != nil {
		add("webex", since.AlertmanagerWebex, func(s *section) { s.parsedURL("webex_api_url", "apiURL", w.APIURL) })
	}
	if j := c.JiraConfig; j != nil {
		add("jira", since.AlertmanagerJira, func(s *section) { s.parsedURL("jira_api_url", "apiURL", j.APIURL) })
	}
	if r := c.RocketChatConfig; r != nil {
		add("rocketChat", since.AlertmanagerRocketChat, func(s *section) {
			s.parsedURL("rocketchat_api_url", "apiURL", r.APIURL)
			s.setSecret("rocketchat_token", "token", r.Token)
			s.setSecret("rocketchat_token_id", "tokenID", r.TokenID)
		})
	}
	if m := c.MattermostConfig; m != nil {
		add("mattermost", since.AlertmanagerGlobalWebhook, func(s *section) { s.globalURL("mattermost_webhook_url", "webhookURL", m.WebhookURL) })
	}
	for _, part := range parts {
		s.fields = append(s.fields, part.fields...)
	}
}

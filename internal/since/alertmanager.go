package since

import "strings"

const alertmanagerConfig = "pkg/alertmanager/amcfg.go"

// What Alertmanager itself has from a version on. The operator (v0.93.0) rejects an object, or all of an
// Alertmanager's configuration, for an older one.
var (
	AlertmanagerMatchers       = newFeature(alertmanagerConfig, "0.22.0", "matchType")
	AlertmanagerClient         = newFeature(alertmanagerConfig, "0.22.0", "httpConfig.authorization and httpConfig.oauth2")
	AlertmanagerTeams          = newFeature(alertmanagerConfig, "0.24.0", "opsgenieConfigs[].responders[].type teams")
	AlertmanagerTelegram       = newFeature(alertmanagerConfig, "0.24.0", "telegramConfigs")
	AlertmanagerProxy          = newFeature(alertmanagerConfig, "0.25.0", "httpConfig.noProxy, proxyFromEnvironment and proxyConnectHeader")
	AlertmanagerDiscord        = newFeature(alertmanagerConfig, "0.25.0", "discordConfigs")
	AlertmanagerWebex          = newFeature(alertmanagerConfig, "0.25.0", "webexConfigs")
	AlertmanagerMSTeams        = newFeature(alertmanagerConfig, "0.26.0", "msteamsConfigs")
	AlertmanagerProxySettings  = newFeature(alertmanagerConfig, "0.26.0", "no_proxy, proxy_from_environment and proxy_connect_header")
	AlertmanagerBotTokenFile   = newFeature(alertmanagerConfig, "0.26.0", "telegramConfigs[].botTokenFile")
	AlertmanagerUTF8           = newFeature("Alertmanager v0.27.0, changelog", "0.27.0", "names of labels with any character")
	AlertmanagerMSTeamsV2      = newFeature(alertmanagerConfig, "0.28.0", "msteamsv2Configs")
	AlertmanagerRocketChat     = newFeature(alertmanagerConfig, "0.28.0", "rocketchatConfigs")
	AlertmanagerJira           = newFeature(alertmanagerConfig, "0.28.0", "jira")
	AlertmanagerIncidentIO     = newFeature(alertmanagerConfig, "0.29.0", "incidentio_configs")
	AlertmanagerThreading      = newFeature(alertmanagerConfig, "0.30.0", "emailConfigs[].threading")
	AlertmanagerMattermost     = newFeature(alertmanagerConfig, "0.30.0", "mattermost_configs")
	AlertmanagerImplicitTLS    = newFeature(alertmanagerConfig, "0.31.0", "emailConfigs[].forceImplicitTLS")
	AlertmanagerGlobalBotToken = newFeature(alertmanagerConfig, "0.31.0", "a global token for Telegram")
	AlertmanagerMessageText    = newFeature(alertmanagerConfig, "0.31.0", "slackConfigs[].messageText")
	AlertmanagerUpdateMessage  = newFeature(alertmanagerConfig, "0.32.0", "slackConfigs[].updateMessage")
	AlertmanagerPayload        = newFeature(alertmanagerConfig, "0.32.0", "webhookConfigs[].payload")
	AlertmanagerGlobalWebhook  = newFeature(alertmanagerConfig, "0.32.0", "a global webhook for Mattermost")
	AlertmanagerAWSClient      = newFeature(alertmanagerConfig, "0.33.0", "snsConfigs[].useAWSHTTPClient")
)

// AlertmanagerKey returns the version from which on the operator writes a key of a section of Alertmanager's
// configuration. For an older Alertmanager it omits the key, and says so in its log alone. It is nil for a key that
// is always written. The sections are named as in the configuration; route, inhibit_rule and config are those that
// have no key of that name.
func AlertmanagerKey(section, key string) *Feature { return alertmanagerKeys[section+"."+key] }

var alertmanagerKeys = func() map[string]*Feature {
	keys := map[string]*Feature{}
	for _, k := range []struct{ version, section, keys string }{
		{"0.22.0", "config", "mute_time_intervals"},
		{"0.24.0", "config", "time_intervals"},
		{"0.22.0", "route", "mute_time_intervals"},
		{"0.24.0", "route", "active_time_intervals"},
		{"0.22.0", "http_config", "follow_redirects"},
		{"0.25.0", "http_config", "enable_http2"},
		{"0.28.0", "http_config", "http_headers"},
		{"0.26.0", "http_config", "no_proxy proxy_from_environment proxy_connect_header"},
		{"0.25.0", "oauth2", "proxy_url no_proxy proxy_from_environment proxy_connect_header"},
		{"0.25.0", "tls_config", "min_version max_version"},
		{"0.25.0", "time_interval", "location"},

		{"0.22.0", "global", "slack_api_url_file"},
		{"0.24.0", "global", "opsgenie_api_key_file"},
		{"0.25.0", "global", "smtp_auth_password_file victorops_api_key_file"},
		{"0.28.0", "global", "smtp_tls_config"},
		{"0.30.0", "global", "slack_app_token slack_app_token_file slack_app_url"},
		{"0.31.0", "global", "wechat_api_secret_file telegram_bot_token telegram_bot_token_file smtp_auth_secret_file smtp_force_implicit_tls"},
		{"0.32.0", "global", "mattermost_webhook_url mattermost_webhook_url_file"},

		{"0.25.0", "email_configs", "auth_password_file"},
		{"0.30.0", "email_configs", "threading"},
		{"0.31.0", "email_configs", "force_implicit_tls auth_secret_file"},
		{"0.24.0", "opsgenie_configs", "actions entity update_alerts api_key_file"},
		{"0.25.0", "pagerduty_configs", "source routing_key_file service_key_file"},
		{"0.30.0", "pagerduty_configs", "timeout"},
		{"0.26.0", "pushover_configs", "user_key_file token_file device"},
		{"0.27.0", "pushover_configs", "ttl"},
		{"0.29.0", "pushover_configs", "monospace"},
		{"0.22.0", "slack_configs", "api_url_file"},
		{"0.30.0", "slack_configs", "timeout app_token app_token_file app_url"},
		{"0.31.0", "slack_configs", "message_text"},
		{"0.32.0", "slack_configs", "update_message"},
		{"0.25.0", "victorops_configs", "api_key_file"},
		{"0.26.0", "webhook_configs", "url_file"},
		{"0.28.0", "webhook_configs", "timeout"},
		{"0.32.0", "webhook_configs", "payload"},
		{"0.27.0", "msteams_configs", "summary"},
		{"0.31.0", "wechat_configs", "api_secret_file"},
		{"0.33.0", "sns_configs", "use_aws_http_client"},
		{"0.33.0", "sigv4", "external_id"},
		{"0.26.0", "telegram_configs", "bot_token_file message_thread_id"},
		{"0.31.0", "telegram_configs", "chat_id_file"},
		{"0.28.0", "discord_configs", "content username avatar_url"},
		{"0.29.0", "jira_configs", "api_type"},
		{"0.32.0", "mattermost_configs", "fallback color pretext author_name author_link author_icon title title_link thumb_url footer footer_icon image_url fields"},
	} {
		for key := range strings.FieldsSeq(k.keys) {
			keys[k.section+"."+key] = newFeature(alertmanagerConfig, k.version, key)
		}
	}
	return keys
}()

// AlertmanagerReceiver returns the version from which on Alertmanager has a kind of receiver, by the key of its list. For
// an older one the operator writes no configuration at all. It is nil for a kind that was always there.
func AlertmanagerReceiver(key string) *Feature {
	return map[string]*Feature{
		"telegram_configs":   AlertmanagerTelegram,
		"discord_configs":    AlertmanagerDiscord,
		"webex_configs":      AlertmanagerWebex,
		"msteams_configs":    AlertmanagerMSTeams,
		"msteamsv2_configs":  AlertmanagerMSTeamsV2,
		"jira_configs":       AlertmanagerJira,
		"rocketchat_configs": AlertmanagerRocketChat,
		"incidentio_configs": AlertmanagerIncidentIO,
		"mattermost_configs": AlertmanagerMattermost,
	}[key]
}

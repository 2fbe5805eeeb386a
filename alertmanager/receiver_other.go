package alertmanager

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/internal/since"
)

func (s *section) wechat(c *monitoringv1alpha1.WeChatConfig) {
	s.checkURL("apiURL", (*string)(c.APIURL))
	s.set("send_resolved", "sendResolved", c.SendResolved)
	s.setSecret("api_secret", "apiSecret", c.APISecret)
	s.set("api_url", "apiURL", (*string)(c.APIURL))
	s.set("corp_id", "corpID", c.CorpID)
	s.set("agent_id", "agentID", c.AgentID)
	s.set("to_user", "toUser", c.ToUser)
	s.set("to_party", "toParty", c.ToParty)
	s.set("to_tag", "toTag", c.ToTag)
	s.set("message", "message", c.Message)
	s.set("message_type", "messageType", c.MessageType)
	s.http(c.HTTPConfig)
}

func (s *section) telegram(c *monitoringv1alpha1.TelegramConfig) {
	s.isKnown()
	s.checkURL("apiURL", (*string)(c.APIURL))
	switch {
	case c.BotToken == nil && c.BotTokenFile == nil:
		s.w.rejectf(s.field, "it has neither botToken nor botTokenFile")
	case c.BotToken != nil && c.BotTokenFile != nil:
		s.w.rejectf(s.field, "botToken and botTokenFile exclude each other")
	}
	if c.BotTokenFile != nil {
		s.needs(since.AlertmanagerBotTokenFile, "botTokenFile")
	}
	if c.ChatID == 0 {
		s.w.rejectf(s.field.Field("chatID"), "the chatID is missing")
	}
	s.set("send_resolved", "sendResolved", c.SendResolved)
	s.set("api_url", "apiURL", (*string)(c.APIURL))
	token, found := s.secret("botToken", c.BotToken)
	if found && token == "" {
		s.w.failf(s.field.Field("botToken"), "the value in the Secret is empty")
	}
	s.set("bot_token", "botToken", token)
	s.set("bot_token_file", "botTokenFile", c.BotTokenFile)
	s.set("chat_id", "chatID", c.ChatID)
	if c.MessageThreadID != nil && *c.MessageThreadID != 0 {
		s.put("message_thread_id", "messageThreadID", *c.MessageThreadID)
	}
	s.set("message", "message", c.Message)
	s.setTrue("disable_notifications", "disableNotifications", c.DisableNotifications)
	s.set("parse_mode", "parseMode", c.ParseMode)
	s.http(c.HTTPConfig)
}

func (s *section) sns(c *monitoringv1alpha1.SNSConfig) {
	// The operator compares three answers in a row, so that one or all three of them have to be there.
	if isEmpty(c.TargetARN) != isEmpty(c.TopicARN) != isEmpty(c.PhoneNumber) {
		s.w.rejectf(s.field, "exactly one of targetARN, topicARN and phoneNumber has to be there")
	}
	s.checkTemplateURL("apiURL", c.ApiURL)
	if c.UseAWSHTTPClient != nil {
		s.needs(since.AlertmanagerAWSClient, "useAWSHTTPClient")
	}
	s.set("send_resolved", "sendResolved", c.SendResolved)
	s.http(c.HTTPConfig)
	s.set("api_url", "apiURL", c.ApiURL)
	s.sigv4(c.Sigv4)
	s.set("topic_arn", "topicARN", c.TopicARN)
	s.set("phone_number", "phoneNumber", c.PhoneNumber)
	s.set("target_arn", "targetARN", c.TargetARN)
	s.set("subject", "subject", c.Subject)
	s.set("message", "message", c.Message)
	s.set("attributes", "attributes", c.Attributes)
	s.setTrue("use_aws_http_client", "useAWSHTTPClient", c.UseAWSHTTPClient)
}

// sigv4 writes the credentials of AWS.
func (s *section) sigv4(c *monitoringv1.Sigv4) {
	if c == nil {
		return
	}
	at := s.in("sigv4", "sigv4")
	at.set("region", "region", c.Region)
	switch {
	case c.AccessKey != nil && c.SecretKey != nil:
		at.setSecret("access_key", "accessKey", c.AccessKey)
		at.setSecret("secret_key", "secretKey", c.SecretKey)
	case c.AccessKey != nil || c.SecretKey != nil:
		s.w.rejectf(at.field, "accessKey and secretKey go together, and one of them is missing")
	}
	at.set("profile", "profile", c.Profile)
	at.set("role_arn", "roleArn", c.RoleArn)
	at.set("external_id", "externalId", c.ExternalID)
	if at.value("external_id") != nil && c.RoleArn == "" {
		s.w.failf(at.field.Field("externalId"), "needs a roleArn")
	}
	at.unused("useFIPSSTSEndpoint", c.UseFIPSSTSEndpoint != nil)
	if len(at.fields) > 0 {
		s.add("sigv4", at)
	}
}

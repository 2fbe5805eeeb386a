package alertmanager

import (
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/since"
)

// SlackBotURL is the only address at which Slack changes a message that was sent before.
const SlackBotURL = "https://slack.com/api/chat.postMessage"

func (s *section) slack(c *monitoringv1alpha1.SlackConfig) {
	s.checkSlack(c)
	s.set("send_resolved", "sendResolved", c.SendResolved)
	s.http(c.HTTPConfig)
	url := s.setTrimmedURL("api_url", "apiURL", c.APIURL)
	if c.UpdateMessage != nil && *c.UpdateMessage && url == UnreadURL {
		s.assign("api_url", SlackBotURL) // nobody knows better
	} else if c.UpdateMessage != nil && *c.UpdateMessage && c.APIURL != nil && url != SlackBotURL {
		s.w.rejectf(s.field.Field("updateMessage"), "the URL in apiURL has to be %s for it", SlackBotURL)
	}
	s.set("channel", "channel", c.Channel)
	s.set("username", "username", c.Username)
	s.set("color", "color", c.Color)
	s.set("title", "title", c.Title)
	s.set("title_link", "titleLink", c.TitleLink)
	s.set("pretext", "pretext", c.Pretext)
	s.set("text", "text", c.Text)
	list(s, "fields", "fields", c.Fields, func(s *section, f *monitoringv1alpha1.SlackField) {
		s.w.reject(s.field, f.Validate())
		s.set("title", "title", f.Title)
		s.set("value", "value", f.Value)
		s.setTrue("short", "short", f.Short)
	})
	s.setTrue("short_fields", "shortFields", c.ShortFields)
	s.set("footer", "footer", c.Footer)
	s.set("fallback", "fallback", c.Fallback)
	s.set("callback_id", "callbackId", c.CallbackID)
	s.set("icon_emoji", "iconEmoji", c.IconEmoji)
	s.set("icon_url", "iconURL", c.IconURL)
	s.set("image_url", "imageURL", c.ImageURL)
	s.set("thumb_url", "thumbURL", c.ThumbURL)
	s.setTrue("link_names", "linkNames", c.LinkNames)
	s.set("mrkdwn_in", "mrkdwnIn", c.MrkdwnIn)
	list(s, "actions", "actions", c.Actions, (*section).slackAction)
	s.timeout(c.Timeout)
	s.set("message_text", "messageText", c.MessageText)
	s.set("update_message", "updateMessage", c.UpdateMessage)
}

func (s *section) checkSlack(c *monitoringv1alpha1.SlackConfig) {
	if c.MessageText != nil {
		s.needs(since.AlertmanagerMessageText, "messageText")
	}
	if c.UpdateMessage != nil {
		s.needs(since.AlertmanagerUpdateMessage, "updateMessage")
	}
}

func (s *section) slackAction(a *monitoringv1alpha1.SlackAction) {
	s.w.reject(s.field, a.Validate())
	s.set("type", "type", a.Type)
	s.set("text", "text", a.Text)
	s.set("url", "url", a.URL)
	s.set("style", "style", a.Style)
	s.set("name", "name", a.Name)
	s.set("value", "value", a.Value)
	if c := a.ConfirmField; c != nil {
		confirm := s.in("confirm", "confirm")
		confirm.set("text", "text", c.Text)
		confirm.set("title", "title", c.Title)
		confirm.set("ok_text", "okText", c.OkText)
		confirm.set("dismiss_text", "dismissText", c.DismissText)
		s.add("confirm", confirm)
	}
}

func (s *section) discord(c *monitoringv1alpha1.DiscordConfig) {
	s.isKnown()
	s.set("send_resolved", "sendResolved", c.SendResolved)
	s.http(c.HTTPConfig)
	s.setTrimmedURL("webhook_url", "apiURL", &c.APIURL)
	s.set("title", "title", c.Title)
	s.set("message", "message", c.Message)
	s.set("content", "content", c.Content)
	s.set("username", "username", c.Username)
	s.set("avatar_url", "avatarURL", (*string)(c.AvatarURL))
}

func (s *section) msteams(c *monitoringv1alpha1.MSTeamsConfig) {
	s.isKnown()
	s.set("send_resolved", "sendResolved", c.SendResolved)
	s.setExactURL("webhook_url", "webhookUrl", &c.WebhookURL)
	s.set("title", "title", c.Title)
	s.set("summary", "summary", c.Summary)
	s.set("text", "text", c.Text)
	s.http(c.HTTPConfig)
}

func (s *section) msteamsV2(c *monitoringv1alpha1.MSTeamsV2Config) {
	s.isKnown()
	s.set("send_resolved", "sendResolved", c.SendResolved)
	if c.WebhookURL == nil {
		s.w.failf(s.field.Field("webhookURL"), "the webhookURL is missing")
	} else {
		s.setExactURL("webhook_url", "webhookURL", c.WebhookURL)
	}
	s.set("title", "title", c.Title)
	s.set("text", "text", c.Text)
	s.http(c.HTTPConfig)
}

func (s *section) webex(c *monitoringv1alpha1.WebexConfig) {
	s.isKnown()
	s.checkURL("apiURL", (*string)(c.APIURL))
	s.set("send_resolved", "sendResolved", c.SendResolved)
	s.http(c.HTTPConfig)
	s.set("api_url", "apiURL", (*string)(c.APIURL))
	s.set("message", "message", c.Message)
	if c.RoomID == "" {
		s.w.failf(s.field.Field("roomID"), "the roomID is missing")
	}
	s.set("room_id", "roomID", c.RoomID)
}

func (s *section) rocketchat(c *monitoringv1alpha1.RocketChatConfig) {
	s.isKnown()
	s.checkURL("apiURL", (*string)(c.APIURL))
	s.checkTemplateURL("iconURL", c.IconURL)
	s.checkTemplateURL("imageURL", c.ImageURL)
	s.checkTemplateURL("thumbURL", c.ThumbURL)
	s.set("send_resolved", "sendResolved", c.SendResolved)
	s.http(c.HTTPConfig)
	s.set("api_url", "apiURL", (*string)(c.APIURL))
	if id, found := s.secret("tokenID", &c.TokenID); found {
		s.put("token_id", "tokenID", id)
	}
	if token, found := s.secret("token", &c.Token); found {
		s.put("token", "token", token)
	}
	s.set("channel", "channel", c.Channel)
	s.set("color", "color", c.Color)
	s.set("title", "title", c.Title)
	s.set("title_link", "titleLink", c.TitleLink)
	s.set("text", "text", c.Text)
	list(s, "fields", "fields", c.Fields, func(s *section, f *monitoringv1alpha1.RocketChatFieldConfig) {
		if f.Short == nil {
			s.fields = append(s.fields, yaml.MapItem{Key: "short"})
		} else {
			s.put("short", "short", *f.Short)
		}
		s.set("title", "title", f.Title)
		s.set("value", "value", f.Value)
	})
	s.put("short_fields", "shortFields", c.ShortFields != nil && *c.ShortFields)
	s.set("emoji", "emoji", c.Emoji)
	s.set("icon_url", "iconURL", c.IconURL)
	s.set("image_url", "imageURL", c.ImageURL)
	s.set("thumb_url", "thumbURL", c.ThumbURL)
	s.put("link_names", "linkNames", c.LinkNames != nil && *c.LinkNames)
	list(s, "actions", "actions", c.Actions, func(s *section, a *monitoringv1alpha1.RocketChatActionConfig) {
		s.checkTemplateURL("url", a.URL)
		s.set("text", "text", a.Text)
		s.set("url", "url", a.URL)
		s.fields = append(s.fields, yaml.MapItem{Key: "is_webview", Value: false})
		s.set("msg", "msg", a.Msg)
		s.fields = append(s.fields, yaml.MapItem{Key: "msg_in_chat_window", Value: false})
	})
}

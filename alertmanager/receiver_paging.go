package alertmanager

import (
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/common/model"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/internal/since"
)

func (s *section) pagerduty(c *monitoringv1alpha1.PagerDutyConfig) {
	s.checkURL("url", (*string)(c.URL))
	s.checkTemplateURL("clientURL", c.ClientURL)
	if c.RoutingKey == nil && c.ServiceKey == nil {
		s.w.rejectf(s.field, "it has neither routingKey nor serviceKey")
	}
	for i := range c.PagerDutyLinkConfigs {
		at := &section{w: s.w, field: s.field.Field("pagerDutyLinkConfigs").Index(i)}
		at.checkTemplateURL("href", c.PagerDutyLinkConfigs[i].Href)
	}
	for i := range c.PagerDutyImageConfigs {
		at := &section{w: s.w, field: s.field.Field("pagerDutyImageConfigs").Index(i)}
		at.checkTemplateURL("href", c.PagerDutyImageConfigs[i].Href)
	}
	s.set("send_resolved", "sendResolved", c.SendResolved)
	s.http(c.HTTPConfig)
	s.setSecret("service_key", "serviceKey", c.ServiceKey)
	s.setSecret("routing_key", "routingKey", c.RoutingKey)
	s.set("url", "url", (*string)(c.URL))
	s.set("client", "client", c.Client)
	s.set("client_url", "clientURL", c.ClientURL)
	s.set("description", "description", c.Description)
	s.keyValues("details", "details", c.Details)
	list(s, "images", "pagerDutyImageConfigs", c.PagerDutyImageConfigs, func(s *section, i *monitoringv1alpha1.PagerDutyImageConfig) {
		s.set("src", "src", i.Src)
		s.set("alt", "alt", i.Alt)
		s.set("href", "href", i.Href)
	})
	list(s, "links", "pagerDutyLinkConfigs", c.PagerDutyLinkConfigs, func(s *section, l *monitoringv1alpha1.PagerDutyLinkConfig) {
		s.set("href", "href", l.Href)
		s.set("text", "alt", l.Text) // the API calls it so
	})
	s.set("severity", "severity", c.Severity)
	s.set("class", "class", c.Class)
	s.set("component", "component", c.Component)
	s.set("group", "group", c.Group)
	s.set("source", "source", c.Source)
	s.timeout(c.Timeout)
}

func (s *section) opsgenie(c *monitoringv1alpha1.OpsGenieConfig) {
	s.checkURL("apiURL", (*string)(c.APIURL))
	s.set("send_resolved", "sendResolved", c.SendResolved)
	s.http(c.HTTPConfig)
	s.setSecret("api_key", "apiKey", c.APIKey)
	s.set("api_url", "apiURL", (*string)(c.APIURL))
	s.set("message", "message", c.Message)
	s.set("description", "description", c.Description)
	s.set("source", "source", c.Source)
	s.keyValues("details", "details", c.Details)
	list(s, "responders", "responders", c.Responders, func(s *section, r *monitoringv1alpha1.OpsGenieConfigResponder) {
		s.w.reject(s.field, r.Validate())
		if r.Type == "teams" {
			s.needs(since.AlertmanagerTeams, "type")
		}
		s.set("id", "id", r.ID)
		s.set("name", "name", r.Name)
		s.set("username", "username", r.Username)
		s.set("type", "type", r.Type)
	})
	s.set("tags", "tags", c.Tags)
	s.set("note", "note", c.Note)
	s.set("priority", "priority", c.Priority)
	s.set("update_alerts", "updateAlerts", c.UpdateAlerts)
	s.set("entity", "entity", c.Entity)
	s.set("actions", "actions", c.Actions)
}

// reservedFields are the fields of VictorOps that custom ones cannot have the names of.
var reservedFields = map[string]bool{
	"routing_key": true, "message_type": true, "state_message": true, "entity_display_name": true, "monitoring_tool": true,
	"entity_id": true, "entity_state": true,
}

func (s *section) victorops(c *monitoringv1alpha1.VictorOpsConfig) {
	for i, f := range c.CustomFields {
		if reservedFields[f.Key] {
			s.w.rejectf(s.field.Field("customFields").Index(i).Field("key"), "%q is a field of VictorOps' own", f.Key)
		}
	}
	if c.RoutingKey == "" {
		s.w.rejectf(s.field.Field("routingKey"), "the routingKey is missing")
	}
	s.checkURL("apiUrl", (*string)(c.APIURL))
	s.set("send_resolved", "sendResolved", c.SendResolved)
	s.http(c.HTTPConfig)
	s.setSecret("api_key", "apiKey", c.APIKey)
	s.set("api_url", "apiUrl", (*string)(c.APIURL))
	s.set("routing_key", "routingKey", c.RoutingKey)
	s.set("message_type", "messageType", c.MessageType)
	s.set("state_message", "stateMessage", c.StateMessage)
	s.set("entity_display_name", "entityDisplayName", c.EntityDisplayName)
	s.set("monitoring_tool", "monitoringTool", c.MonitoringTool)
	s.keyValues("custom_fields", "customFields", c.CustomFields)
}

func (s *section) pushover(c *monitoringv1alpha1.PushoverConfig) {
	if c.HTML != nil && *c.HTML && c.Monospace != nil && *c.Monospace {
		s.w.rejectf(s.field, "html and monospace exclude each other")
	}
	s.checkTemplateURL("url", &c.URL)
	s.set("send_resolved", "sendResolved", c.SendResolved)
	s.http(c.HTTPConfig)
	s.requiredSecret("user_key", "userKey", c.UserKey)
	s.requiredSecret("token", "token", c.Token)
	s.set("title", "title", c.Title)
	s.set("message", "message", c.Message)
	s.set("url", "url", c.URL)
	s.set("url_title", "urlTitle", c.URLTitle)
	if c.TTL != nil {
		s.set("ttl", "ttl", string(*c.TTL))
	}
	s.set("device", "device", c.Device)
	s.unused("sound", c.Sound != nil)
	s.unused("userKeyFile", c.UserKeyFile != nil)
	s.unused("tokenFile", c.TokenFile != nil)
	s.set("priority", "priority", c.Priority)
	s.pushoverDuration("retry", "retry", c.Retry)
	s.pushoverDuration("expire", "expire", c.Expire)
	s.set("html", "html", c.HTML)
	s.set("monospace", "monospace", c.Monospace)
}

// requiredSecret writes the value of a reference that the operator asks for, even if the object names a file instead.
func (s *section) requiredSecret(key, field string, ref *corev1.SecretKeySelector) {
	if ref == nil {
		s.w.rejectf(s.field.Field(field), "the %s is missing, and prometheus-operator v0.93.0 takes no file instead", field)
		return
	}
	value, found := s.secret(field, ref)
	if found && value == "" {
		s.w.rejectf(s.field.Field(field), "the value in the Secret is empty")
	}
	s.set(key, field, value)
}

// pushoverDuration writes a duration, and rejects the object if it cannot be read.
func (s *section) pushoverDuration(key, field string, text *string) {
	if isEmpty(text) {
		return
	}
	if _, err := model.ParseDuration(*text); err != nil {
		s.w.reject(s.field.Field(field), err)
		return
	}
	s.durationOf(key, field, *text)
}

// unused records a field that the operator does not read.
func (s *section) unused(field string, isSet bool) {
	if isSet {
		s.w.ignoref(s.field.Field(field), "prometheus-operator v0.93.0 does not use it here")
	}
}

package explain

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// A ruleGroup is what Prometheus says of a group of rules (web/api/v1, v0.316.0).
type ruleGroup struct {
	Name  string `json:"name"`
	File  string `json:"file"`
	Rules []struct {
		Name      string `json:"name"`
		Type      string `json:"type"`   // alerting or recording
		Health    string `json:"health"` // ok, err or unknown
		LastError string `json:"lastError"`
		State     string `json:"state"` // of an alert: inactive, pending, firing or unknown
	} `json:"rules"`
}

// maxGroups is how many groups a request names. More would make a URL that servers refuse.
const maxGroups = 30

// explainRules is about the rules of a PrometheusRule.
func (e *explainer) explainRules(i *instance, server Server) {
	rule, ok := e.object.(*monitoringv1.PrometheusRule)
	if !ok {
		return
	}
	query := url.Values{}
	if len(rule.Spec.Groups) <= maxGroups {
		for n := range rule.Spec.Groups {
			query.Add("rule_group[]", rule.Spec.Groups[n].Name)
		}
	}
	var found struct {
		Groups []ruleGroup `json:"groups"`
	}
	if err := e.get(server, "/api/v1/rules", query, &found); err != nil {
		e.unknown("rules", "What becomes of the rules is not known: "+e.unreachable(server, err)+".")
		return
	}
	file := fileOf(rule)
	groups := slices.DeleteFunc(found.Groups, func(g ruleGroup) bool { return !file.MatchString(path.Base(g.File)) })
	if len(groups) == 0 {
		i.missing = true
		e.no("rules", "It has none of its rules.", problem{
			stageLoaded, i.Ref.String() + " has not loaded the rules", "wait a minute for the operator and the config-reloader, then see the logs of both",
		})
		return
	}
	e.explainRuleHealth(i, rule, groups)
}

// fileOf matches the name of the rule file. A rule that was read from a file has no uid.
func fileOf(rule *monitoringv1.PrometheusRule) *regexp.Regexp {
	uid := regexp.QuoteMeta(string(rule.UID))
	if uid == "" {
		uid = "[0-9a-f-]{36}"
	}
	return regexp.MustCompile("^" + regexp.QuoteMeta(rule.Namespace+"-"+rule.Name+"-") + uid + `\.yaml$`)
}

func (e *explainer) explainRuleHealth(i *instance, rule *monitoringv1.PrometheusRule, groups []ruleGroup) {
	rules, failing := 0, 0
	states := map[string]int{}
	var failures, details []string
	for _, g := range groups {
		for _, r := range g.Rules {
			rules++
			if r.State != "" {
				states[r.State]++
			}
			if r.State == "firing" || r.State == "pending" {
				details = append(details, fmt.Sprintf("alert %s is %s", r.Name, r.State))
			}
			if r.Health == "err" {
				failing++
				failures = append(failures, fmt.Sprintf("group %s, rule %s: %s", g.Name, r.Name, r.LastError))
			}
		}
	}
	wanted := 0
	for n := range rule.Spec.Groups {
		wanted += len(rule.Spec.Groups[n].Rules)
	}
	if rules >= wanted {
		e.loadedAnyway(i)
	}
	text := fmt.Sprintf("It has %d of %s, and %d fail.%s", rules, plural(wanted, "rule", "rules"), failing, alertWords(states))
	details = append(slices.Clone(failures), details...)
	if more := len(details) - 2*maxListed; more > 0 {
		details = append(details[:2*maxListed], fmt.Sprintf("and %d more", more))
	}
	switch {
	case failing > 0:
		e.no("rules", text, problem{stageScraped, fmt.Sprintf("%s cannot be evaluated: %s", plural(failing, "rule", "rules"), failures[0]), "correct the expression"}, details...)
	case rules < wanted:
		e.no("rules", text, problem{stageLoaded, fmt.Sprintf("%s has %d of the %d rules", i.Ref, rules, wanted), "wait a minute: it may not have loaded the last change yet"}, details...)
	default:
		e.yes("rules", text, details...)
		e.seen = fmt.Sprintf("evaluates %s without an error", plural(rules, "rule", "rules"))
	}
}

// alertWords counts the alerts by their state.
func alertWords(states map[string]int) string {
	var words []string
	for _, state := range []string{"firing", "pending", "inactive", "unknown"} {
		if n := states[state]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, state))
		}
	}
	if len(words) == 0 {
		return ""
	}
	return " Alerts: " + list(words, len(words)) + "."
}

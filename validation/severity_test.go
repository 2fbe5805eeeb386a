package validation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/labels"
)

func TestParseSeverity(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		want   Severity
		bad    bool
		reason string
	}{
		"Deny":      {text: "deny", want: Deny, reason: "one of the three words"},
		"Warn":      {text: "warn", want: Warn, reason: "one of the three words"},
		"Off":       {text: "off", want: Off, reason: "one of the three words"},
		"Empty":     {text: "", bad: true, reason: "an empty text is no severity: it would disable a denial"},
		"UpperCase": {text: "Deny", bad: true, reason: "the words are in lower case"},
		"Space":     {text: "deny ", bad: true, reason: "a word is not trimmed"},
		"Truth":     {text: "false", bad: true, reason: "YAML reads off as false if it is not quoted"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseSeverity(c.text)
			if (err != nil) != c.bad {
				t.Fatalf("error %v: %s", err, c.reason)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestPolicySeverity(t *testing.T) {
	selector := func(s string) labels.Selector {
		parsed, err := labels.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	override := func(s string, v Severity) Override {
		return Override{Namespaces: selector(s), Severities: map[string]Severity{"a": v}}
	}
	team := labels.Set{"team": "x", "env": "prod"}
	for name, c := range map[string]struct {
		policy    Policy
		declared  Severity
		namespace labels.Set
		want      Severity
		reason    string
	}{
		"Zero":             {Policy{}, Deny, team, Deny, "by default each check has its own severity"},
		"ZeroWarn":         {Policy{}, Warn, team, Warn, "by default each check has its own severity"},
		"ForAll":           {Policy{Severities: map[string]Severity{"a": Off}}, Deny, nil, Off, "the configuration overrides the severity of the check"},
		"OtherCheck":       {Policy{Severities: map[string]Severity{"b": Off}}, Deny, nil, Deny, "the severity of another check does not apply"},
		"Override":         {Policy{Severities: map[string]Severity{"a": Deny}, Overrides: []Override{override("team=x", Off)}}, Warn, team, Off, "an override takes precedence over the severity for all"},
		"OverrideNoMatch":  {Policy{Overrides: []Override{override("team=y", Off)}}, Deny, team, Deny, "the namespace is not selected"},
		"LastWins":         {Policy{Overrides: []Override{override("team=x", Off), override("env=prod", Warn)}}, Deny, team, Warn, "the last override that matches wins"},
		"LastMatchingWins": {Policy{Overrides: []Override{override("team=x", Off), override("env=dev", Warn)}}, Deny, team, Off, "an override that does not match does not win"},
		"LastNaming": {Policy{Overrides: []Override{override("team=x", Off), {Namespaces: selector("team=x"), Severities: map[string]Severity{"b": Warn}}}}, Deny, team, Off,
			"an override that does not name the check does not win"},
		"Unlabelled":       {Policy{Overrides: []Override{override("team=x", Off)}}, Deny, nil, Deny, "an unknown namespace has no labels"},
		"UnlabelledNot":    {Policy{Overrides: []Override{override("team!=x", Warn)}}, Deny, nil, Warn, "a selector may match objects without the label"},
		"Everything":       {Policy{Overrides: []Override{override("", Warn)}}, Deny, nil, Warn, "the empty selector matches every namespace"},
		"WarnOnly":         {Policy{WarnOnly: true}, Deny, team, Warn, "nothing is denied"},
		"WarnOnlyOff":      {Policy{WarnOnly: true, Severities: map[string]Severity{"a": Off}}, Deny, team, Off, "a check that is off stays off"},
		"WarnOnlyOverride": {Policy{WarnOnly: true, Overrides: []Override{override("team=x", Deny)}}, Warn, team, Warn, "not even an override denies"},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.policy.Severity(Info{ID: "a", Severity: c.declared}, c.namespace)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

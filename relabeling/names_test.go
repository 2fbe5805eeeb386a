package relabeling

import (
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/relabel"
)

func TestNames(t *testing.T) {
	legacy, old := Names{Scheme: model.LegacyValidation}, Names{Templates: OldTemplates}
	plain := Names{Scheme: model.LegacyValidation, Templates: PlainTemplates}
	for name, tc := range map[string]struct {
		names  Names
		action relabel.Action
		label  string
		want   bool
	}{
		"AnyName":                  {Names{}, relabel.Replace, "a.b", true},
		"NoName":                   {Names{}, relabel.LabelMap, "", false},
		"AnyTemplate":              {Names{}, relabel.Replace, "a.${1}", true},
		"LegacyName":               {legacy, relabel.Replace, "a_b", true},
		"LegacyDot":                {legacy, relabel.Lowercase, "a.b", false},
		"LegacyTemplate":           {legacy, relabel.Replace, "a_${1}", true},
		"LegacyTemplateOfLabelMap": {legacy, relabel.LabelMap, "$1", true},
		"NoTemplateForLowercase":   {legacy, relabel.Lowercase, "${1}", false},
		"OldDot":                   {old, relabel.Replace, "a.b", true},
		"OldTemplate":              {old, relabel.Replace, "a_${1}", true},
		"OldTemplateWithDot":       {old, relabel.Replace, "a.${1}", false},
		"OldLabelMap":              {old, relabel.LabelMap, "a.b", false},
		"OldHashMod":               {old, relabel.HashMod, "a.b", true},
		"PlainTemplate":            {plain, relabel.Replace, "a_${1}", false},
		"PlainLabelMap":            {plain, relabel.LabelMap, "$1", false},
		"PlainName":                {plain, relabel.KeepEqual, "a_b", true},
	} {
		if got := tc.names.Accept(tc.action, tc.label); got != tc.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

package rule

import (
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

// Kind is PrometheusRule with all its checks.
func Kind() validation.Kind { return kindWithin(defaultLimits) }

func kindWithin(l limits) validation.Kind {
	gvk := schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "PrometheusRule"}
	k := validation.NewKind(gvk, l.newFile, checks())
	k.OneTakes = true
	return k
}

// checks lists all checks of the kind: those that deny, then those that warn.
func checks() []validation.Check[*file] {
	return []validation.Check[*file]{
		ruleFileSize,
		controlCharacter,
		validation.Each(groupName, groups),
		groupRepeated,
		validation.Each(recordOrAlert, rules),
		validation.Each(recordName, rules),
		validation.Each(recordFields, rules),
		validation.Each(exprSyntax, rules),
		validation.Each(exprType, rules),
		validation.Each(part.Duration, durations),
		validation.Each(labelName, labelSets),
		validation.Each(annotationName, rules),
		validation.Each(templateSyntax, rules),

		part.NotSelected[*file](),
		validation.Each(noRules, groups),
		validation.Each(ruleRepeated, groups),
		validation.Each(groupInterval, groups),
		validation.Each(alertCondition, rules),
		validation.Each(functionVersion, rules),
		validation.Each(exprExperimental, rules),
		validation.Each(rateOfAggregate, rules),
		validation.Each(nameUTF8, rules),
		validation.Each(templateInRecord, rules),
		validation.Each(templateLabel, rules),
		validation.Each(templateQuery, rules),
		validation.Each(valueInLabel, rules),
	}
}

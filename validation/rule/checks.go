package rule

import (
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

// Kind returns PrometheusRule with all its checks.
func Kind() validation.Kind {
	gvk := schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "PrometheusRule"}
	k := validation.NewKind(gvk, newFile, ruleChecks())
	k.OneSuffices = true
	return k
}

// ruleChecks returns all checks of the kind: those that deny, then those that warn.
func ruleChecks() []validation.Check[*ruleFile] {
	checks := []validation.Check[*ruleFile]{
		ruleFileSize,
		controlCharacter,
		validation.Each(groupName, groupsOf),
		groupRepeated,
		validation.Each(recordOrAlert, rulesOf),
		validation.Each(recordName, rulesOf),
		validation.Each(recordFields, rulesOf),
		validation.Each(exprCost, rulesOf),
		validation.Each(exprSyntax, rulesOf),
		validation.Each(exprVersion, rulesOf),
		validation.Each(exprType, rulesOf),
		validation.Each(part.Duration, durationsOf),
		validation.Each(labelName, labelSetsOf),
		validation.Each(annotationName, rulesOf),
		validation.Each(templateSyntax, rulesOf),
		validation.Each(templateVersion, rulesOf),

		part.NotSelected[*ruleFile](),
		part.FieldTooNew(fieldsTooNew),
		validation.Each(noRules, groupsOf),
		validation.Each(ruleRepeated, groupsOf),
		recordRepeated,
		recordRemoved,
		recordElsewhere,
		rangeShort,
		validation.Each(groupInterval, groupsOf),
		validation.Each(forInterval, rulesOf),
		validation.Each(alertCondition, rulesOf),
		validation.Each(functionVersion, rulesOf),
		validation.Each(exprExperimental, rulesOf),
		validation.Each(rateOfAggregate, rulesOf),
		part.Placeholder(placeholdersLeft),
		validation.Each(matcherConflict, rulesOf),
		validation.Each(vectorMatch, rulesOf),
		validation.Each(absentLabels, rulesOf),
		validation.Each(groupingLabel, rulesOf),
		validation.Each(neverTrue, rulesOf),
		validation.Each(zeroDivision, rulesOf),
		validation.Each(bucketBound, rulesOf),
		validation.Each(namePattern, rulesOf),
		validation.Each(labelOverwritten, rulesOf),
		validation.Each(recordLabels, rulesOf),
		validation.Each(nameUTF8, rulesOf),
		validation.Each(templateInRecord, rulesOf),
		validation.Each(templateLabel, rulesOf),
		validation.Each(templateData, rulesOf),
		validation.Each(templateQuery, rulesOf),
		validation.Each(valueInLabel, rulesOf),
		part.NamespaceEnforced(namespaceEnforced),
	}
	for i, c := range checks {
		if c.ID != exprSyntax.ID {
			checks[i] = forPromQL(c)
		}
	}
	return checks
}

// fieldsTooNew returns the fields that the Prometheus or ThanosRuler is too old for.
func fieldsTooNew(f *ruleFile, s validation.Snapshot) []validation.Finding {
	if s.Judge == nil {
		return nil
	}
	found := s.Judge.Object(f.object).Ignored
	for i := range found {
		found[i].Subject = f.subjectAt(found[i].Path)
	}
	return found
}

// subjectAt returns the subject of the rule or group that a path leads into.
func (f *ruleFile) subjectAt(path fieldpath.Path) validation.Subject {
	for _, g := range f.groups {
		if !path.Within(g.at.Path) {
			continue
		}
		for _, r := range g.rules {
			if path.Within(r.at().Path) {
				return r.at().Subject
			}
		}
		return g.at.Subject
	}
	return nil
}

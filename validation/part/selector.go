package part

import (
	"fmt"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilvalidation "k8s.io/apimachinery/pkg/util/validation"

	"github.com/promgate/promgate/validation"
)

// A LabelSelector selects objects by their labels.
type LabelSelector struct {
	validation.Place
	metav1.LabelSelector

	// Lenient reports that the operator never parses the selector as a whole, and uses the
	// parts that it knows.
	Lenient bool

	// ByAPIServer reports that the API server selects by the labels themselves. Otherwise
	// relabelings do, by their meta labels.
	ByAPIServer bool
}

// SelectorCheck is the check selector.
var SelectorCheck = validation.Check[LabelSelector]{
	ID: "selector", Severity: validation.Deny, LeavesOut: true,
	Doc: validation.Doc{
		Title: "A label selector cannot be read",
		Text: `The API server stores any text in the selector of a monitor. The operator cannot read this
selector, and leaves the object out for good: nothing is ever scraped. A Prometheus with such a selector
is not configured any more, whatever else it selects.

- The operators are ` + "`In`, `NotIn`, `Exists` and `DoesNotExist`" + `, in exactly this spelling.
- ` + "`In` and `NotIn`" + ` need values; the other two must have none.
- Keys and values must be valid keys and values of labels.`,
		Since: "v0.1.0",
	},
	Run: func(s LabelSelector, _ validation.Snapshot) []validation.Finding {
		if s.Lenient {
			return nil
		}
		return s.unreadable("")
	},
}

// SelectorIgnored is the check selector-ignored.
var SelectorIgnored = validation.Check[LabelSelector]{
	ID: "selector-ignored", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A part of an Ingress selector cannot be read",
		Text: `The operator never parses the selector of a Probe's Ingresses as a whole. It writes relabelings
for the parts that it knows, and ignores the others: the Probe has other targets than intended.

- The operators are ` + "`In`, `NotIn`, `Exists` and `DoesNotExist`" + `, in exactly this spelling.
- ` + "`In` and `NotIn`" + ` need values; the other two must have none.
- Keys and values must be valid keys and values of labels.`,
		Since: "v0.1.0",
	},
	Run: func(s LabelSelector, _ validation.Snapshot) []validation.Finding {
		if !s.Lenient {
			return nil
		}
		return s.unreadable(" (the operator ignores or misreads this part)")
	},
}

// unreadable finds the parts that [metav1.LabelSelectorAsSelector] cannot read. That function
// reads each part by itself, so that they can be tried one by one.
func (s LabelSelector) unreadable(consequence string) []validation.Finding {
	var found []validation.Finding
	for _, key := range slices.Sorted(maps.Keys(s.MatchLabels)) {
		value := s.MatchLabels[key]
		part := metav1.LabelSelector{MatchLabels: map[string]string{key: value}}
		if _, err := metav1.LabelSelectorAsSelector(&part); err == nil {
			continue
		}
		at := s.At("matchLabels")
		at.Path = at.Path.Key(key)
		problem, fix := labelFault(key, value)
		found = append(found, at.Finding(problem+consequence, fix, validation.Key(key, value)))
	}
	for i, e := range s.MatchExpressions {
		if bad := slices.IndexFunc(e.Values, isNoLabelValue); bad >= 0 {
			e.Values = e.Values[bad : bad+1] // one is enough for the message; there may be thousands
		}
		part := metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{e}}
		if _, err := metav1.LabelSelectorAsSelector(&part); err == nil {
			continue
		}
		field, problem, fix := expressionFault(e)
		found = append(found, s.At("matchExpressions").Index(i).At(field).Finding(problem+consequence, fix,
			validation.Key(append([]string{e.Key, string(e.Operator)}, e.Values...)...)))
	}
	return found
}

// expressionFault returns the field of an expression that has a mistake, what is wrong with
// it and how to mend it.
func expressionFault(e metav1.LabelSelectorRequirement) (field, problem, fix string) {
	switch e.Operator {
	case metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn:
		if len(e.Values) == 0 {
			return "values", fmt.Sprintf("%s on %q needs values", e.Operator, e.Key), "add the values, or use Exists or DoesNotExist"
		}
	case metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist:
		if len(e.Values) > 0 {
			return "values", fmt.Sprintf("%s on %q cannot have values", e.Operator, e.Key), "remove the values, or use In or NotIn"
		}
	default:
		return "operator", fmt.Sprintf("%q is not a selector operator", e.Operator), "write In, NotIn, Exists or DoesNotExist"
	}
	if len(utilvalidation.IsQualifiedName(e.Key)) > 0 || len(e.Values) == 0 {
		problem, fix = labelFault(e.Key, "")
		return "key", problem, fix
	}
	problem, fix = labelFault(e.Key, e.Values[0])
	return "values", problem, fix
}

func isNoLabelValue(value string) bool { return len(utilvalidation.IsValidLabelValue(value)) > 0 }

// labelFault returns which of key and value no label can have, and how to mend it.
func labelFault(key, value string) (problem, fix string) {
	if len(utilvalidation.IsQualifiedName(key)) > 0 {
		return fmt.Sprintf("no label can have the key %q", key),
			"use at most 63 letters, digits, - _ . with a letter or digit at both ends, and optionally a DNS name and a slash before them"
	}
	return fmt.Sprintf("no label can have the value %q", value), "use at most 63 letters, digits, - _ . with a letter or digit at both ends"
}

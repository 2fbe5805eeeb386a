package judge

import (
	"errors"
	"fmt"
	"regexp"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// RuleFile judges the file that a PrometheusRule gives.
func (j *Judge) RuleFile(file promconfig.RuleFile, rule *monitoringv1.PrometheusRule) []validation.Finding {
	findings := rejections(file.Rejections)
	if len(findings) > 0 {
		return findings
	}
	_, errs := rulefmt.Parse(file.Content, false, j.names, parser.NewParser(j.g.PromQL()), promslog.NewNopLogger())
	for _, err := range errs {
		findings = append(findings, refused(rulePath(err, rule), ruleWords(err)))
	}
	return findings
}

func rulePath(err error, rule *monitoringv1.PrometheusRule) string {
	var e *rulefmt.Error
	if !errors.As(err, &e) {
		return "spec"
	}
	for i := range rule.Spec.Groups {
		if rule.Spec.Groups[i].Name != e.Group {
			continue
		}
		if e.Rule > 0 {
			return fmt.Sprintf("spec.groups[%d].rules[%d]", i, e.Rule-1)
		}
		return fmt.Sprintf("spec.groups[%d]", i)
	}
	return "spec"
}

// inRenderedFile is a position in a file that nobody has seen.
var inRenderedFile = regexp.MustCompile(`^\d+:\d+: `)

func ruleWords(err error) string {
	if e, ok := errors.AsType[*rulefmt.Error](err); ok {
		err = errors.New(inRenderedFile.ReplaceAllString(e.Err.Error(), ""))
	}
	return words(err)
}

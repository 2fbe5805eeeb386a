package judge

import (
	"errors"
	"regexp"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// RuleFile judges the file that a PrometheusRule renders to. A rejected file is not parsed:
// its expressions may take too long.
func (j *Judge) RuleFile(file promconfig.RuleFile, rule *monitoringv1.PrometheusRule) []validation.Finding {
	if len(file.Rejections) > 0 {
		return findings(mistakesOf(file.Rejections))
	}
	var mistakes []mistake
	_, errs := rulefmt.Parse(file.Content, false, j.names, parser.NewParser(j.g.PromQL()), promslog.NewNopLogger())
	for _, err := range errs {
		mistakes = append(mistakes, mistaken(rulePath(err, rule), ruleWords(err)))
	}
	return findings(mistakes)
}

func rulePath(err error, rule *monitoringv1.PrometheusRule) fieldpath.Path {
	var e *rulefmt.Error
	if !errors.As(err, &e) {
		return specPath
	}
	for i := range rule.Spec.Groups {
		if rule.Spec.Groups[i].Name != e.Group {
			continue
		}
		group := specPath.Field("groups").Index(i)
		if e.Rule > 0 {
			return group.Field("rules").Index(e.Rule - 1)
		}
		return group
	}
	return specPath
}

// inRenderedFile matches a position in the rendered file, which the user has never seen.
var inRenderedFile = regexp.MustCompile(`^\d+:\d+: `)

func ruleWords(err error) string {
	if e, ok := errors.AsType[*rulefmt.Error](err); ok {
		err = errors.New(inRenderedFile.ReplaceAllString(e.Err.Error(), ""))
	}
	return words(err)
}

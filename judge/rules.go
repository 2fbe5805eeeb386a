package judge

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/dialect"
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
	options := j.g.PromQL()
	if !j.anyClass {
		options = j.Snapshot().PromQL // which otherDialect restricts
	}
	promql := parser.NewParser(options)
	var mistakes []mistake
	_, errs := rulefmt.Parse(file.Content, false, j.names, promql, promslog.NewNopLogger())
	for _, err := range errs {
		mistakes = append(mistakes, mistaken(rulePath(err, rule), ruleWords(err)))
	}
	if len(mistakes) == 0 {
		mistakes = j.otherDialect(promql, rule)
	}
	return findings(mistakes)
}

// otherDialect returns the places of a PrometheusRule that the linked loader accepts and the
// Prometheus refuses, with its version and feature flags.
func (j *Judge) otherDialect(promql parser.Parser, rule *monitoringv1.PrometheusRule) []mistake {
	if j.anyClass {
		return nil
	}
	version, features := dialect.VersionOf(j.g.SemVer()), j.g.Features()
	var mistakes []mistake
	add := func(at fieldpath.Path, uses []dialect.Use) {
		for _, u := range dialect.Refused(uses, version, features) {
			mistakes = append(mistakes, mistaken(at, fmt.Sprintf("%s %s, and this one runs %s", u, u.Needs(), j.g.Version())))
		}
	}
	for i := range rule.Spec.Groups {
		for n := range rule.Spec.Groups[i].Rules {
			r := &rule.Spec.Groups[i].Rules[n]
			at := specPath.Field("groups").Index(i).Field("rules").Index(n)
			if text := r.Expr.String(); dialect.MayUse(text) {
				if expr, err := promql.ParseExpr(text); err == nil {
					add(at.Field("expr"), dialect.Uses(text, expr))
				}
			}
			if r.Alert == "" {
				continue // a record has no templates
			}
			for _, name := range slices.Sorted(maps.Keys(r.Labels)) {
				add(at.Field("labels").Key(name), dialect.TemplateUses(r.Labels[name]))
			}
			for _, name := range slices.Sorted(maps.Keys(r.Annotations)) {
				add(at.Field("annotations").Key(name), dialect.TemplateUses(r.Annotations[name]))
			}
		}
	}
	return mistakes
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

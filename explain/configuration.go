package explain

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// explainConfiguration is about what becomes of the object in the configuration of an instance that
// selects it.
func (e *explainer) explainConfiguration(i *instance) {
	switch i.Object.(type) {
	case *monitoringv1.ThanosRuler:
		e.explainRuler(i)
		return
	case *monitoringv1.Alertmanager:
		e.explainNotifying(i)
		return
	}
	result, unresolved, err := e.render(i)
	if err != nil {
		e.explainNoConfiguration(i, err)
		return
	}
	if len(unresolved) > 0 {
		e.explainUnresolved(i, result, unresolved)
		return
	}
	if left := leftOut(result, e.ref); left != nil {
		e.explainLeftOut(i, left.Findings)
		return
	}
	e.explainIncluded(i, result)
	i.harmful = e.harmful(i, result)
}

// render returns the configuration of an instance. If the object is not in it only because of Secrets
// and ConfigMaps that promgate does not know, it returns the configuration that there would be with
// them, and what is unresolved.
func (e *explainer) render(i *instance) (r *render.Result, unresolved []validation.Finding, err error) {
	r, err = render.Instance(e.model, i.Instance, e.model.Assets(), promconfig.AsInstalled(), e.Today)
	if err == nil {
		left := leftOut(r, e.ref)
		if left == nil {
			return r, nil, nil
		}
		unresolved = left.Findings
	} else if refused, ok := errors.AsType[*render.RefusedError](err); ok {
		unresolved = refused.Findings
	}
	if e.assetsUnread(i) == "" || len(unresolved) == 0 {
		return r, nil, err
	}
	resolved, failed := render.Instance(e.model, i.Instance, render.Unread{}, promconfig.AsInstalled(), e.Today)
	if failed != nil || leftOut(resolved, e.ref) != nil {
		return r, nil, err
	}
	return resolved, unresolved, nil
}

// explainLeftOut is about an object that cannot be used.
func (e *explainer) explainLeftOut(i *instance, found []validation.Finding) {
	rest := e.unsaid(found)
	if len(rest) == 0 {
		e.add(Step{ID: "included", Answer: No, Text: "It is not in the configuration, because of what the checks say."})
		return
	}
	e.add(Step{ID: "included", Answer: No, Text: "It is not in the configuration.", Findings: rest, problem: &problem{
		stageConfigured, fmt.Sprintf("%s cannot use it, because %s", i.Ref, problemOf(rest)), fixOf(rest),
	}})
}

func leftOut(r *render.Result, ref selection.Ref) *render.LeftOut {
	at := slices.IndexFunc(r.LeftOut, func(l render.LeftOut) bool {
		return l.Kind == ref.Kind && l.Namespace == ref.Namespace && l.Name == ref.Name
	})
	if at < 0 {
		return nil
	}
	return &r.LeftOut[at]
}

// explainNoConfiguration is about an instance that gets no configuration, whatever it selects.
func (e *explainer) explainNoConfiguration(i *instance, err error) {
	if refused, ok := errors.AsType[*render.RefusedError](err); ok {
		e.add(Step{ID: "included", Answer: No, Text: "Prometheus refuses its whole configuration, whatever it selects.", Findings: refused.Findings, problem: &problem{
			stageConfigured, fmt.Sprintf("Prometheus refuses the configuration of %s, because %s", i.Ref, problemOf(refused.Findings)), fixOf(refused.Findings),
		}})
		return
	}
	if errors.Is(err, promconfig.ErrUnmanaged) && e.ref.Kind == monitoringv1.PrometheusRuleKind {
		i.included, i.file = true, e.fileIn(i)
		e.unknown("included", "The operator writes its rules into "+e.fileWords(i)+". It leaves the configuration, which has to load them, to the user, because the Prometheus has no selector for monitors.")
		return
	}
	why := err.Error()
	if unrenderable, ok := errors.AsType[*render.UnrenderableError](err); ok {
		why = unrenderable.Err.Error()
	}
	e.no("included", "It has no configuration from the operator: "+why+".",
		problem{stageConfigured, "the operator generates no configuration for " + i.Ref.String() + ": " + why, "correct that object"})
}

// assetsUnread returns why not all Secrets and ConfigMaps are known that the object and an instance
// may refer to, or nothing.
func (e *explainer) assetsUnread(i *instance) string {
	if !e.Live {
		return "the files need not hold all Secrets and ConfigMaps"
	}
	for _, kind := range []string{selection.SecretKind, selection.ConfigMapKind} {
		for _, namespace := range []string{e.ref.Namespace, i.Ref.Namespace} {
			if why := e.unreadIn(kind, namespace); why != "" {
				return why
			}
		}
	}
	return ""
}

// explainUnresolved is about references that promgate cannot follow.
func (e *explainer) explainUnresolved(i *instance, r *render.Result, found []validation.Finding) {
	i.included, i.jobs = true, r.Jobs[e.ref]
	var details []string
	for _, f := range found {
		details = append(details, f.Path.String()+": "+f.Problem)
	}
	e.unknown("included", "It is in the configuration if all exists that is referred to, which is not known: "+e.assetsUnread(i)+".", details...)
}

func (e *explainer) explainIncluded(i *instance, r *render.Result) {
	i.included = true
	var details []string
	for _, ignored := range r.Ignored {
		if ignored.Kind == e.ref.Kind && ignored.Namespace == e.ref.Namespace && ignored.Name == e.ref.Name {
			details = append(details, fmt.Sprintf("the field %s has no effect: it %s", ignored.Field, ignored.Reason))
		}
	}
	if e.ref.Kind == monitoringv1.PrometheusRuleKind {
		i.file = ruleFile(r, e.object)
		e.yes("included", "Its rules are in the configuration: "+e.fileWords(i)+".", details...)
		return
	}
	i.jobs = r.Jobs[e.ref]
	if len(i.jobs) == 0 {
		i.included = false
		e.no("included", "It adds no job to the configuration.", problem{stageConfigured, "it describes nothing to scrape", "add endpoints or targets"}, details...)
		return
	}
	e.yes("included", fmt.Sprintf("It is in the configuration, as the %s %s.", verb(len(i.jobs), "job", "jobs"), list(i.jobs, maxListed)), details...)
	e.explainCredentials(r)
}

// maxListed is how many names of a kind are listed in a sentence.
const maxListed = 5

// ruleFile returns CONFIGMAP/FILE of a rule.
func ruleFile(r *render.Result, rule selection.Object) string {
	want := fmt.Sprintf("%s-%s-%s.yaml", rule.GetNamespace(), rule.GetName(), rule.GetUID())
	for name := range r.RuleFiles {
		if path.Base(name) == want {
			return strings.TrimPrefix(name, "rules/")
		}
	}
	return want
}

// explainCredentials is about credentials with which requests fail.
func (e *explainer) explainCredentials(r *render.Result) {
	for _, w := range r.Warnings {
		if w.Object != e.ref {
			continue
		}
		e.add(Step{ID: "credentials", Answer: No, Text: "Its credentials load, and requests with them fail.", Findings: w.Findings, problem: &problem{
			stageScraped, "scrapes fail, because " + problemOf(w.Findings), fixOf(w.Findings),
		}})
	}
}

// explainRuler is about a ThanosRuler, for which promgate generates no configuration.
func (e *explainer) explainRuler(i *instance) {
	reasons := e.reviewer.Explain(e.object, i.Snapshot(), nil)
	if len(reasons) > 0 {
		e.explainLeftOut(i, reasons)
		return
	}
	i.included = true
	i.file = e.fileIn(i)
	e.yes("included", "Its rules are in the configuration: "+e.fileWords(i)+".")
}

// fileIn returns the rule file in the ConfigMaps of an instance, of which the number is not known.
func (e *explainer) fileIn(i *instance) string {
	return fmt.Sprintf("%s-rulefiles-N/%s-%s-%s.yaml", resourceName(i), e.ref.Namespace, e.ref.Name, e.object.GetUID())
}

// fileWords names the ConfigMap and the file of a rule. An object that was read from a file has no uid
// yet, which is a part of the name.
func (e *explainer) fileWords(i *instance) string {
	file := path.Base(i.file)
	if e.object.GetUID() == "" {
		file = strings.TrimSuffix(file, ".yaml") + "UID.yaml"
	}
	return fmt.Sprintf("ConfigMap %s/%s, file %s", i.Ref.Namespace, path.Dir(i.file), file)
}

package explain

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

// explainOperator is about what the operator has done, as far as the cluster shows it.
func (e *explainer) explainOperator(i *instance) {
	e.explainBinding(i)
	e.explainConditions(i)
	written := Unknown
	if e.Live && i.included {
		written = e.explainWritten(i)
	}
	if !paused(i.Object) {
		return
	}
	if written == Yes {
		e.yes("acts", "spec.paused is true, but something other than the operator writes its configuration.")
		return
	}
	i.missing = true
	e.no("acts", "spec.paused is true: the operator does nothing for it.",
		problem{stageSelected, i.Ref.String() + " selects it, but spec.paused is true, so the operator does nothing for it", "set spec.paused to false"})
}

// paused reports whether an instance is paused.
func paused(object selection.Object) bool {
	switch o := object.(type) {
	case *monitoringv1.Prometheus:
		return o.Spec.Paused
	case *monitoringv1alpha1.PrometheusAgent:
		return o.Spec.Paused
	case *monitoringv1.ThanosRuler:
		return o.Spec.Paused
	case *monitoringv1.Alertmanager:
		return o.Spec.Paused
	}
	return false
}

// bound is implemented by the objects in whose status the operator writes which instances accepted
// them.
type bound interface {
	Bindings() []monitoringv1.WorkloadBinding
}

// explainBinding is about what the operator says of the object in its status. It says nothing without
// the feature gate StatusForConfigurationResources.
func (e *explainer) explainBinding(i *instance) {
	o, ok := e.object.(bound)
	if !ok {
		return
	}
	for _, b := range o.Bindings() {
		if b.Namespace != i.Ref.Namespace || b.Name != i.Ref.Name || b.Resource != strings.TrimSuffix(resourceOf(i.Ref.Kind), "."+b.Group) {
			continue
		}
		for _, c := range b.Conditions {
			if c.Type == monitoringv1.Accepted {
				e.explainAccepted(i, c)
			}
		}
	}
}

func (e *explainer) explainAccepted(i *instance, c monitoringv1.ConfigResourceCondition) {
	said := strings.TrimSpace(strings.Join([]string{c.Reason, c.Message}, ": "))
	switch {
	case c.ObservedGeneration != 0 && c.ObservedGeneration < e.object.GetGeneration():
		e.unknown("operator-accepted", "The operator has not looked at its last change yet.")
	case c.Status == monitoringv1.ConditionTrue:
		e.yes("operator-accepted", "The operator accepted it, as the status says.")
	default:
		i.missing = true
		e.no("operator-accepted", "The operator did not accept it: "+said+".",
			problem{stageConfigured, "the operator leaves it out of " + i.Ref.String() + ": " + said, "correct the object"})
	}
}

// explainConditions is about the state of the instance itself.
func (e *explainer) explainConditions(i *instance) {
	for _, c := range conditionsOf(i.Object) {
		said := strings.Trim(c.Reason+": "+c.Message, ": ")
		switch {
		case c.Type == monitoringv1.Reconciled && c.Status == monitoringv1.ConditionFalse:
			e.no("reconciled", "The operator could not reconcile it: "+said+".",
				problem{stageWritten, "the operator could not reconcile " + i.Ref.String() + ": " + said, "correct that first"})
		case c.Type == monitoringv1.Available && c.Status == monitoringv1.ConditionFalse:
			e.no("available", "None of its pods is ready: "+said+".",
				problem{stageLoaded, "no pod of " + i.Ref.String() + " is ready: " + said, "see why its pods do not start"})
		}
	}
}

func conditionsOf(object selection.Object) []monitoringv1.Condition {
	switch o := object.(type) {
	case *monitoringv1.Prometheus:
		return o.Status.Conditions
	case *monitoringv1alpha1.PrometheusAgent:
		return o.Status.Conditions
	case *monitoringv1.ThanosRuler:
		return o.Status.Conditions
	case *monitoringv1.Alertmanager:
		return o.Status.Conditions
	}
	return nil
}

// resourceName returns the name that the operator's objects for an instance have or begin with.
func resourceName(i *instance) string { return promconfig.ResourceName(i.Ref.Kind, i.Ref.Name) }

// explainWritten is about whether the operator has written what promgate expects it to write.
func (e *explainer) explainWritten(i *instance) Answer {
	if e.ref.Kind == monitoringv1.PrometheusRuleKind {
		return e.explainRuleFile(i)
	}
	if i.Ref.Kind == monitoringv1.AlertmanagersKind {
		return e.explainGenerated(i)
	}
	text, answer := e.writtenIn(i, resourceName(i), "prometheus.yaml.gz")
	if answer != Yes {
		return answer
	}
	name := resourceName(i)
	for _, job := range i.jobs {
		if !bytes.Contains(text, []byte("\n- job_name: "+job+"\n")) {
			e.notWritten(i, fmt.Sprintf("Secret %s/%s, which the operator writes, does not have the job %s.", i.Ref.Namespace, name, job))
			return No
		}
	}
	e.yes("written", fmt.Sprintf("The operator has written it into Secret %s/%s.", i.Ref.Namespace, name))
	return Yes
}

// writtenIn returns the configuration in a Secret of the operator, if it is there and can be read.
func (e *explainer) writtenIn(i *instance, name, key string) (text []byte, answer Answer) {
	if why := e.unreadIn(selection.SecretKind, i.Ref.Namespace); why != "" {
		e.unknown("written", fmt.Sprintf("Whether the operator has written it into Secret %s/%s is not known: %s.", i.Ref.Namespace, name, why))
		return nil, Unknown
	}
	secret, ok := e.model.Object(selection.Ref{Kind: selection.SecretKind, Namespace: i.Ref.Namespace, Name: name}).(*corev1.Secret)
	if !ok {
		e.notWritten(i, fmt.Sprintf("There is no Secret %s/%s: the operator has written no configuration.", i.Ref.Namespace, name))
		return nil, No
	}
	text, err := unzip(secret.Data[key])
	if err != nil {
		e.unknown("written", fmt.Sprintf("The configuration in Secret %s/%s cannot be read: %v.", i.Ref.Namespace, name, err))
		return nil, Unknown
	}
	return text, Yes
}

// maxConfiguration is the size of a configuration that is read, which a Secret cannot exceed by much.
const maxConfiguration = 512 << 20

func unzip(data []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, maxConfiguration))
}

// explainRuleFile looks for the rule file in all ConfigMaps of the instance: the operator may
// distribute the files in another way.
func (e *explainer) explainRuleFile(i *instance) Answer {
	if why := e.unreadIn(selection.ConfigMapKind, i.Ref.Namespace); why != "" {
		e.unknown("written", "Whether the operator has written the rule file is not known: "+why+".")
		return Unknown
	}
	_, file, _ := strings.Cut(i.file, "/")
	prefix := resourceName(i) + "-rulefiles-"
	for _, ref := range e.model.Refs(selection.ConfigMapKind) {
		configMap, ok := e.model.Object(ref).(*corev1.ConfigMap)
		if !ok || ref.Namespace != i.Ref.Namespace || !strings.HasPrefix(ref.Name, prefix) {
			continue
		}
		if _, ok := configMap.Data[file]; ok {
			e.yes("written", "The operator has written it into ConfigMap "+ref.Path()+".")
			return Yes
		}
	}
	e.notWritten(i, fmt.Sprintf("No ConfigMap %s/%sN, which the operator writes, has the file %s.", i.Ref.Namespace, prefix, file))
	return No
}

func (e *explainer) notWritten(i *instance, text string) {
	i.missing = true
	e.no("written", text, problem{
		stageWritten, "the operator has not written it into the configuration of " + i.Ref.String(),
		"see the log of the operator, and the Events of both objects; it may not run, or its flags may exclude the namespace",
	})
	i.unwritten = len(e.steps)
}

// loadedAnyway takes back that the operator has not written the object: Prometheus has it, so that its
// configuration comes from elsewhere, such as promgate reconcile --config-dir.
func (e *explainer) loadedAnyway(i *instance) {
	if i.unwritten > 0 {
		e.steps[i.unwritten-1].problem = nil
		i.missing, i.unwritten = false, 0
	}
}

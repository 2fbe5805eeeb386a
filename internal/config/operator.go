package config

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/promgate/promgate/selection"
)

// Operator holds the values of the operator's flags that limit its scope. An omitted key means that
// the flag is not set.
type Operator struct {
	// Namespaces is --namespaces, DenyNamespaces --deny-namespaces.
	Namespaces     []string `json:"namespaces,omitempty"`
	DenyNamespaces []string `json:"denyNamespaces,omitempty"`

	// PrometheusInstanceNamespaces is --prometheus-instance-namespaces, and so on.
	PrometheusInstanceNamespaces   []string `json:"prometheusInstanceNamespaces,omitempty"`
	ThanosRulerInstanceNamespaces  []string `json:"thanosRulerInstanceNamespaces,omitempty"`
	AlertmanagerInstanceNamespaces []string `json:"alertmanagerInstanceNamespaces,omitempty"`

	// AlertmanagerConfigNamespaces is --alertmanager-config-namespaces.
	AlertmanagerConfigNamespaces []string `json:"alertmanagerConfigNamespaces,omitempty"`

	// PrometheusInstanceSelector is --prometheus-instance-selector, and so on, in the notation of
	// the flag.
	PrometheusInstanceSelector   string `json:"prometheusInstanceSelector,omitempty"`
	ThanosRulerInstanceSelector  string `json:"thanosRulerInstanceSelector,omitempty"`
	AlertmanagerInstanceSelector string `json:"alertmanagerInstanceSelector,omitempty"`

	// ControllerID is --controller-id.
	ControllerID string `json:"controllerID,omitempty"`
}

func (o *Operator) validate() []error {
	var wrong []error
	if len(o.Namespaces) > 0 && len(o.DenyNamespaces) > 0 {
		wrong = append(wrong, errors.New("operator.namespaces and operator.denyNamespaces exclude each other, as the operator's flags do"))
	}
	for _, list := range []struct {
		key        string
		namespaces []string
	}{
		{"namespaces", o.Namespaces},
		{"denyNamespaces", o.DenyNamespaces},
		{"prometheusInstanceNamespaces", o.PrometheusInstanceNamespaces},
		{"thanosRulerInstanceNamespaces", o.ThanosRulerInstanceNamespaces},
		{"alertmanagerInstanceNamespaces", o.AlertmanagerInstanceNamespaces},
		{"alertmanagerConfigNamespaces", o.AlertmanagerConfigNamespaces},
	} {
		for i, namespace := range list.namespaces {
			for _, problem := range validation.ValidateNamespaceName(namespace, false) {
				wrong = append(wrong, fmt.Errorf("operator.%s[%d]: %q is not a namespace: %s", list.key, i, namespace, problem))
			}
		}
	}
	for _, selector := range [][2]string{
		{"prometheusInstanceSelector", o.PrometheusInstanceSelector},
		{"thanosRulerInstanceSelector", o.ThanosRulerInstanceSelector},
		{"alertmanagerInstanceSelector", o.AlertmanagerInstanceSelector},
	} {
		if _, err := labels.Parse(selector[1]); err != nil {
			wrong = append(wrong, fmt.Errorf("operator.%s: %w", selector[0], err))
		}
	}
	return wrong
}

// OperatorScope returns the scope of the operator, or nil if the configuration does not set it.
func (c *Configuration) OperatorScope() *selection.Operator {
	o := c.Operator
	if o == nil {
		return nil
	}
	return &selection.Operator{
		Namespaces: o.Namespaces, DenyNamespaces: o.DenyNamespaces,
		PrometheusInstanceNamespaces: o.PrometheusInstanceNamespaces, ThanosRulerInstanceNamespaces: o.ThanosRulerInstanceNamespaces,
		AlertmanagerInstanceNamespaces: o.AlertmanagerInstanceNamespaces, AlertmanagerConfigNamespaces: o.AlertmanagerConfigNamespaces,
		PrometheusInstanceSelector: parsedSelector(o.PrometheusInstanceSelector), ThanosRulerInstanceSelector: parsedSelector(o.ThanosRulerInstanceSelector),
		AlertmanagerInstanceSelector: parsedSelector(o.AlertmanagerInstanceSelector),
		ControllerID:                 o.ControllerID,
	}
}

// parsedSelector returns nil for a selector that Parse has rejected.
func parsedSelector(selector string) labels.Selector {
	s, err := labels.Parse(selector)
	if err != nil {
		return nil
	}
	return s
}

package relabeling

import (
	"errors"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/relabel"
)

var errUnknownAction = errors.New("no such action")

// Configs returns relabelings as Prometheus holds them, to be applied with
// [relabel.ProcessBuilder]. Label names may have any characters. It is an error if Prometheus
// refuses one of them, or if a regular expression is too long to be compiled here.
func Configs(list []monitoringv1.RelabelConfig) ([]*relabel.Config, error) {
	configs := make([]*relabel.Config, len(list))
	for i := range list {
		c, err := configOf(&list[i])
		if err != nil {
			return nil, fmt.Errorf("relabeling %d: %w", i, err)
		}
		configs[i] = c
	}
	return configs, nil
}

func configOf(r *monitoringv1.RelabelConfig) (*relabel.Config, error) {
	action, known := ActionOf(r)
	if !known {
		return nil, errUnknownAction
	}
	c := &relabel.Config{
		Action: action, Separator: SeparatorOf(r), Regex: relabel.DefaultRelabelConfig.Regex,
		TargetLabel: r.TargetLabel, Replacement: ReplacementOf(r),
	}
	for _, l := range r.SourceLabels {
		c.SourceLabels = append(c.SourceLabels, model.LabelName(l))
	}
	if r.Modulus > 0 {
		c.Modulus = uint64(r.Modulus)
	}
	if r.Regex != "" {
		re, err := CompileRegex(r.Regex)
		if err != nil {
			return nil, err
		}
		c.Regex = re
	}
	if err := c.Validate(model.UTF8Validation); err != nil {
		return nil, fmt.Errorf("checking a relabeling: %w", err)
	}
	return c, nil
}

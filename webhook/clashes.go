package webhook

import (
	"context"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"sigs.k8s.io/json"

	"github.com/promgate/promgate/validation"
)

// clashes are those of a monitor with others that are known. An object that cannot be
// read has none: another check says why.
func (v *validator) clashes(kind string, raw []byte) []validation.Clash {
	if v.prometheuses == nil {
		return nil
	}
	object := monitorOf(kind)
	if object == nil || json.UnmarshalCaseSensitivePreserveInts(raw, object) != nil {
		return nil
	}
	return v.prometheuses.Clashes(object)
}

func monitorOf(kind string) any {
	switch kind {
	case monitoringv1.ServiceMonitorsKind:
		return &monitoringv1.ServiceMonitor{}
	case monitoringv1.PodMonitorsKind:
		return &monitoringv1.PodMonitor{}
	case monitoringv1.ProbesKind:
		return &monitoringv1.Probe{}
	case monitoringv1alpha1.ScrapeConfigsKind:
		return &monitoringv1alpha1.ScrapeConfig{}
	}
	return nil
}

// maxConfirmations is how many rivals are asked for, until one is as it is known.
const maxConfirmations = 5

// confirmed leaves out denials over a rival that is gone, going or changed by now: what
// is known of the cluster may be some moments old, and a refusal has to be right. One
// that holds is enough. That is the only time that promgate asks the API server while an
// object waits.
func (v *validator) confirmed(ctx context.Context, r *candidate, found []validation.Finding) []validation.Finding {
	asked, certain := map[validation.Rival]bool{}, false
	holds := func(rival validation.Rival) bool {
		held, known := asked[rival]
		switch {
		case known:
			return held
		case certain:
			return true
		case len(asked) == maxConfirmations:
			return false
		}
		live, err := v.live.Monitor(ctx, rival.Kind, rival.Namespace, rival.Name)
		if err != nil {
			v.logger.Warn("could not confirm a duplicate job", "rival", rival.String(), "error", err)
		}
		certain = err == nil && live != nil && v.prometheuses.Holds(live)
		asked[rival] = certain
		return certain
	}
	var rest []validation.Finding
	for _, f := range found {
		if f.Check != validation.DuplicateJob || f.Severity != validation.Deny {
			rest = append(rest, f)
			continue
		}
		if rival, ok := rivalOf(f, r.taking); !ok || holds(rival) {
			rest = append(rest, f)
		}
	}
	return rest
}

// rivalOf is the rival that a finding is about: its content key ends with it.
func rivalOf(f validation.Finding, taking []validation.Snapshot) (validation.Rival, bool) {
	for _, s := range taking {
		for _, c := range s.Clashes {
			if strings.HasSuffix(f.Key, validation.Key("", c.Rival.String())) {
				return c.Rival, true
			}
		}
	}
	return validation.Rival{}, false
}

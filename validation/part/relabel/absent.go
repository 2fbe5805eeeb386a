package relabel

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/relabeling"
)

// known returns what is certain before the first relabeling of the list: behind the relabelings
// of the operator and of the scrape class.
func (r Relabelings) known() *relabeling.Known {
	if r.ClassUnknown {
		return &relabeling.Known{}
	}
	k := &relabeling.Known{Absent: isLostLabel}
	if !r.Metric {
		k.Absent = func(name string) bool { return r.Origin.lacks(name, false) }
		k.Values = r.Origin.Values
	}
	preceding := r.Preceding()
	for i := range preceding {
		k.Apply(&preceding[i])
	}
	return k
}

// isLostLabel reports whether a label of targets never is a label of samples: Prometheus gives
// samples no label of their target that begins with __ (v0.316, Target.LabelsRange). Other names
// with __ may come from relabelings of samples.
func isLostLabel(name string) bool {
	if strings.HasPrefix(name, model.MetaLabelPrefix) || strings.HasPrefix(name, model.ParamLabelPrefix) {
		return true
	}
	return slices.Contains([]string{
		model.AddressLabel, model.SchemeLabel, model.MetricsPathLabel, model.ScrapeIntervalLabel, model.ScrapeTimeoutLabel,
	}, name)
}

// whyAbsent returns why nothing that goes through the list has a label, and how to mend a
// relabeling that reads it. With prefix it is about all labels whose names begin so. Why is empty
// if something may have the label.
func (r Relabelings) whyAbsent(name string, prefix bool) (why, fix string) {
	switch {
	case r.ClassUnknown:
		return "", ""
	case r.Metric:
		return whyLost(name)
	case !r.Origin.lacks(name, prefix):
		return "", ""
	case name == model.MetricNameLabel:
		return "which samples have and targets do not", "move the relabeling to metricRelabelings, which samples go through"
	case strings.HasPrefix(name, kubernetesPrefix+"endpoint") && len(r.Origin.Sources) == 1 && r.Origin.Sources[0].isEndpoints():
		return fmt.Sprintf("which no target has here: this Prometheus finds them with the role %s (serviceDiscoveryRole)", r.Origin.Sources[0].Role), r.Origin.instead(name)
	case r.Origin.withNodes().lacks(name, prefix):
		return fmt.Sprintf("which no target of this %s has", r.Origin.Kind), r.Origin.instead(name)
	}
	return "which targets have only if the metadata of their node is attached", "set attachMetadata to {node: true}"
}

func whyLost(name string) (why, fix string) {
	if !isLostLabel(name) {
		return "", ""
	}
	why = "which no sample has, since labels that begin with __ stay with the target"
	if strings.HasPrefix(name, model.MetaLabelPrefix) {
		return why, "set a label from it in relabelings, and each sample of the target gets that label"
	}
	return why, "move the relabeling to relabelings, which targets go through"
}

func (s Source) isEndpoints() bool { return s.Role == RoleEndpoints || s.Role == RoleEndpointSlice }

// withNodes returns the origin as it were with attachMetadata.
func (o Origin) withNodes() Origin {
	o.Sources = slices.Clone(o.Sources)
	for i, s := range o.Sources {
		o.Sources[i].Nodes = s.Role == RolePod || s.isEndpoints()
	}
	return o
}

// instead says which label may be meant.
func (o Origin) instead(name string) string {
	what, rest, _ := strings.Cut(strings.TrimPrefix(name, kubernetesPrefix), "_")
	others, shared := []string{"pod", "service", "ingress"}, ofObjects
	if strings.HasPrefix(what, "endpoint") {
		others, shared = []string{"endpoint", "endpointslice"}, ofEndpoints
	}
	for _, other := range others {
		candidate := kubernetesPrefix + other + "_" + rest
		if other != what && shared(rest) && !o.lacks(candidate, false) {
			return "read " + candidate + ", or another label that they have"
		}
	}
	return "read a label that they have"
}

// ofObjects reports whether all kinds of objects have a label with this end of its name.
func ofObjects(name string) bool {
	return name == "name" || strings.HasPrefix(name, "label_") || strings.HasPrefix(name, "annotation_")
}

// ofEndpoints reports whether Endpoints and EndpointSlices have a label with this end of its name.
func ofEndpoints(name string) bool {
	return slices.Contains([]string{"port_name", "port_protocol", "address_target_kind", "address_target_name"}, name)
}

package alertmanager

import (
	"fmt"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/promconfig"
)

func (g *Generator) knowsTimeIntervals() bool {
	return g.Has(since.AlertmanagerKey("config", "mute_time_intervals"))
}

// names are the receivers and time intervals of an object, which its routes may refer to.
type names struct{ receivers, intervals map[string]bool }

// checkNames checks that names are unique, and that routes refer to what is there, as the operator does
// (pkg/alertmanager/validation/v1alpha1).
func (s *section) checkNames(spec *monitoringv1alpha1.AlertmanagerConfigSpec) {
	n := names{receivers: map[string]bool{}, intervals: map[string]bool{}}
	for i, r := range spec.Receivers {
		if n.receivers[r.Name] {
			s.w.rejectf(s.field.Field("receivers").Index(i).Field("name"), "there is another receiver with the name %q", r.Name)
		}
		n.receivers[r.Name] = true
	}
	for _, t := range spec.MuteTimeIntervals {
		n.intervals[t.Name] = true
	}
	if spec.Route != nil {
		if spec.Route.Receiver == "" {
			s.w.rejectf(s.field.Field("route", "receiver"), "the first route names no receiver")
		}
		s.w.checkRoute(s.field.Field("route"), spec.Route, n)
	}
}

func (w *writer) checkRoute(at fieldpath.Path, r *monitoringv1alpha1.Route, n names) {
	if r.Receiver != "" && !n.receivers[r.Receiver] {
		w.dangling = true
		w.refusef(at.Field("receiver"), "the object has no receiver %q", r.Receiver)
	}
	grouped := map[string]bool{}
	for i, label := range r.GroupBy {
		if grouped[label] {
			w.rejectf(at.Field("groupBy").Index(i), "the label %q is there twice", label)
		}
		grouped[label] = true
	}
	if grouped["..."] && len(r.GroupBy) > 1 {
		w.rejectf(at.Field("groupBy"), "... stands for all labels, so that no other may be there")
	}
	w.checkIntervals(at.Field("muteTimeIntervals"), r.MuteTimeIntervals, n)
	w.checkIntervals(at.Field("activeTimeIntervals"), r.ActiveTimeIntervals, n)
	for i := range r.Routes {
		one := monitoringv1alpha1.Route{Routes: r.Routes[i : i+1]}
		if decoded, err := one.ChildRoutes(); err == nil {
			w.checkRoute(at.Field("routes").Index(i), &decoded[0], n)
		}
	}
}

func (w *writer) checkIntervals(at fieldpath.Path, used []string, n names) {
	for i, name := range used {
		if !n.intervals[name] {
			w.dangling = true
			w.refusef(at.Index(i), "the object has no time interval %q", name)
		}
	}
}

func (w *writer) refusef(field fieldpath.Path, format string, args ...any) {
	w.refused = append(w.refused, promconfig.Rejection{Field: field, Reason: fmt.Sprintf(format, args...)})
}

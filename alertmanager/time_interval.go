package alertmanager

import (
	"fmt"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/alertmanager/timeinterval"
	"go.yaml.in/yaml/v2"
)

// timeIntervals writes the named time intervals.
func (s *section) timeIntervals(intervals []monitoringv1alpha1.MuteTimeInterval) {
	list(s, "mute_time_intervals", "muteTimeIntervals", intervals, (*section).timeInterval)
	if f := len(s.fields) - 1; f >= 0 && s.fields[f].Key == "mute_time_intervals" && !s.w.g.knowsTimeIntervals() {
		s.fields = s.fields[:f] // what refers to them is omitted as well
	}
}

// timeInterval writes a named time interval. One without times gets no name from the operator, and Alertmanager
// refuses it then.
func (s *section) timeInterval(t *monitoringv1alpha1.MuteTimeInterval) {
	name := ""
	intervals := []timeinterval.TimeInterval{}
	for i := range t.TimeIntervals {
		name = s.w.prefixed(t.Name)
		one := &section{w: s.w, field: s.field.Field("timeIntervals").Index(i)}
		intervals = append(intervals, one.ranges(&t.TimeIntervals[i]))
	}
	if t.Name == "" {
		s.w.rejectf(s.field.Field("name"), "the time interval has no name")
	}
	if len(t.TimeIntervals) == 0 && s.w.g.knowsTimeIntervals() {
		s.w.refusef(s.field, "it has no times in timeIntervals; the operator gives it no name then, and Alertmanager refuses its configuration")
	}
	s.fields = append(s.fields, yaml.MapItem{Key: "name", Value: name})
	s.source(s.key.Field("name"), s.field)
	s.put("time_intervals", "timeIntervals", intervals)
}

// ranges reads one time interval with the operator's own code.
func (s *section) ranges(t *monitoringv1alpha1.TimeInterval) timeinterval.TimeInterval {
	var out timeinterval.TimeInterval
	for i, r := range t.Times {
		if parsed := s.parsed("times", i, r.Parse); parsed != nil {
			out.Times = append(out.Times, timeinterval.TimeRange{StartMinute: parsed.Start, EndMinute: parsed.End})
		}
	}
	for i, r := range t.Weekdays {
		if parsed := s.parsed("weekdays", i, r.Parse); parsed != nil {
			out.Weekdays = append(out.Weekdays, timeinterval.WeekdayRange{InclusiveRange: inclusive(parsed)})
		}
	}
	for i, r := range t.DaysOfMonth {
		s.w.reject(s.field.Field("daysOfMonth").Index(i), r.Validate())
		out.DaysOfMonth = append(out.DaysOfMonth, timeinterval.DayOfMonthRange{InclusiveRange: timeinterval.InclusiveRange{Begin: r.Start, End: r.End}})
	}
	for i, r := range t.Months {
		if parsed := s.parsed("months", i, r.Parse); parsed != nil {
			out.Months = append(out.Months, timeinterval.MonthRange{InclusiveRange: inclusive(parsed)})
		}
	}
	for i, r := range t.Years {
		if parsed := s.parsed("years", i, r.Parse); parsed != nil {
			out.Years = append(out.Years, timeinterval.YearRange{InclusiveRange: inclusive(parsed)})
		}
	}
	return out
}

func inclusive(r *monitoringv1alpha1.ParsedRange) timeinterval.InclusiveRange {
	return timeinterval.InclusiveRange{Begin: r.Start, End: r.End}
}

// parsed reads a range, and rejects the object for one that cannot be read.
func (s *section) parsed(field string, i int, parse func() (*monitoringv1alpha1.ParsedRange, error)) *monitoringv1alpha1.ParsedRange {
	r, err := parse()
	if err != nil {
		s.w.reject(s.field.Field(field).Index(i), fmt.Errorf("is no range that the operator can read: %w", err))
	}
	return r
}

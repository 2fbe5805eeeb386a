package monitor

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

// Bounds are the limits of a scrape and of its samples. Each kind has them once for all of its
// scrapes, under the same names.
type Bounds struct {
	validation.Place

	SampleLimit, TargetLimit, LabelLimit        *int64
	LabelNameLengthLimit, LabelValueLengthLimit *int64
	KeepDroppedTargets, BucketLimit             *int64

	// BodySize is nil for a Probe, which has no such field.
	BodySize *monitoringv1.ByteSize

	Protocols []monitoringv1.ScrapeProtocol
	Fallback  *monitoringv1.ScrapeProtocol
}

// boundsOf walks to the bounds.
func boundsOf(o *Object) []Bounds { return []Bounds{o.Bounds} }

// A numericLimit is one of the numbers. The operator writes it for a Prometheus that has the feature.
type numericLimit struct {
	name  string
	since *since.Feature
	value *int64
}

func (b Bounds) limits() []numericLimit {
	return []numericLimit{
		{"sampleLimit", nil, b.SampleLimit},
		{"targetLimit", since.TargetLimit, b.TargetLimit},
		{"labelLimit", since.LabelLimits, b.LabelLimit},
		{"labelNameLengthLimit", since.LabelLimits, b.LabelNameLengthLimit},
		{"labelValueLengthLimit", since.LabelLimits, b.LabelValueLengthLimit},
		{"keepDroppedTargets", since.KeepDroppedTargets, b.KeepDroppedTargets},
		{"nativeHistogramBucketLimit", since.NativeHistogramBucketLimit, b.BucketLimit},
	}
}

// NameSchemes are the rules of a ScrapeConfig for the names of metrics and labels.
type NameSchemes struct {
	Validation, Escaping validation.Text
}

// CopiedLabels returns the entries of a list of labels that the targets get from their
// Services or Pods.
func CopiedLabels(at validation.Place, labels []string) []validation.Text {
	list := make([]validation.Text, len(labels))
	for i, l := range labels {
		list[i] = validation.Text{Place: at.Index(i), Value: l}
	}
	return list
}

// copiedLabelsOf walks to the names of labels that targets get from their Services and Pods.
func copiedLabelsOf(o *Object) []validation.Text { return o.CopiedLabels }

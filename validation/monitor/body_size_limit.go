package monitor

import (
	"fmt"
	"strings"

	"github.com/alecthomas/units"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

var bodySizeLimit = validation.Check[Bounds]{
	ID: "body-size-limit", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "Prometheus cannot read a size limit",
		Text: `A size is a number and a unit: ` + "`100B`, `64KB`, `1.5MiB`, `2GB`" + `. ` + "`KB` and `KiB`" + ` are the same, 1024
bytes. A size of eight exbibytes or more does not fit.

The CRD accepts every text that ends in a size. Prometheus refuses its whole configuration.`,
		Since: "v0.1.0",
	},
	Run: func(b Bounds, s validation.Snapshot) []validation.Finding {
		// prometheus-operator v0.93.0 writes the field from 2.28 on, if it is not empty.
		if b.BodySize == nil || *b.BodySize == "" || !s.Prometheus.Has(since.BodySizeLimit) {
			return nil
		}
		size := string(*b.BodySize)
		_, err := units.ParseBase2Bytes(size)
		if err == nil {
			return nil
		}
		problem := fmt.Sprintf("%q is not a size that Prometheus can read", size)
		if strings.Contains(err.Error(), "overflow") {
			problem = fmt.Sprintf("%q is larger than Prometheus can hold, which is 8EB", size)
		}
		return []validation.Finding{b.At("bodySizeLimit").Finding(problem, "write a number and a unit (B, KB, MB, GB), such as 10MB", size)}
	},
}

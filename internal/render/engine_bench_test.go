package render

import (
	"fmt"
	"testing"

	"github.com/promgate/promgate/selection"
)

// BenchmarkOneOfMany measures the time from the change of one monitor, among 10,000 others that
// stay unchanged, to bytes that are ready to be written.
func BenchmarkOneOfMany(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			e := engine(prometheus())
			for i := range n {
				e.Put(monitor("shop", fmt.Sprintf("m-%d", i), fmt.Sprintf("app-%d", i), 0))
			}
			rendered(b, e)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				m := monitor("shop", "m-7", "app-7", 0)
				m.Spec.Endpoints[0].Path = fmt.Sprintf("/metrics/%d", i)
				e.Put(m)
				if len(rendered(b, e).Gzip()) == 0 {
					b.Fatal("nothing")
				}
			}
		})
	}
}

// BenchmarkAll measures the same for all monitors, as at the start.
func BenchmarkAll(b *testing.B) {
	var objects []selection.Object
	for i := range 10_000 {
		objects = append(objects, monitor("shop", fmt.Sprintf("m-%d", i), fmt.Sprintf("app-%d", i), 0))
	}
	b.ReportAllocs()
	for b.Loop() {
		rendered(b, engine(append(objects, prometheus())...)).Gzip()
	}
}

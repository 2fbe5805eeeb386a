package main

import (
	"context"
	"io"
	"runtime"
	"time"

	"github.com/prometheus-operator/prometheus-operator/pkg/operator"
)

// measure repeatedly generates the configuration, from the objects to the compressed bytes of the
// Secret, as the operator does at each change of any object.
func measure(ctx context.Context, set *objects, r Request, a *Answer) error {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	for range r.Repeat {
		one := &Answer{Rejected: map[string]string{}}
		if err := generate(ctx, set, r, one); err != nil {
			return err
		}
		if err := operator.GzipConfig(io.Discard, []byte(one.Config)); err != nil {
			return err
		}
	}
	a.Nanoseconds = time.Since(begin).Nanoseconds() / int64(r.Repeat)
	runtime.ReadMemStats(&after)
	a.Allocated = (after.TotalAlloc - before.TotalAlloc) / uint64(r.Repeat)
	return nil
}

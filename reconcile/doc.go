// Package reconcile is the loop. For each Prometheus and PrometheusAgent object it selects, renders
// and proves, and writes the configuration if it is proven and differs from the written one.
// Objects that the proof refuses are left out and named, and so is the loser when two monitors
// scrape the same target. If nothing can be proven, the last written configuration stays.
package reconcile

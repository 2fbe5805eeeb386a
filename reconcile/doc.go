// Package reconcile is the loop: for each Prometheus and PrometheusAgent object it selects,
// renders and proves, and writes what is proven and differs. What the proof refuses is
// left out and named, and so is the loser of two monitors that scrape the same. If nothing
// can be proven, what was written last stays.
package reconcile

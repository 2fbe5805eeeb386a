// Package promconfig renders the objects of the Prometheus Operator into the configuration
// of a Prometheus: monitors into scrape jobs, PrometheusRules into rule files, and the
// Prometheus itself into everything around them. It is pure: callers pass in Secrets and
// ConfigMaps as [Assets], and get bytes back.
//
// The semantics are those of prometheus-operator v0.93.0: the names of the jobs, the
// relabelings and their order, the fields that are omitted for each version of Prometheus,
// and even the order of the keys, so that a Prometheus that moves from the operator to
// promgate, or back, sees the same bytes. The goldens in testdata show what is rendered.
// test/parity compares it with the operator's, and lists the intended differences.
//
// The unit is the [Part]: what one object renders to for one Prometheus. A part depends on
// the Prometheus and on its own object only, so that a change renders one part again and
// not all of them. The objects that are passed in must not change meanwhile; promconfig
// changes none of them.
//
// A [Rejection] says why the operator would leave an object out, with the path of the
// field. Package judge says what Prometheus makes of the rest.
package promconfig

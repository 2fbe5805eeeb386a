// Package promconfig turns the Prometheus Operator's objects into the
// configuration of a Prometheus: monitors into scrape jobs, PrometheusRule objects
// into rule files, and a Prometheus object into everything around them. It is pure:
// Secrets and ConfigMaps come in through [Assets], and what comes out is bytes.
//
// The semantics are those of prometheus-operator v0.93.0: the names of the jobs,
// the relabelings and their order, what is left out for which version of
// Prometheus, and even the order of the keys, so that a Prometheus that moves from
// the one to the other sees not one byte changed. test/parity holds the two against
// each other, and lists where we differ on purpose.
//
// The unit is the [Part]: what one object gives for one Prometheus. Parts depend on
// the Prometheus object and on their own object only, so that a change renders one
// part anew and not the whole. Nothing here is safe against concurrent change of
// the objects that are handed in; none of them is changed here.
//
// What the operator would leave out, comes back as a [Rejection] with the field's
// path. What Prometheus makes of the rest is the business of package judge.
package promconfig

// Package resultlabels tells which labels the result of a PromQL expression has: for each node of the
// syntax tree which labels every series has, which it may have, which it cannot have, and which values
// they may have. It knows the data as little as a rule's author does, so that it is silent about
// what depends on it: a label about which nothing is known may be there, with any value.
//
// The rules are those of the engine of Prometheus 3.16 (promql/engine.go, promql/functions.go), and a
// test holds them against it. A missing label and one with an empty value are the same, as in
// Prometheus. Two things are taken for granted: that a native histogram has no label le, and that
// evaluation succeeds.
//
// The package is pure. Its values are immutable and safe for concurrent use.
package resultlabels

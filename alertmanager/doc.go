// Package alertmanager renders the objects of the Prometheus Operator into the configuration of an
// Alertmanager: the base configuration, which is a Secret's or that of a global AlertmanagerConfig, and what
// each selected AlertmanagerConfig adds to it. It is pure: callers pass in Secrets and ConfigMaps as
// [promconfig.Assets].
//
// The semantics are those of prometheus-operator v0.93.0 (pkg/alertmanager/amcfg.go and operator.go): names
// that begin with the object's namespace and name, the matcher for the object's namespace, the keys that are
// omitted for each version of Alertmanager, and the order of the keys. test/parity compares it with the
// operator's.
//
// The unit is the [Part]: what one AlertmanagerConfig renders to. A [promconfig.Rejection] says why the
// operator would leave the object out; a failure, why it would write no configuration at all, for any object.
// Package judge says what Alertmanager makes of the rest.
package alertmanager

// Package rig builds and runs the servers that promgate's tests and `make run` need: etcd and the
// real kube-apiserver in one process, the real kube-controller-manager, the Prometheus Operator's
// CRDs, promgate itself with a certificate and the permissions of its ServiceAccount, and its
// webhook configurations. [Start] starts all of them in one directory; each part can also be
// started by itself. [StartPrometheus] and [CheckConfig] return the verdict of a real Prometheus,
// or promtool, on a configuration; they need no control plane.
//
// The targets of such a Prometheus are real too: [StartNodeExporter] and [StartActuator].
// Prometheus discovers them through the API server, as in a cluster: [Service.Publish] creates
// their Services, [GrantAccess] grants the permissions, and [PrometheusManifest] returns the
// Prometheus object. [StartOperator] starts the real operator.
//
// Everything is built from Go modules and listens on free loopback ports, so that several rigs can
// run on one machine. Slow builds are kept in the user's cache directory, see [Builder]; if the
// cache is empty, old or deleted, only time is lost.
//
// The package must not import k8s.io/kubernetes or etcd, or a client of either: it calls the API
// through kubectl, and compiles in a second.
package rig

// Package rig builds and runs what promgate's tests, and `make run`, stand on:
// etcd and the real kube-apiserver in one process, the real
// kube-controller-manager, the Prometheus Operator's CRDs, promgate itself with a
// certificate and the rights of its ServiceAccount, and its webhook
// configurations. [Start] puts all of it up in one directory; the parts can be
// had one by one. What Prometheus itself says of a configuration comes from the
// real one, see [StartPrometheus] and [CheckConfig], which need no control plane.
//
// What such a Prometheus scrapes is real too: [StartNodeExporter] and [StartActuator].
// It finds them as it would in a cluster, by asking the API server: [Service.Publish]
// puts them there, [GrantAccess] gives the rights, and [PrometheusManifest] is the
// object that says so. The real operator is [StartOperator].
//
// Everything is built from Go modules and listens on free loopback ports, so
// several rigs run on one machine. Slow builds are kept in the user's cache
// directory, see [Builder]; a cache that is empty, old or gone costs time only.
//
// The package must not import k8s.io/kubernetes or etcd, nor a client of theirs:
// it talks to the API through kubectl, and compiles in a second.
//
// Two things will come here with the work that needs them: a pod runner, the
// stand-in for the kubelet that runs the containers of applied Deployments as
// local processes (pods.go); and a network namespace of the rig's own, for tests
// in which the API server reaches a Service instead of a URL (netns_linux.go).
package rig

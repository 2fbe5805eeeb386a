// Package pods runs the pods of promgate's Deployments as local processes, as a kubelet would in a
// cluster. The real controllers create the pods from what was applied; a [Runner] binds them to a
// node, starts their containers with the args, the volumes and the ServiceAccount of the pod, probes
// them, ends them gracefully, and keeps the EndpointSlices of their Services, through which the API
// server calls webhooks if it runs with --enable-aggregator-routing.
//
// What differs from a cluster: all pods share one address of this machine, so that each listens on
// free ports instead of those of its manifest; a pod has a kubeconfig with a token of its
// ServiceAccount instead of a mounted token; there is no image, and nothing is isolated.
//
// Unlike package rig, it uses client-go, and only tests of installations import it.
package pods

package parity

import "strings"

// unreached are the fields of the spec of a Prometheus or an agent, each including everything below
// it, on which no configuration depends, and the reason.
var unreached = map[string]string{
	"affinity":                      podTemplate,
	"automountServiceAccountToken":  podTemplate,
	"baseImage":                     podTemplate,
	"configMaps":                    podTemplate,
	"containers":                    podTemplate,
	"dnsConfig":                     podTemplate,
	"dnsPolicy":                     podTemplate,
	"enableServiceLinks":            podTemplate,
	"hostAliases":                   podTemplate,
	"hostNetwork":                   podTemplate,
	"hostUsers":                     podTemplate,
	"image":                         podTemplate,
	"imagePullPolicy":               podTemplate,
	"imagePullSecrets":              podTemplate,
	"initContainers":                podTemplate,
	"maximumStartupDurationSeconds": podTemplate,
	"nodeSelector":                  podTemplate,
	"podMetadata":                   podTemplate,
	"portName":                      podTemplate,
	"priorityClassName":             podTemplate,
	"resources":                     podTemplate,
	"schedulerName":                 podTemplate,
	"secrets":                       podTemplate,
	"securityContext":               podTemplate,
	"serviceAccountName":            podTemplate,
	"sha":                           podTemplate,
	"tag":                           podTemplate,
	"terminationGracePeriodSeconds": podTemplate,
	"tolerations":                   podTemplate,
	"topologySpreadConstraints":     podTemplate,
	"volumeMounts":                  podTemplate,
	"volumes":                       podTemplate,

	"minReadySeconds":                      statefulSet,
	"persistentVolumeClaimRetentionPolicy": statefulSet,
	"podManagementPolicy":                  statefulSet,
	"replicas":                             statefulSet,
	"serviceName":                          statefulSet,
	"storage":                              statefulSet,
	"updateStrategy":                       statefulSet,

	"additionalArgs":                     commandLine,
	"allowOverlappingBlocks":             commandLine,
	"disableCompaction":                  commandLine,
	"enableAdminAPI":                     commandLine,
	"enableOTLPReceiver":                 commandLine,
	"enableRemoteWriteReceiver":          commandLine,
	"externalUrl":                        commandLine,
	"listenLocal":                        commandLine,
	"logFormat":                          commandLine,
	"logLevel":                           commandLine,
	"query":                              commandLine,
	"remoteWriteReceiverMessageVersions": commandLine,
	"routePrefix":                        commandLine,
	"rules":                              commandLine,
	"walCompression":                     commandLine,

	"paused":               "a paused object is not synced",
	"reloadStrategy":       "configures the config-reloader",
	"thanos":               "configures the sidecar",
	"web":                  "is written to another configuration file",
	"shardRetentionPolicy": "tells the operator when to delete a shard; the configuration follows the feature gate",
}

const (
	podTemplate = "part of the pods' template"
	statefulSet = "part of the StatefulSet, not of its pods"
	commandLine = "becomes a flag of Prometheus"
)

// unreachedReason returns why a path does not affect the configuration, or "".
func unreachedReason(path string) string {
	kind, rest, found := strings.Cut(path, ".spec.")
	if !found || !strings.HasPrefix(kind, "Prometheus") || kind == "PrometheusRule" {
		return ""
	}
	top, _, _ := strings.Cut(rest, ".")
	top, _, _ = strings.Cut(top, "[")
	top, _, _ = strings.Cut(top, "{")
	return unreached[top]
}

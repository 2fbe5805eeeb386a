{{/* The name of the objects in the namespace. It leaves room for the longest suffix, and is a DNS label. */}}
{{- define "promgate.fullname" -}}
{{- $name := default "promgate" .Values.nameOverride -}}
{{- $full := .Values.fullnameOverride -}}
{{- if not $full -}}
{{- $full = contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- end -}}
{{- $full | replace "." "-" | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of the objects of the cluster. Two releases never share one: a namespace has no dot. */}}
{{- define "promgate.clusterName" -}}
{{- $full := include "promgate.fullname" . -}}
{{- if eq $full .Release.Namespace }}{{ $full }}{{ else }}{{ .Release.Namespace }}.{{ $full }}{{ end -}}
{{- end -}}

{{- define "promgate.tlsSecret" -}}
{{- $own := printf "%s-tls" (include "promgate.fullname" .) -}}
{{- if eq .Values.certificates.mode "files" }}{{ default $own .Values.certificates.files.secretName }}{{ else }}{{ $own }}{{ end -}}
{{- end -}}

{{/* The labels by which pods are selected, of a component: "", -reconcile or -audit. They never change. */}}
{{- define "promgate.selector" -}}
app.kubernetes.io/name: promgate{{ .component }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* The metadata of an object of a component: call it with "promgate.for". */}}
{{- define "promgate.labels" -}}
{{ include "promgate.selector" . }}
app.kubernetes.io/version: {{ default .Chart.AppVersion .Values.image.tag | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Annotations: those of the object, and the common ones. */}}
{{- define "promgate.annotations" -}}
{{- $all := merge (dict) .annotations .Values.commonAnnotations -}}
{{- with $all }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* name, namespace, labels and annotations. */}}
{{- define "promgate.meta" -}}
name: {{ include "promgate.fullname" . }}{{ .component }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "promgate.labels" . | nindent 2 }}
{{- include "promgate.annotations" . }}
{{- end -}}

{{- define "promgate.clusterMeta" -}}
name: {{ include "promgate.clusterName" . }}{{ .component }}
labels:
  {{- include "promgate.labels" . | nindent 2 }}
{{- include "promgate.annotations" . }}
{{- end -}}

{{/* The image, with its digest if there is one. */}}
{{- define "promgate.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}{{ with .Values.image.digest }}@{{ . }}{{ end }}
{{- end -}}

{{/* What the pods of all components have in common. .values are those of the component. */}}
{{- define "promgate.podMeta" -}}
labels:
  {{- include "promgate.selector" . | nindent 2 }}
  {{- with .values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- $annotations := merge (dict) .podAnnotations .values.podAnnotations }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "promgate.podSpec" -}}
serviceAccountName: {{ include "promgate.fullname" . }}{{ .component }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  {{- if eq .component "" }}
  fsGroup: 65532
  {{- end }}
  seccompProfile: {type: RuntimeDefault}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "promgate.container" -}}
name: promgate
image: {{ include "promgate.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with .values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{/* The flags that all components have, as far as they differ from promgate's defaults. */}}
{{- define "promgate.commonArgs" -}}
{{- if ne .values.logLevel "info" }}
- --log-level={{ .values.logLevel }}
{{- end }}
{{- if ne .values.logFormat "json" }}
- --log-format={{ .values.logFormat }}
{{- end }}
{{- range .values.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end -}}

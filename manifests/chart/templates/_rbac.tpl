{{/* Bindings of a role to the ServiceAccount of a component: account, if the two have different names. */}}
{{- define "promgate.clusterRoleBinding" }}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  {{- include "promgate.clusterMeta" . | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ include "promgate.clusterName" . }}{{ .component }}
{{ include "promgate.subjects" . }}
{{- end }}

{{- define "promgate.roleBinding" }}
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "promgate.meta" . | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ include "promgate.fullname" . }}{{ .component }}
{{ include "promgate.subjects" . }}
{{- end }}

{{- define "promgate.subjects" -}}
subjects:
- kind: ServiceAccount
  name: {{ include "promgate.fullname" . }}{{ hasKey . "account" | ternary .account .component }}
  namespace: {{ .Release.Namespace }}
{{- end }}

{{/*
What differs with the store. SQLite: a Deployment whose pods share a volume, so that they live on one node. PostgreSQL: a
StatefulSet, any number on any nodes, each with a volume of its own for the audit's checkpoints.
*/}}

{{- define "rcs.gateway.shared" -}}
{{- if eq .Values.configuration.store.kind "postgresql" -}}true{{- end -}}
{{- end }}

{{- define "rcs.gateway.kind" -}}
{{ ternary "StatefulSet" "Deployment" (eq .Values.configuration.store.kind "postgresql") }}
{{- end }}

{{- define "rcs.gateway.update" -}}
{{- if include "rcs.gateway.shared" . -}}
serviceName: {{ include "rcs.fullname" . }}-gateway
podManagementPolicy: Parallel
updateStrategy:
  {{- toYaml (.Values.gateway.strategy | default (dict "type" "RollingUpdate")) | nindent 2 }}
{{- else if eq .Values.gateway.store.accessMode "ReadWriteOncePod" -}}
{{- if gt (int .Values.gateway.replicas) 1 }}
{{- fail "gateway.store.accessMode: ReadWriteOncePod takes one gateway; set gateway.replicas=1, or ReadWriteOnce" }}
{{- end }}
# The volume goes from the old pod to the new one.
strategy: { type: Recreate }
{{- else -}}
strategy:
  {{- toYaml (.Values.gateway.strategy | default (include "rcs.pod.oneByOne" . | fromYaml)) | nindent 2 }}
{{- end }}
{{- end }}

{{- define "rcs.gateway.claimTemplates" -}}
volumeClaimTemplates:
  - metadata:
      name: checkpoints
      labels:
        {{- include "rcs.selectorLabels" (dict "root" $ "component" "gateway") | nindent 8 }}
    spec:
      accessModes: [ReadWriteOnce]
      {{- with .Values.gateway.checkpoints.storageClassName }}
      storageClassName: {{ . }}
      {{- end }}
      resources:
        requests:
          storage: {{ .Values.gateway.checkpoints.size }}
{{- end }}

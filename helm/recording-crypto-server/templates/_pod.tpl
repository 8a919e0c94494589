{{/* Parts of a pod that all services share; called with (dict "root" $ "component" "gateway" "values" .Values.gateway). */}}

{{- define "rcs.pod.annotations" -}}
checksum/configuration: {{ include "rcs.configuration.checksum" . }}
{{- with .values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "rcs.pod.securityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "rcs.container.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "rcs.pod.scheduling" -}}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- if .shareNode }}
affinity:
  {{- $own := dict "podAffinity" (dict "requiredDuringSchedulingIgnoredDuringExecution" (list (dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" (include "rcs.selectorLabels" . | fromYaml))))) }}
  {{- toYaml (mergeOverwrite $own (deepCopy .values.affinity)) | nindent 2 }}
{{- else }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "rcs.selectorLabels" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Time for the delay, the streams and closing, in whole seconds. */}}
{{- define "rcs.pod.gracePeriod" -}}
{{ add (div (add (int .values.shutdownDelayMs) (int .values.gracefulShutdownTimeoutMs) 999) 1000) 15 }}
{{- end }}

{{- define "rcs.container.image" -}}
image: {{ include "rcs.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
{{- end }}

{{/* Alive: the event loop answers. Ready: it can serve now. */}}
{{- define "rcs.container.probes" -}}
startupProbe:
  httpGet: { path: /health/live, port: management }
  periodSeconds: 2
  timeoutSeconds: 3
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /health/live, port: management }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  httpGet: { path: /health/ready, port: management }
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
{{- end }}

{{- define "rcs.volumeMounts" -}}
- { name: configuration, mountPath: /etc/rcs/config, readOnly: true }
- { name: internal-tls, mountPath: /etc/rcs/internal-tls, readOnly: true }
- { name: temporary, mountPath: /tmp }
{{- if .root.Values.configuration.masterKeySecret }}
- { name: master-key, mountPath: /etc/rcs/secrets/master-key, readOnly: true }
{{- end }}
{{- with .values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "rcs.volumes" -}}
- name: configuration
  configMap:
    name: {{ include "rcs.fullname" .root }}-{{ .component }}
- name: internal-tls
  secret:
    secretName: {{ include "rcs.internalTls.secret" . }}
    defaultMode: 0440
- name: temporary
  emptyDir: { sizeLimit: 64Mi }
{{- with .root.Values.configuration.masterKeySecret }}
{{ include "rcs.secretVolume" (dict "volume" "master-key" "secret" .) }}
{{- end }}
{{- with .values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "rcs.secretVolume" -}}
- name: {{ .volume }}
  secret:
    secretName: {{ .secret.name }}
    defaultMode: 0440
    items:
      - { key: {{ .secret.key }}, path: {{ .secret.key }} }
{{- end }}

{{- define "rcs.internalTls.secret" -}}
{{- if .root.Values.internalTls.certManager.enabled -}}
{{ include "rcs.fullname" .root }}-{{ .component }}-internal-tls
{{- else -}}
{{ required (printf "internalTls.existingSecrets.%s: name a Secret with ca.crt, tls.crt and tls.key, or enable internalTls.certManager" .component) (get .root.Values.internalTls.existingSecrets .component) }}
{{- end -}}
{{- end }}

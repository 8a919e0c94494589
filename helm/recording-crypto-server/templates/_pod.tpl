{{/* Parts of a pod that all services share; called with (dict "root" $ "component" "gateway" "values" .Values.gateway). */}}

{{- define "rcs.pod.metadata" -}}
metadata:
  labels:
    {{- include "rcs.labels" . | nindent 4 }}
    {{- with .values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/configuration: {{ include "rcs.configuration.checksum" . }}
    {{- with include "rcs.secrets.versions" . }}
    # A Secret that changed rolls the pods at the next upgrade.
    versions/secrets: {{ . | quote }}
    {{- end }}
    {{- if .worker }}
    checksum/worker-configuration: {{ include "rcs.configuration.checksum" .worker }}
    {{- with include "rcs.secrets.versions" .worker }}
    versions/worker-secrets: {{ . | quote }}
    {{- end }}
    {{- end }}
    {{- with .values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{- define "rcs.pod.common" -}}
serviceAccountName: {{ include "rcs.serviceAccount" . }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ include "rcs.pod.gracePeriod" . }}
securityContext:
  {{- include "rcs.pod.securityContext" . | nindent 2 }}
{{- with .values.dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with .values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{ include "rcs.pod.scheduling" . | trim }}
{{- with .values.initContainers }}
initContainers:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "rcs.serviceAccount" -}}
{{ default (printf "%s-%s" (include "rcs.fullname" .root) .component) .values.serviceAccount.name }}
{{- end }}

{{/* Never below what runs. */}}
{{- define "rcs.pod.oneByOne" -}}
type: RollingUpdate
rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
{{- end }}

{{- define "rcs.pod.securityContext" -}}
{{- toYaml (mergeOverwrite (deepCopy .root.Values.podSecurityContext) (dig "podSecurityContext" (dict) .values)) -}}
{{- end }}

{{- define "rcs.container.securityContext" -}}
{{- toYaml (mergeOverwrite (deepCopy .root.Values.containerSecurityContext) (dig "containerSecurityContext" (dict) .values)) -}}
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
  {{- with .values.topologySpreadConstraints }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
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
{{- range $kind, $probe := dict
  "startup" (dict "path" "live" "periodSeconds" 2 "timeoutSeconds" 3 "failureThreshold" 60)
  "liveness" (dict "path" "live" "periodSeconds" 10 "timeoutSeconds" 5 "failureThreshold" 3)
  "readiness" (dict "path" "ready" "periodSeconds" 5 "timeoutSeconds" 3 "failureThreshold" 2) }}
{{- if not (and $.beside (eq $kind "readiness")) }}
{{ $kind }}Probe:
  httpGet: { path: /health/{{ $probe.path }}, port: {{ $.managementPort | default "management" }} }
  {{- toYaml (mergeOverwrite (omit $probe "path") (default (dict) (get $.values.probes $kind))) | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* Where the gateways reach this pod; IPv6 addresses stand in brackets (RFC 3986, 3.2.2). */}}
{{- define "rcs.address.ofPod" -}}
{{ ternary "https://[$(POD_IP)]:7080" "https://$(POD_IP):7080" (eq .Values.ipFamily "IPv6") }}
{{- end }}

{{- define "rcs.address.any" -}}
{{ ternary "::" "0.0.0.0" (eq .Values.ipFamily "IPv6") }}
{{- end }}

{{- define "rcs.volumeMounts" -}}
- { name: {{ .prefix }}configuration, mountPath: /etc/rcs/config, readOnly: true }
- { name: {{ .prefix }}internal-tls, mountPath: /etc/rcs/internal-tls, readOnly: true }
- { name: {{ .prefix }}temporary, mountPath: /tmp }
{{- include "rcs.secretMounts" . }}
{{- with .values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "rcs.volumes" -}}
- name: {{ .prefix }}configuration
  configMap:
    name: {{ include "rcs.fullname" .root }}-{{ .component }}
- name: {{ .prefix }}internal-tls
  secret:
    secretName: {{ include "rcs.internalTls.secret" . }}
    defaultMode: 0440
- name: {{ .prefix }}temporary
  emptyDir: { sizeLimit: 64Mi }
{{- include "rcs.secretVolumes" . }}
{{- range .values.extraVolumes }}
{{- if not (has .name ($.presentVolumes | default list)) }}
{{ toYaml (list .) }}
{{- end }}
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

{{/* Certificate and key of the operator for whom jobs of rcsctl sign. */}}
{{- define "rcs.operator.secret" -}}
{{- with .Values.rcsctl.operator.existingSecret -}}
{{ . }}
{{- else -}}
{{- if not .Values.internalTls.certManager.enabled -}}
{{- fail "rcsctl.operator.existingSecret: name a Secret with tls.crt and tls.key, or enable internalTls.certManager" -}}
{{- end -}}
{{ include "rcs.fullname" . }}-operator-internal-tls
{{- end -}}
{{- end }}

{{- define "rcs.internalTls.secret" -}}
{{- if .root.Values.internalTls.certManager.enabled -}}
{{ include "rcs.fullname" .root }}-{{ .component | kebabcase }}-internal-tls
{{- else -}}
{{ required (printf "internalTls.existingSecrets.%s: name a Secret with ca.crt, tls.crt and tls.key, or enable internalTls.certManager" .component) (get .root.Values.internalTls.existingSecrets .component) }}
{{- end -}}
{{- end }}

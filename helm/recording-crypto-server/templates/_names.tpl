{{- define "rcs.name" -}}
{{ default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "rcs.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "rcs.name" .) .Release.Name -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name (include "rcs.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Labels that never change; (dict "root" $ "component" "gateway") */}}
{{- define "rcs.selectorLabels" -}}
app.kubernetes.io/name: {{ include "rcs.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "rcs.labels" -}}
{{ include "rcs.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "rcs.image" -}}
{{- with .Values.image -}}
{{- with .registry }}{{ . | trimSuffix "/" }}/{{ end -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{- end -}}
{{- end -}}
{{- end }}

{{/* Whether the Service of the vaults is one of before with an address of its own, which Kubernetes lets nobody take away. */}}
{{- define "rcs.vaultService.hasAddress" -}}
{{- $service := lookup "v1" "Service" .Release.Namespace (printf "%s-vault" (include "rcs.fullname" .)) -}}
{{- if and $service (ne (dig "spec" "clusterIP" "None" $service) "None") -}}true{{- end -}}
{{- end }}

{{/* The service that an app of the repository is: playback-gateway, decrypt-worker, key-vault. */}}
{{- define "rcs.service" -}}
{{ get (dict "gateway" "playback-gateway" "worker" "decrypt-worker" "vault" "key-vault") . | default . }}
{{- end }}

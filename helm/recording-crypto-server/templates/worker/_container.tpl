{{/*
The container of a worker, in a pod of its own or beside a gateway (the parts then say how its volumes and its port are
called there). Beside a gateway it is asked over a socket, and the gateway serves on by other workers while it is not ready.
*/}}

{{/* Whether gateways are pods that do the work of workers, in one process or in another container. */}}
{{- define "rcs.worker.inGatewayPods" -}}
{{- if or .Values.worker.inProcess .Values.worker.colocated -}}true{{- end -}}
{{- end }}

{{- define "rcs.worker.beside" -}}
{{- if and .Values.worker.colocated (not .Values.worker.inProcess) -}}
{{- $present := list "worker-sockets" -}}
{{- range .Values.gateway.extraVolumes }}{{ $present = append $present .name }}{{ end -}}
{{- toYaml (dict "component" "worker" "prefix" "worker-" "beside" true "managementPort" "worker-metrics" "presentVolumes" $present) -}}
{{- end -}}
{{- end }}

{{- define "rcs.worker.container" -}}
{{- $management := .managementPort | default "management" -}}
- name: {{ include "rcs.service" "worker" }}
  {{- include "rcs.container.image" . | nindent 2 }}
  args: [{{ include "rcs.service" "worker" }}]
  env:
    - { name: RCS_CONFIG, value: /etc/rcs/config/application.yaml }
    {{- include "rcs.worker.address" .root | nindent 4 }}
    {{- if .beside }}
    - { name: RCS_DECRYPT_WORKER__SOCKET_DIRECTORY, value: {{ include "rcs.worker.socketDirectory" . }} }
    {{- end }}
    {{- with .values.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  ports:
    - { name: data-plane, containerPort: 7080 }
    - { name: {{ $management }}, containerPort: 9092 }
  {{- include "rcs.container.probes" . | nindent 2 }}
  securityContext:
    {{- include "rcs.container.securityContext" . | nindent 4 }}
  resources:
    {{- toYaml .values.resources | nindent 4 }}
  volumeMounts:
    {{- include "rcs.volumeMounts" . | nindent 4 }}
    {{- if .beside }}
    {{- include "rcs.worker.socketMount" . | nindent 4 }}
    {{- end }}
{{- end }}

{{- define "rcs.worker.address" -}}
- name: POD_IP
  valueFrom: { fieldRef: { fieldPath: status.podIP } }
- { name: RCS_DECRYPT_WORKER__ADVERTISED_URL, value: {{ include "rcs.address.ofPod" . | quote }} }
{{- end }}

{{/* Both make it in the volume, whose own directory everybody in the pod may write to. */}}
{{- define "rcs.worker.socketDirectory" -}}
/run/rcs/workers
{{- end }}

{{- define "rcs.worker.socketMount" -}}
- { name: worker-sockets, mountPath: /run/rcs }
{{- end }}

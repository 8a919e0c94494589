{{/*
The Secrets that a service reads when it starts, each {volume, name, key}: mounted at /etc/rcs/secrets/VOLUME. Called with
(dict "root" $ "component" "gateway"); answers a YAML list. Certificates are not among them: services take new ones alive.
*/}}

{{- define "rcs.secrets" -}}
{{- $configuration := .root.Values.configuration -}}
{{- $found := list -}}
{{- $gateway := eq .component "gateway" -}}
{{- with $configuration.masterKeySecret }}{{ $found = append $found (merge (dict "volume" "master-key") .) }}{{ end -}}
{{- if or $gateway (eq .component "worker") -}}
{{- with $configuration.redis.passwordSecret }}{{ $found = append $found (merge (dict "volume" "redis") .) }}{{ end -}}
{{- with $configuration.redis.trustedCASecret }}{{ $found = append $found (merge (dict "volume" "redis-ca") .) }}{{ end -}}
{{- with $configuration.redis.sentinel }}{{ with .passwordSecret }}{{ $found = append $found (merge (dict "volume" "redis-sentinel") .) }}{{ end }}{{ end -}}
{{- end -}}
{{- if $gateway -}}
{{- with $configuration.serverSettings.opsUserPasswordSecret }}{{ $found = append $found (merge (dict "volume" "ops") .) }}{{ end -}}
{{- with $configuration.openId.trustedCASecret }}{{ $found = append $found (merge (dict "volume" "openid-ca") .) }}{{ end -}}
{{- with $configuration.openId.login }}{{ with .clientSecretSecret }}{{ $found = append $found (merge (dict "volume" "openid-client") .) }}{{ end }}{{ end -}}
{{- with $configuration.archives.timeStamp -}}
{{- $found = append $found (merge (dict "volume" "time-stamp-roots") .rootCASecret) -}}
{{- with .passwordSecret }}{{ $found = append $found (merge (dict "volume" "time-stamp") .) }}{{ end -}}
{{- with .trustedCASecret }}{{ $found = append $found (merge (dict "volume" "time-stamp-ca") .) }}{{ end -}}
{{- end -}}
{{- with $configuration.serverSettings.bootstrapAdministrator }}{{ $found = append $found (merge (dict "volume" "bootstrap-administrator") .passwordSecret) }}{{ end -}}
{{- end -}}
{{- if or $gateway (eq .component "rcsctl") -}}
{{- if include "rcs.gateway.shared" .root -}}
{{- with $configuration.store.postgresql.passwordSecret }}{{ $found = append $found (merge (dict "volume" "postgresql") .) }}{{ end -}}
{{- with $configuration.store.postgresql.trustedCASecret }}{{ $found = append $found (merge (dict "volume" "postgresql-ca") .) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if or (eq .component "worker") (and $gateway .root.Values.worker.inProcess) -}}
{{- range $index, $storage := $configuration.mediaStorages -}}
{{- with $storage.passwordSecret }}{{ $found = append $found (merge (dict "volume" (printf "storage-%d" $index)) .) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if eq .component "vault" -}}
{{- range $index, $token := $configuration.keyVault.tokens -}}
{{- $found = append $found (merge (dict "volume" (printf "token-%d" $index)) $token.pinSecret) -}}
{{- end -}}
{{- end -}}
{{- toYaml $found -}}
{{- end }}

{{- define "rcs.secretMounts" -}}
{{- range include "rcs.secrets" . | fromYamlArray }}
- { name: {{ $.prefix }}{{ .volume }}, mountPath: /etc/rcs/secrets/{{ .volume }}, readOnly: true }
{{- end }}
{{- end }}

{{- define "rcs.secretVolumes" -}}
{{- range include "rcs.secrets" . | fromYamlArray }}
{{ include "rcs.secretVolume" (dict "volume" (printf "%s%s" ($.prefix | default "") .volume) "secret" .) }}
{{- end }}
{{- end }}

{{/* Versions, not digests: the digest of a PIN would tell the PIN. Empty where nobody may look, as in `helm template`. */}}
{{- define "rcs.secrets.versions" -}}
{{- $versions := list -}}
{{- range include "rcs.secrets" . | fromYamlArray -}}
{{- with lookup "v1" "Secret" $.root.Release.Namespace .name }}{{ $versions = append $versions (printf "%s=%s" .metadata.name .metadata.resourceVersion) }}{{ end -}}
{{- end -}}
{{- $versions | uniq | sortAlpha | join "," -}}
{{- end }}

{{/*
The application.yaml of each service: its own sections of .Values.configuration, with secrets as files and with what the
chart decides (addresses, certificates). Called with the root context; answer YAML.
*/}}

{{- define "rcs.configuration.shared" -}}
{{- $configuration := dict
  "logging" .root.Values.configuration.logging
  "crRegion" .root.Values.configuration.crRegion
  "playback" .root.Values.configuration.playback
  "internalTls" (dict "caFile" "/etc/rcs/internal-tls/ca.crt" "certificateFile" "/etc/rcs/internal-tls/tls.crt" "keyFile" "/etc/rcs/internal-tls/tls.key" "deniedCertificatesFile" "/etc/rcs/config/denied-certificates")
  "shutdownDelayMs" (int .values.shutdownDelayMs)
  "gracefulShutdownTimeoutMs" (int .values.gracefulShutdownTimeoutMs) -}}
{{- if .root.Values.configuration.masterKeySecret -}}
{{- $_ := set $configuration "masterKeyFile" (printf "/etc/rcs/secrets/master-key/%s" .root.Values.configuration.masterKeySecret.key) -}}
{{- end -}}
{{- toYaml $configuration -}}
{{- end }}

{{- define "rcs.configuration.redis" -}}
{{- $settings := .Values.configuration.redis -}}
{{- $redis := omit $settings "passwordSecret" "trustedCASecret" "sentinel" -}}
{{- if has $settings.kind (list "sentinel" "cluster") -}}
{{- $redis = omit $redis "url" -}}
{{- end -}}
{{- with $settings.passwordSecret -}}
{{- $_ := set $redis "password" (dict "file" (printf "/etc/rcs/secrets/redis/%s" .key)) -}}
{{- end -}}
{{- with $settings.trustedCASecret -}}
{{- $_ := set $redis "redisTrustedCA" (printf "/etc/rcs/secrets/redis-ca/%s" .key) -}}
{{- end -}}
{{- with $settings.sentinel -}}
{{- $sentinel := omit . "passwordSecret" -}}
{{- with .passwordSecret -}}
{{- $_ := set $sentinel "password" (dict "file" (printf "/etc/rcs/secrets/redis-sentinel/%s" .key)) -}}
{{- end -}}
{{- $_ := set $redis "sentinel" $sentinel -}}
{{- end -}}
{{- toYaml $redis -}}
{{- end }}

{{- define "rcs.configuration.gateway" -}}
{{- $shared := include "rcs.configuration.shared" (dict "root" $ "values" .Values.gateway) | fromYaml -}}
{{- $settings := omit .Values.configuration.serverSettings "opsUserPasswordSecret" -}}
{{- with .Values.configuration.serverSettings.opsUserPasswordSecret -}}
{{- $_ := set $settings "opsUserPassword" (dict "file" (printf "/etc/rcs/secrets/ops/%s" .key)) -}}
{{- end -}}
{{- with .Values.configuration.serverSettings.bootstrapAdministrator -}}
{{- $password := dict "file" (printf "/etc/rcs/secrets/bootstrap-administrator/%s" .passwordSecret.key) -}}
{{- $_ := set $settings "bootstrapAdministrator" (merge (dict "password" $password) (omit . "passwordSecret")) -}}
{{- end -}}
{{- $settings = merge (dict
  "listen" (dict "host" (include "rcs.address.any" .) "port" 8090)
  "management" (dict "host" (include "rcs.address.any" .) "port" 9090)
  "workerServerName" "decrypt-worker"
  "enableSsl" .Values.gateway.tls.enabled) $settings -}}
{{- if .Values.worker.inProcess -}}
{{- $settings = merge (dict "delivery" "in-process") $settings -}}
{{- else if .Values.worker.colocated -}}
{{- $settings = merge (dict "workerSocketDirectory" (include "rcs.worker.socketDirectory" .)) $settings -}}
{{- end -}}
{{- if .Values.gateway.tls.enabled -}}
{{- $_ := set $settings "ssl" (dict "certificateFile" "/etc/rcs/public-tls/tls.crt" "keyFile" "/etc/rcs/public-tls/tls.key") -}}
{{- end -}}
{{- $storages := list -}}
{{- range .Values.configuration.mediaStorages -}}
{{- $storages = append $storages (pick . "storage" "url" "contactCenters" "plainMedia") -}}
{{- end -}}
{{- if .Values.worker.inProcess -}}
{{- $storages = include "rcs.configuration.readStorages" . | fromYamlArray -}}
{{- end -}}
{{- $own := dict
  "redis" (include "rcs.configuration.redis" . | fromYaml)
  "store" (include "rcs.configuration.store" . | fromYaml)
  "mediaStorages" $storages
  "settableStorages" .Values.configuration.settableStorages
  "recordingCertificates" (merge (dict) .Values.configuration.recordingCertificates (dict "vaultAddresses" (include "rcs.vaultAddresses" . | fromYamlArray)))
  "serverSettings" $settings -}}
{{- if .Values.worker.inProcess -}}
{{- $identity := dict "certificateFile" "/etc/rcs/worker-tls/tls.crt" "keyFile" "/etc/rcs/worker-tls/tls.key" -}}
{{- $_ := set $own "decryptWorker" (merge $identity (include "rcs.configuration.decryptWorker" . | fromYaml)) -}}
{{- end -}}
{{- if include "rcs.gateway.shared" . -}}
{{- $_ := set $own "audit" (dict "checkpointFile" "/var/lib/rcs/checkpoints/audit-checkpoints.jsonl") -}}
{{- $_ := set $own "removal" (dict "ledgerFile" "/var/lib/rcs/checkpoints/removal-ledger.jsonl") -}}
{{- end -}}
{{- with .Values.configuration.openId -}}
{{- $_ := set $own "openId" (include "rcs.configuration.openId" $ | fromYaml) -}}
{{- end -}}
{{- with .Values.configuration.archives.timeStamp -}}
{{- $_ := set $own "archives" (dict "timeStamp" (include "rcs.configuration.timeStamp" . | fromYaml)) -}}
{{- end -}}
{{- if .Values.localKeyManager.enabled -}}
{{- $_ := set $own "localKeyManager" (include "rcs.configuration.localKeyManager" . | fromYaml) -}}
{{- end -}}
{{- toYaml (merge $own $shared .Values.gateway.configuration) -}}
{{- end }}

{{- define "rcs.configuration.openId" -}}
{{- $settings := .Values.configuration.openId -}}
{{- $openId := omit $settings "trustedCASecret" "login" -}}
{{- with $settings.trustedCASecret -}}
{{- $_ := set $openId "openIdTrustedCA" (printf "/etc/rcs/secrets/openid-ca/%s" .key) -}}
{{- end -}}
{{- with $settings.login -}}
{{- $login := omit . "clientSecretSecret" -}}
{{- with .clientSecretSecret -}}
{{- $_ := set $login "clientSecret" (dict "file" (printf "/etc/rcs/secrets/openid-client/%s" .key)) -}}
{{- end -}}
{{- $_ := set $openId "login" $login -}}
{{- end -}}
{{- toYaml $openId -}}
{{- end }}

{{- define "rcs.configuration.timeStamp" -}}
{{- $timeStamp := omit . "rootCASecret" "passwordSecret" "trustedCASecret" -}}
{{- $_ := set $timeStamp "rootCaFile" (printf "/etc/rcs/secrets/time-stamp-roots/%s" .rootCASecret.key) -}}
{{- with .passwordSecret -}}
{{- $_ := set $timeStamp "password" (dict "file" (printf "/etc/rcs/secrets/time-stamp/%s" .key)) -}}
{{- end -}}
{{- with .trustedCASecret -}}
{{- $_ := set $timeStamp "timeStampTrustedCA" (printf "/etc/rcs/secrets/time-stamp-ca/%s" .key) -}}
{{- end -}}
{{- toYaml $timeStamp -}}
{{- end }}

{{- define "rcs.configuration.store" -}}
{{- if include "rcs.gateway.shared" . -}}
{{- $settings := .Values.configuration.store.postgresql -}}
{{- $postgresql := omit $settings "passwordSecret" "trustedCASecret" -}}
{{- with $settings.passwordSecret -}}
{{- $_ := set $postgresql "password" (dict "file" (printf "/etc/rcs/secrets/postgresql/%s" .key)) -}}
{{- end -}}
{{- with $settings.trustedCASecret -}}
{{- $_ := set $postgresql "postgresqlTrustedCA" (printf "/etc/rcs/secrets/postgresql-ca/%s" .key) -}}
{{- end -}}
{{- toYaml (dict "kind" "postgresql" "postgresql" $postgresql) -}}
{{- else -}}
directory: /var/lib/rcs/store
{{- end -}}
{{- end }}

{{- define "rcs.configuration.localKeyManager" -}}
{{- if not .Values.configuration.masterKeySecret -}}
{{- fail "configuration.masterKeySecret: the local key manager needs a master key" -}}
{{- end -}}
{{- toYaml (merge (dict
  "enabled" true
  "certificateFile" "/etc/rcs/key-manager-tls/tls.crt"
  "keyFile" "/etc/rcs/key-manager-tls/tls.key"
  "vaultAddresses" (include "rcs.vaultAddresses" . | fromYamlArray)
  "listen" (dict "host" (include "rcs.address.any" .) "port" 8443)) .Values.localKeyManager.configuration) -}}
{{- end }}

{{/* Storages with what opens them, as workers read them. */}}
{{- define "rcs.configuration.readStorages" -}}
{{- $storages := list -}}
{{- range $index, $storage := .Values.configuration.mediaStorages -}}
{{- $entry := omit $storage "passwordSecret" -}}
{{- with $storage.passwordSecret -}}
{{- $_ := set $entry "password" (dict "file" (printf "/etc/rcs/secrets/storage-%d/%s" $index .key)) -}}
{{- end -}}
{{- $storages = append $storages $entry -}}
{{- end -}}
{{- toYaml $storages -}}
{{- end }}

{{- define "rcs.configuration.decryptWorker" -}}
{{- $worker := merge (dict
  "listen" (dict "host" (include "rcs.address.any" .) "port" 7080)
  "management" (dict "host" (include "rcs.address.any" .) "port" 9092)) .Values.configuration.decryptWorker -}}
{{- if not $worker.vaultAddresses -}}
{{- $_ := set $worker "vaultAddresses" (include "rcs.vaultAddresses" . | fromYamlArray) -}}
{{- end -}}
{{- toYaml $worker -}}
{{- end }}

{{- define "rcs.configuration.worker" -}}
{{- $shared := include "rcs.configuration.shared" (dict "root" $ "values" .Values.worker) | fromYaml -}}
{{- $own := dict
  "redis" (include "rcs.configuration.redis" . | fromYaml)
  "mediaStorages" (include "rcs.configuration.readStorages" . | fromYamlArray)
  "settableStorages" .Values.configuration.settableStorages
  "decryptWorker" (include "rcs.configuration.decryptWorker" . | fromYaml) -}}
{{- toYaml (merge $own $shared .Values.worker.configuration) -}}
{{- end }}

{{- define "rcs.configuration.vault" -}}
{{- $shared := include "rcs.configuration.shared" (dict "root" $ "values" .Values.vault) | fromYaml -}}
{{- $tokens := list -}}
{{- range $index, $token := .Values.configuration.keyVault.tokens -}}
{{- $pin := dict "file" (printf "/etc/rcs/secrets/token-%d/%s" $index $token.pinSecret.key) -}}
{{- $tokens = append $tokens (merge (dict "pin" $pin) (omit $token "pinSecret")) -}}
{{- end -}}
{{- $vault := merge (dict
  "listen" (dict "host" (include "rcs.address.any" .) "port" 7443)
  "management" (dict "host" (include "rcs.address.any" .) "port" 9091)
  "tokens" $tokens) (omit .Values.configuration.keyVault "tokens") -}}
{{- toYaml (merge (dict "keyVault" $vault) $shared .Values.vault.configuration) -}}
{{- end }}

{{/* Of rcsctl where it runs as a job: the store, the vaults, and who it is. */}}
{{- define "rcs.configuration.rcsctl" -}}
{{- $configuration := dict
  "logging" .Values.configuration.logging
  "crRegion" .Values.configuration.crRegion
  "internalTls" (dict "caFile" "/etc/rcs/internal-tls/ca.crt" "certificateFile" "/etc/rcs/internal-tls/tls.crt" "keyFile" "/etc/rcs/internal-tls/tls.key" "deniedCertificatesFile" "/etc/rcs/config/denied-certificates")
  "store" (include "rcs.configuration.store" . | fromYaml)
  "decryptWorker" (dict "vaultAddresses" (include "rcs.vaultAddresses" . | fromYamlArray)) -}}
{{- if .Values.configuration.masterKeySecret -}}
{{- $_ := set $configuration "masterKeyFile" (printf "/etc/rcs/secrets/master-key/%s" .Values.configuration.masterKeySecret.key) -}}
{{- end -}}
{{- if .Values.rcsctl.operator.enabled -}}
{{- $_ := set $configuration "rcsctl" (dict "operator" (dict "certificateFile" "/etc/rcs/operator/tls.crt" "keyFile" "/etc/rcs/operator/tls.key")) -}}
{{- end -}}
{{- toYaml (merge $configuration .Values.rcsctl.configuration) -}}
{{- end }}

{{- define "rcs.vaultAddresses" -}}
- {{ include "rcs.fullname" . }}-vault:7443
{{- end }}

{{/* Changes that need new pods. The level of the log and the content of certificates do not: services take them alive. */}}
{{- define "rcs.configuration.checksum" -}}
{{- $configuration := include (printf "rcs.configuration.%s" .component) .root | fromYaml -}}
{{- omit $configuration "logging" | toYaml | sha256sum -}}
{{- end }}

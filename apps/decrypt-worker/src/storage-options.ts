import { rwsConfiguration, type MediaStorageConfiguration } from '#media-storage';
import type {
  MediaStorageSettings,
  RecordingSettings,
  RecordingSourceSettings,
  ServerSettings,
  SettableStorageSettings,
} from '#platform';
import { outgoingTls, rwsTls, type OutgoingTls } from '#tls';

/** A transfer that takes longer than this is given up, however slowly it moves. */
const totalTimeoutMs = 3_600_000;

type StorageDefaults = Pick<ServerSettings, 'webDAVTrustedCA' | 'webDAVJksPassword' | 'allowWeakKeys'>;

/** The storages of application.yaml in the form the storage library takes; reads their authority and key files. */
export function mediaStorageConfigurations(
  settings: readonly MediaStorageSettings[],
  defaults: StorageDefaults,
  option = 'mediaStorages',
): MediaStorageConfiguration[] {
  return settings.map((storage, index) => {
    const { rejectUnauthorized, ca, cert, key, ciphers } = tlsOf(storage, `${option}.${index}`, defaults);
    return {
      storage: storage.storage,
      url: storage.url,
      ...(storage.contactCenters === undefined ? {} : { contactCenters: storage.contactCenters }),
      plainMedia: storage.plainMedia,
      ...(storage.userName === undefined ? {} : { userName: storage.userName }),
      ...(storage.password === undefined ? {} : { password: storage.password }),
      trustedCA: ca === undefined ? rejectUnauthorized : { pem: ca.join('') },
      ...(cert === undefined || key === undefined ? {} : { clientIdentity: { cert, key } }),
      ...(ciphers === undefined ? {} : { ciphers }),
      maxConnections: storage.webDAVMaxConnection,
      connectTimeoutMs: storage.connectTimeoutMs,
      headersTimeoutMs: storage.headersTimeoutMs,
      idleTimeoutMs: storage.idleTimeoutMs,
      totalTimeoutMs,
    };
  });
}

/** Where contact centers may set storages; reads the authority and key files. */
export const settableConfigurations = (
  settings: readonly SettableStorageSettings[],
  defaults: StorageDefaults,
): MediaStorageConfiguration[] =>
  mediaStorageConfigurations(
    settings.map(one => ({ ...one, storage: 'webDAV' as const })),
    defaults,
    'settableStorages',
  );

/** The RWS that have recordings, as storages of their contact centers; reads their authority and key files. */
export function rwsConfigurations(
  sources: readonly RecordingSourceSettings[],
  limits: RecordingSettings,
): MediaStorageConfiguration[] {
  return sources.map((source, index) => rwsConfiguration(source, sources.length, limits, rwsTls(source, index)));
}

function tlsOf(storage: MediaStorageSettings, option: string, defaults: StorageDefaults): OutgoingTls {
  const own = storage.webDAVTrustedCA !== undefined;
  return outgoingTls({
    trustOption: own ? `${option}.webDAVTrustedCA` : 'serverSettings.webDAVTrustedCA',
    trustedCA: storage.webDAVTrustedCA ?? defaults.webDAVTrustedCA ?? true,
    jksPassword: own ? storage.webDAVJksPassword : defaults.webDAVJksPassword,
    keyStoreOption: `${option}.webDAVKeyStorePath`,
    keyStorePath: storage.webDAVKeyStorePath,
    keyStorePassword: storage.webDAVKeyStorePassword,
    allowWeakKeys: storage.allowWeakKeys ?? defaults.allowWeakKeys,
  });
}

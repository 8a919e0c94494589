import type { MediaStorageConfiguration } from '#media-storage';
import { readOptionFile, type MediaStorageSettings } from '#platform';

/** A transfer that takes longer than this is given up, however slowly it moves. */
const totalTimeoutMs = 3_600_000;

/** The storages of application.yaml in the form the storage library takes; reads their authority files. */
export function mediaStorageConfigurations(settings: readonly MediaStorageSettings[]): MediaStorageConfiguration[] {
  return settings.map((storage, index) => ({
    storage: storage.storage,
    url: storage.url,
    ...(storage.userName === undefined ? {} : { userName: storage.userName }),
    ...(storage.password === undefined ? {} : { password: storage.password }),
    trustedCA: trustOf(`mediaStorages.${index}.webDAVTrustedCA`, storage.webDAVTrustedCA),
    maxConnections: storage.webDAVMaxConnection,
    connectTimeoutMs: storage.connectTimeoutMs,
    headersTimeoutMs: storage.headersTimeoutMs,
    idleTimeoutMs: storage.idleTimeoutMs,
    totalTimeoutMs,
  }));
}

function trustOf(option: string, trustedCA: boolean | string): boolean | { pem: string } {
  return typeof trustedCA === 'boolean' ? trustedCA : { pem: readOptionFile(option, trustedCA).toString('utf8') };
}

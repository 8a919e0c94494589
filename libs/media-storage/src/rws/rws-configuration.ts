import type { RecordingSettings, RecordingSourceSettings } from '#platform';
import type { MediaStorageConfiguration } from '../media-storage-configuration.js';

/** Kind of storage of media files that Interaction Recording Web Services (RWS) play. */
export const rwsStorage = 'rws';

/** Whom a connection to an RWS trusts, and what it shows, PEM. */
export interface RwsPeer {
  readonly rejectUnauthorized: boolean;
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
}

/** A transfer that takes longer than this is given up, however slowly it moves. */
const totalTimeoutMs = 3_600_000;

/**
 * The storage that an RWS is: what lies below its API belongs to the one contact center of the account.
 * @param count of all sources of this process, which share the connections
 */
export function rwsConfiguration(
  source: RecordingSourceSettings,
  count: number,
  limits: RecordingSettings,
  { rejectUnauthorized, ca, cert, key }: RwsPeer,
): MediaStorageConfiguration {
  const share = Math.max(1, Math.floor(limits.recordCryptoServerDecryptMaxTotalConnection / count));
  const silenceMs = limits.recordCryptoServerDecryptSocketTimeout;
  return {
    storage: rwsStorage,
    url: `${source.url.replace(/\/+$/, '')}/api/v2`,
    contactCenters: [source.contactCenter],
    plainMedia: source.plainMedia,
    userName: source.userName,
    password: source.password,
    trustedCA: ca === undefined ? rejectUnauthorized : { pem: ca.join('') },
    ...(cert === undefined || key === undefined ? {} : { clientIdentity: { cert, key } }),
    maxConnections: Math.min(limits.recordCryptoServerDecryptMaxConnection, share),
    connectTimeoutMs: source.connectTimeoutMs,
    headersTimeoutMs: silenceMs,
    idleTimeoutMs: silenceMs,
    totalTimeoutMs,
  };
}

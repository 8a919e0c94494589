import { MediaStorages, rwsConfiguration } from '#media-storage';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';

/** The gateway never reads media; it only judges whether a location lies inside a storage. */
export function mediaStorages({
  mediaStorages: configured,
  recordingSources,
  serverSettings,
}: Pick<GatewayConfiguration, 'mediaStorages' | 'recordingSources' | 'serverSettings'>): MediaStorages {
  const { recordingSettings } = serverSettings;
  return new MediaStorages([
    ...configured.map(
      ({ storage, url, contactCenters, webDAVMaxConnection, connectTimeoutMs, headersTimeoutMs, idleTimeoutMs }) => ({
        storage,
        url,
        ...(contactCenters === undefined ? {} : { contactCenters }),
        trustedCA: true as const,
        maxConnections: webDAVMaxConnection,
        connectTimeoutMs,
        headersTimeoutMs,
        idleTimeoutMs,
        totalTimeoutMs: idleTimeoutMs,
      }),
    ),
    ...recordingSources.map(source =>
      rwsConfiguration(source, recordingSources.length, recordingSettings, { rejectUnauthorized: true }),
    ),
  ]);
}

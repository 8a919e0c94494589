import { MediaStorages, rwsConfiguration, SettableStorages, type MediaStorageConfiguration } from '#media-storage';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';

type Locations = Pick<
  GatewayConfiguration,
  'mediaStorages' | 'recordingSources' | 'serverSettings' | 'settableStorages'
>;

/** The gateway never reads media; it only judges whether a location lies inside a storage. */
export const mediaStorages = (configuration: Omit<Locations, 'settableStorages'>): MediaStorages =>
  new MediaStorages(configuredStorages(configuration));

/** Likewise for storages that contact centers set. */
export const settableStorages = (configuration: Locations): SettableStorages =>
  new SettableStorages(
    configuration.settableStorages.map(one => judged({ ...one, storage: 'webDAV' })),
    configuredStorages(configuration),
  );

function configuredStorages({
  mediaStorages: configured,
  recordingSources,
  serverSettings,
}: Omit<Locations, 'settableStorages'>): MediaStorageConfiguration[] {
  const { recordingSettings } = serverSettings;
  return [
    ...configured.map(judged),
    ...recordingSources.map(source =>
      rwsConfiguration(source, recordingSources.length, recordingSettings, { rejectUnauthorized: true }),
    ),
  ];
}

function judged({
  storage,
  url,
  contactCenters,
  webDAVMaxConnection,
  connectTimeoutMs,
  headersTimeoutMs,
  idleTimeoutMs,
}: Pick<
  GatewayConfiguration['mediaStorages'][number],
  | 'storage'
  | 'url'
  | 'contactCenters'
  | 'webDAVMaxConnection'
  | 'connectTimeoutMs'
  | 'headersTimeoutMs'
  | 'idleTimeoutMs'
>): MediaStorageConfiguration {
  return {
    storage,
    url,
    ...(contactCenters === undefined ? {} : { contactCenters }),
    trustedCA: true,
    maxConnections: webDAVMaxConnection,
    connectTimeoutMs,
    headersTimeoutMs,
    idleTimeoutMs,
    totalTimeoutMs: idleTimeoutMs,
  };
}

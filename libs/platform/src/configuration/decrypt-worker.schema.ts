import { z } from 'zod';
import { maxConnections } from './listener-limits.schema.js';
import { filePath, listen, milliseconds, socketDirectory, vaultAddress } from './option-types.js';

/** Fetches, decrypts, streams. */
export const decryptWorker = () =>
  z.strictObject({
    listen: listen(7080),
    management: listen(9092),
    advertisedUrl: z
      .url({ protocol: /^https$/, error: 'must start with https://' })
      .optional()
      .describe('How the gateway reaches this worker; derived from the listening address when absent.'),
    socketDirectory: socketDirectory.describe(
      'Where gateways of this host reach this worker beside TLS, serverSettings.workerSocketDirectory of theirs: a directory of the one user of both (mode 0700), made when missing. false: over TLS alone.',
    ),
    certificateFile: filePath
      .optional()
      .describe(
        'Its own identity inside the cluster, with the role decrypt-worker, where it runs in the process of a gateway (serverSettings.delivery). Elsewhere internalTls is its identity.',
      ),
    keyFile: filePath.optional().describe('Its private key, PEM.'),
    vaultAddresses: z.array(vaultAddress).min(1).describe('host:port of every key vault.'),
    vaultTimeoutMs: milliseconds.default(5000).describe('For a session key, whichever vaults are asked for it.'),
    mediaSessionCacheSize: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(2000)
      .describe('Opened media, with their session keys, that are kept.'),
    mediaSessionTimeToLiveMs: milliseconds.max(600_000).default(60_000).describe('How long they are kept.'),
    gcmInEnvelopedData: z
      .boolean()
      .default(false)
      .describe(
        'Plays AES-GCM inside EnvelopedData, which RFC 5084 (section 1.1) does not allow and some libraries write.',
      ),
    anyEnvelopeVersion: z
      .boolean()
      .default(false)
      .describe(
        'Plays EnvelopedData of versions that RFC 5652 (section 6.1) does not have, such as 1; named in the log.',
      ),
    openTimeoutMs: milliseconds
      .default(15_000)
      .describe('For opening media; includes checking AES-GCM content to its end before any of it leaves.'),
    maxConcurrentStreams: z.int().min(1).max(100_000).default(1000).describe('One more is sent to another worker.'),
    maxConnections: maxConnections(10_000).describe('Open connections of gateways; one more is closed as it is made.'),
    clientIdleTimeoutMs: milliseconds
      .default(90_000)
      .describe('A gateway that takes no byte for this long loses its connection.'),
    heartbeatIntervalMs: milliseconds.default(1000).describe('How often it says in Redis that it is there.'),
  });

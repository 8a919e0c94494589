import { z } from 'zod';
import { delivery } from './delivery.schema.js';
import { interactionReceivers } from './interaction-receiver.schema.js';
import { listenerLimits } from './listener-limits.schema.js';
import {
  allowWeakKeys,
  bytes,
  filePath,
  listen,
  milliseconds,
  port,
  secret,
  sharedListen,
  socketDirectory,
  trustedCA,
} from './option-types.js';
import { recordingSettings } from './recording-source.schema.js';
import { network, webSettings } from './web-settings.schema.js';

/** The certificate that players see: a keystore as in Genesys RCS, or two PEM files. */
const publicTls = () =>
  z
    .strictObject({
      port: port.optional().describe('Instead of the port of `listen`, as in Genesys RCS.'),
      keyStorePath: filePath.optional().describe('JKS, PKCS#12 or PEM.'),
      keyStorePassword: secret.optional().describe('Of that keystore.'),
      keyStoreAlias: z
        .string()
        .min(1)
        .optional()
        .describe('Where the keystore has several keys and none is called jetty.'),
      certificateFile: filePath.optional().describe('Certificate and intermediates, PEM, instead of a keystore.'),
      keyFile: filePath.optional().describe('Its private key, PEM.'),
      allowWeakKeys,
    })
    .refine(
      ({ keyStorePath, certificateFile, keyFile }) =>
        keyStorePath === undefined
          ? certificateFile !== undefined && keyFile !== undefined
          : certificateFile === undefined && keyFile === undefined,
      'name keyStorePath, or certificateFile and keyFile',
    );

/** As `openssl x509 -fingerprint -sha256` prints it, or without colons. */
const fingerprint = z
  .string()
  .transform(text => text.replaceAll(':', '').toLowerCase())
  .pipe(z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 fingerprint of a certificate'));

/** Makes the first administrator of a contact center when a gateway starts, once, where there is none. */
const bootstrapAdministrator = () =>
  z.strictObject({
    contactCenter: z.string().min(1).describe('Id; the contact center is made, too, where it is missing.'),
    contactCenterName: z.string().min(1).optional().describe('Of a contact center that is made; its id when absent.'),
    userName: z.string().min(1).default('admin').describe('Of the administrator.'),
    password: secret.describe('Change it after the first login, and take the option away.'),
  });

/** Of the gateway: whom it serves, and how. */
export const serverSettings = () =>
  z
    .strictObject({
      listen: sharedListen(8090),
      externalUrl: z
        .url()
        .optional()
        .describe(
          'How players reach this gateway; the base of mediaUri. Derived from the listening address when absent.',
        ),
      enableSsl: z
        .boolean()
        .default(false)
        .describe('Whether players are served over TLS, with the certificate of `ssl`.'),
      ssl: publicTls().optional(),
      management: listen(9090),
      webDAVTrustedCA: z
        .union([z.boolean(), filePath])
        .optional()
        .describe('For storages that name no authority of their own.'),
      webDAVJksPassword: secret.optional().describe('Of the keystore that it names.'),
      speechMinerTrustedCA: trustedCA,
      speechMinerJksPassword: secret.optional().describe('Of the keystore that speechMinerTrustedCA names.'),
      interactionReceivers: interactionReceivers().describe(
        'Who may get the metadata of new recordings: each one that the metadata names and that stands here.',
      ),
      caCertificate: filePath
        .optional()
        .describe('Trusted by the connections to Configuration Servers that name no authority of their own.'),
      jksPassword: secret.optional().describe('Of the keystore that caCertificate names.'),
      allowWeakKeys: allowWeakKeys.describe(
        'Takes RSA keys of less than 2048 bits, such as those of the original guide, of interaction receivers, and of storages and Configuration Servers that say nothing of their own about it.',
      ),
      defaultContactCenter: z
        .string()
        .min(1)
        .optional()
        .describe('For Basic credentials that name neither their contact center nor a user who has one.'),
      failedLoginTimeMs: z
        .int()
        .min(0)
        .max(10_000)
        .default(300)
        .describe('A failed login is answered no earlier than this, so that its time tells nothing.'),
      opsUsername: z
        .string()
        .min(1)
        .default('ops')
        .describe('The recorder: inserts recordings and reads recipients, nothing else.'),
      opsUserPassword: secret.optional().describe('Without one there is no recorder.'),
      opsAddresses: z
        .array(network)
        .default([])
        .describe('Where the recorder may come from: addresses and networks; from anywhere when empty.'),
      opsClientCertificates: z
        .array(fingerprint)
        .default([])
        .describe(
          'SHA-256 of the certificates of which the recorder must show one, at a server with TLS of its own; none needed when empty.',
        ),
      bootstrapAdministrator: bootstrapAdministrator().optional(),
      credentialCacheTimeToLiveMs: z
        .int()
        .min(0)
        .max(300_000)
        .default(60_000)
        .describe('A verified Basic credential is remembered this long; 0 turns the memory off.'),
      credentialCacheSize: z.int().min(1).max(1_000_000).default(10_000).describe('How many are remembered.'),
      maxBodyBytes: bytes.max(16 * 1024 * 1024).default(1024 * 1024),
      maxConcurrentPlaybacks: z
        .int()
        .min(1)
        .max(100_000)
        .default(2000)
        .describe('On each gateway; one more is answered 503.'),
      playbackStartTimeoutMs: milliseconds
        .default(20_000)
        .describe('Time from the request to the first byte of the answer.'),
      clientIdleTimeoutMs: milliseconds
        .default(60_000)
        .describe('A player that takes no byte for this long loses its connection.'),
      delivery,
      workerMaxConnection: z
        .int()
        .min(1)
        .max(4096)
        .default(256)
        .describe('Connections to each worker for media, and as many at most for everything else.'),
      workerIdleTimeoutMs: milliseconds.default(20_000).describe("Between two pieces of a worker's answer."),
      workerTakeOverTimeoutMs: milliseconds
        .default(15_000)
        .describe('How long a playback that its worker broke off waits for one that goes on, and tries.'),
      workerServerName: z
        .string()
        .min(1)
        .optional()
        .describe(
          'Name in the certificates of all workers, where it is not the host in their URL (pods have no names).',
        ),
      workerSocketDirectory: socketDirectory.describe(
        'Where workers of this host are reached without TLS, decryptWorker.socketDirectory of theirs: a directory of the one user of both (mode 0700), made when missing. Others are reached over TLS; false: all.',
      ),
      limits: listenerLimits(),
      recordingSettings: recordingSettings(),
      ...webSettings(),
    })
    .refine(
      ({ enableSsl, opsClientCertificates }) => enableSsl || opsClientCertificates.length === 0,
      'opsClientCertificates needs enableSsl: whoever ends TLS in front sees the certificate, not this server',
    )
    .prefault({});

import { z } from 'zod';
import { filePath, milliseconds, secret, trustedCA } from './option-types.js';

/** Interaction Recording Web Services that have recordings of one contact center which nobody inserted here. */
const recordingSource = () =>
  z.strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .regex(/^[^@?#]*$/, 'must have no user information, query or fragment')
      .describe('Of the RWS, without /api/v2. Metadata and media are asked below it and nowhere else.'),
    contactCenter: z
      .string()
      .min(1)
      .describe('Id of the contact center whose recordings the account sees there; nobody else is answered from it.'),
    contactCenterId: z
      .string()
      .min(1)
      .optional()
      .describe('How the RWS calls that contact center in answers that name one; `contactCenter` when absent.'),
    userName: z
      .string()
      .regex(/^[^:\p{Cc}]+$/u, 'must be a user name without colons')
      .describe('Of the account.'),
    password: secret.describe('Of the account.'),
    rwsTrustedCA: trustedCA,
    rwsJksPassword: secret.optional().describe('Of the keystore that rwsTrustedCA names.'),
    rwsKeyStorePath: filePath
      .optional()
      .describe('Certificate and key to show when the RWS asks for one: JKS, PKCS#12 or PEM.'),
    rwsKeyStorePassword: secret.optional().describe('Of that keystore.'),
    plainMedia: z
      .enum(['recognised', 'any'])
      .default('recognised')
      .describe('Which media plays in the clear: what has the signature of a known format, or any.'),
    connectTimeoutMs: milliseconds.default(3000).describe('For one attempt to connect.'),
    answerTimeoutMs: milliseconds.max(60_000).default(8000).describe('For the whole answer about one recording.'),
  });

/** Scheme, host and port; what is no URL is told of elsewhere. */
const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url);

export const recordingSources = () =>
  z
    .array(recordingSource())
    .default([])
    .superRefine((sources, context) => {
      const refuseTwice = (keyOf: (source: RecordingSourceSettings) => string, message: string): void => {
        const keys = sources.map(keyOf);
        const second = keys.findIndex((key, index) => keys.indexOf(key) < index);
        if (second >= 0) context.addIssue({ code: 'custom', path: [second], message });
      };
      refuseTwice(({ contactCenter }) => contactCenter, 'this contact center has a source already');
      // One account sees what it sees, whoever asks: to two contact centers it would be a door between them.
      refuseTwice(
        ({ url, userName }) => JSON.stringify([originOf(url), userName.toLowerCase()]),
        'another contact center has this account: every contact center needs an account of its own at the RWS',
      );
    });

export type RecordingSourceSettings = z.output<ReturnType<typeof recordingSource>>;

/** Limits of the connections to all sources, as Genesys RWS names them. */
export const recordingSettings = () =>
  z
    .strictObject({
      recordCryptoServerDecryptMaxConnection: z
        .int()
        .min(1)
        .max(1024)
        .default(32)
        .describe('Connections of each gateway and worker to one of recordingSources.'),
      recordCryptoServerDecryptMaxTotalConnection: z
        .int()
        .min(1)
        .max(4096)
        .default(128)
        .describe('Connections of each gateway and worker to all recordingSources together: each has its equal share.'),
      recordCryptoServerDecryptSocketTimeout: milliseconds
        .default(15_000)
        .describe('How long a source may be silent: until the head of an answer, and between two pieces of its body.'),
    })
    .prefault({});

export type RecordingSettings = z.output<ReturnType<typeof recordingSettings>>;

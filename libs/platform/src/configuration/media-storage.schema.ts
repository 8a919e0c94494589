import { z } from 'zod';
import { filePath, milliseconds, ownAllowWeakKeys, secret, storagePrefix } from './option-types.js';

/** A contact center that a storage, or what lies below a path in it, belongs to. */
const storageOwner = z.union([
  z.string().min(1),
  z.strictObject({ id: z.string().min(1), prefix: storagePrefix.default('') }),
]);

/** A storage whose files the workers read. */
export const mediaStorage = () =>
  z.strictObject({
    storage: z
      .enum(['webDAV', 'file'])
      .default('webDAV')
      .describe('A WebDAV server, or a directory that workers share.'),
    url: z.url().describe('Base URL; media locations resolve only below it.'),
    contactCenters: z
      .array(storageOwner)
      .min(1)
      .optional()
      .describe('The contact centers whose media lies here, some perhaps below a path only; absent: all share it.'),
    plainMedia: z
      .enum(['recognised', 'any'])
      .default('recognised')
      .describe('Which media plays in the clear: what has the signature of a known format, or any.'),
    userName: z.string().optional(),
    password: secret.optional(),
    webDAVTrustedCA: z
      .union([z.boolean(), filePath])
      .optional()
      .describe('That of serverSettings when absent, as in Genesys RCS; true when neither is there.'),
    webDAVJksPassword: secret.optional().describe('Of the keystore that webDAVTrustedCA names.'),
    webDAVKeyStorePath: filePath
      .optional()
      .describe('Certificate and key to show when the storage asks for one: JKS, PKCS#12 or PEM.'),
    webDAVKeyStorePassword: secret.optional().describe('Of that keystore.'),
    allowWeakKeys: ownAllowWeakKeys,
    webDAVMaxConnection: z
      .int()
      .min(1)
      .max(1024)
      .default(64)
      .describe(
        'Requests at once, per storage and worker; with idle ones there are twice as many connections at most.',
      ),
    connectTimeoutMs: milliseconds.default(3000).describe('For one attempt to connect.'),
    headersTimeoutMs: milliseconds.default(10_000).describe('Until the head of an answer is there.'),
    idleTimeoutMs: milliseconds.default(15_000).describe('Between two pieces of a body.'),
  });

/** Where contact centers may set storages of their own: whatever else they name is asked by nobody. */
export const settableStorages = () =>
  z
    .array(
      mediaStorage()
        .omit({ storage: true, userName: true, password: true })
        .extend({
          url: z
            .url({ protocol: /^https?$/ })
            .regex(/^[^@?#]*$/, 'must have no user information, query or fragment')
            .describe(
              'Administrators of contact centers may set storages at this URL and below it, with credentials of their own.',
            ),
        }),
    )
    .default([]);

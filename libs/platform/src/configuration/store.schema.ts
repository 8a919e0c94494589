import { z } from 'zod';
import { filePath, milliseconds, secret, trustedCA } from './option-types.js';

const postgresql = () =>
  z.strictObject({
    hosts: z
      .array(z.string().regex(/^(\[[0-9A-Fa-f:.]+\]|[^\s/:]+):\d{1,5}$/, 'must be host:port'))
      .min(1)
      .describe('Where PostgreSQL is reached, host:port. Of several the one that may be written is used.'),
    database: z.string().min(1).default('rcs'),
    userName: z.string().min(1).default('rcs'),
    password: secret.optional(),
    enableSsl: z.boolean().default(true).describe('false: everything crosses the network in clear.'),
    postgresqlTrustedCA: trustedCA,
    postgresqlJksPassword: secret.optional().describe('Of the keystore that postgresqlTrustedCA names.'),
    postgresqlKeyStorePath: filePath
      .optional()
      .describe('Certificate and key to show when PostgreSQL asks for one: JKS, PKCS#12 or PEM.'),
    postgresqlKeyStorePassword: secret.optional().describe('Of that keystore.'),
    connectTimeoutMs: milliseconds.default(2000).describe('For one attempt to connect.'),
    operationTimeoutMs: milliseconds
      .default(3000)
      .describe('For one operation, what it waits for and repeats after a lost connection included.'),
    maxConnections: z
      .int()
      .min(1)
      .max(200)
      .default(10)
      .describe('Of each process; the audit has three more of its own.'),
  });

/** Where everything is kept but keys and media. */
export const store = () =>
  z
    .strictObject({
      kind: z
        .enum(['sqlite', 'postgresql'])
        .default('sqlite')
        .describe('sqlite: files of one host. postgresql: a database that gateways of many hosts share.'),
      directory: filePath.optional().describe('For sqlite: recordings, users, contact centers and audit lie below it.'),
      postgresql: postgresql().optional().describe('For postgresql.'),
    })
    .superRefine(({ kind, directory, postgresql: named }, context) => {
      if (kind === 'sqlite' && directory === undefined) {
        context.addIssue({ code: 'custom', path: ['directory'], message: 'name the directory of the SQLite files' });
      }
      if (kind === 'postgresql' && named === undefined) {
        const message = 'say where the database is: hosts, database, userName, password';
        context.addIssue({ code: 'custom', path: ['postgresql'], message });
      }
    });

import { z } from 'zod';
import { maxConnections } from './listener-limits.schema.js';
import { filePath, milliseconds, port, reusePort, vaultAddress } from './option-types.js';

/** The name in the labels of key pairs from before they belonged to contact centers, unless the configuration has another. */
export const defaultOrganization = 'genesys-cloud';

/** As it stands in the labels of keys. */
export const organizationName = z.string().regex(/^[^/\p{Cc}]{1,128}$/u, 'must be 1 to 128 characters without slashes');

const ownConnections = maxConnections(1000).describe(
  'Open connections; one more is closed as it is made, and counted.',
);

/** The key-management API for Genesys Cloud; off where the section is absent. */
export const localKeyManager = () =>
  z.strictObject({
    enabled: z.boolean().default(true).describe('false: as if the section were not there.'),
    listen: z
      .strictObject({ host: z.string().default('127.0.0.1'), port, reusePort, maxConnections: ownConnections })
      .optional()
      .describe('A port of its own; the API is then served there and nowhere else.'),
    publicHost: z
      .string()
      .min(1)
      .optional()
      .describe('Host and port that Genesys Cloud signs, where a proxy in front changes what arrives.'),
    publicPort: port.min(1).optional(),
    allowUnsignedQuery: z
      .boolean()
      .default(true)
      .describe(
        'Genesys Cloud signs the path of a request without its query; false demands the query signed, as Hawk does.',
      ),
    timestampSkewSeconds: z
      .int()
      .min(1)
      .max(3600)
      .default(60)
      .describe('How far the clock of a caller may be off, in either direction.'),
    decryptsPerSecond: z.int().min(1).max(100_000).default(500).describe('Per credential, over all gateways.'),
    requestLogLimit: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(100_000)
      .describe('Lines of the request log that are kept.'),
    developmentOpenRegistration: z
      .boolean()
      .default(false)
      .describe(
        'Anyone who reaches the port may register a credential, as in the example service: never in production.',
      ),
    developmentContactCenter: z
      .string()
      .min(1)
      .optional()
      .describe('Whose the credentials are that anyone registers; the only contact center when absent.'),
    organization: organizationName
      .default(defaultOrganization)
      .describe('The name under which the token keeps key pairs from before they belonged to contact centers.'),
    certificateFile: filePath.describe('Its own identity inside the cluster, with the role local-key-manager.'),
    keyFile: filePath.describe('Its private key, PEM.'),
    vaultAddresses: z.array(vaultAddress).min(1).describe('host:port of every key vault.'),
    vaultTimeoutMs: milliseconds.default(5000).describe('For one call, whichever vaults are asked.'),
  });

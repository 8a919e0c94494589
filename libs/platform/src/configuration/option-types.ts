import { readFileSync } from 'node:fs';
import { z } from 'zod';

export const port = z.int().min(0).max(65535);
export const milliseconds = z.int().min(1).max(3_600_000);
export const bytes = z.int().min(1);
export const filePath = z.string().min(1);

/** The content of a secret file without its final line end. */
export function readSecretFile(path: string): string {
  return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
}

/** A secret as text (plain, or CRYPT:...) or, better, as a file that only the service may read (Kubernetes secrets). */
export const secret = z.union([z.string(), z.strictObject({ file: filePath })]).transform((value, context) => {
  if (typeof value === 'string') return value;
  try {
    return readSecretFile(value.file);
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: `cannot read the secret file ${value.file}: ${(error as Error).message}`,
    });
    return z.NEVER;
  }
});

/** A path below the base URL of a storage, of whole names, not percent-encoded; empty for all of it. */
export const storagePrefix = z
  .string()
  .max(4096)
  .transform(written => written.replace(/^\/+|\/+$/g, ''))
  .refine(
    prefix => prefix === '' || prefix.split('/').every(name => !/^\.{0,2}$|[\\\p{Cc}]/u.test(name)),
    'must be a path of plain names such as paris/calls',
  );

/** Whom an outgoing connection trusts. */
export const trustedCA = z
  .union([z.boolean(), filePath])
  .default(true)
  .describe(
    "true: the system's authorities; false: no check; a path: the file of those that are trusted, PEM, JKS or PKCS#12.",
  );

/** Beside an option that names certificates of others, or one's own. */
const allowsWeakKeys = 'Takes certificates with RSA keys of less than 2048 bits, such as those of the original guide.';

/** Of a connection that has authorities of its own, or none. */
export const allowWeakKeys = z.boolean().default(false).describe(allowsWeakKeys);

/** Of one that takes its authorities from serverSettings where it names none. */
export const ownAllowWeakKeys = z
  .boolean()
  .optional()
  .describe(`${allowsWeakKeys} serverSettings.allowWeakKeys when absent.`);

/** A directory of Unix sockets, or none. */
export const socketDirectory = z.union([z.literal(false), filePath]).default(false);

/** Where a key vault is reached. */
export const vaultAddress = z.string().regex(/^[^\s/]+:\d+$/, 'must be host:port');

/** Whether an address is shared with others of this host (SO_REUSEPORT of socket(7)). */
export const reusePort = z
  .boolean()
  .default(false)
  .describe(
    'Gateways of one host and user may listen here together, if all of them say so; the system divides connections among them.',
  );

const address = (defaultPort: number) =>
  z.strictObject({ host: z.string().default('127.0.0.1'), port: port.default(defaultPort) });

/** An address to listen on; the loopback one unless told. */
export const listen = (defaultPort: number) => address(defaultPort).prefault({});

/** An address that several processes of one host may listen on. */
export const sharedListen = (defaultPort: number) => address(defaultPort).extend({ reusePort }).prefault({});

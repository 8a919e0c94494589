import { z } from 'zod';
import { filePath, milliseconds, secret, trustedCA } from './option-types.js';

/** Who vouches for the time at which an archive was signed. */
const timeStamp = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'must start with http:// or https://' })
      .refine(url => new URL(url).username === '' && new URL(url).password === '', {
        error: 'must hold no credentials: userName and password are options of their own',
      })
      .describe('Of the time-stamping authority; requests are posted there (RFC 3161, 3.4).'),
    rootCaFile: filePath.describe('Authorities that may vouch for its certificate for time stamps, PEM.'),
    required: z
      .boolean()
      .default(false)
      .describe(
        'What happens without a time stamp: the archive breaks off, or its manifest says that the time stamp is missing.',
      ),
    timeoutMs: milliseconds
      .max(60_000)
      .default(10_000)
      .describe('For one attempt of three, connection and answer included.'),
    userName: z.string().min(1).optional().describe('Sent as Basic credentials with each request.'),
    password: secret.optional().describe('Of userName.'),
    timeStampTrustedCA: trustedCA,
    timeStampJksPassword: secret.optional().describe('Of the keystore that timeStampTrustedCA names.'),
  })
  .refine(({ userName, password }) => (userName === undefined) === (password === undefined), {
    error: 'needs userName and password, or neither',
  });

/** Archives: recordings to take along. */
export const archives = () =>
  z
    .strictObject({
      timeStamp: timeStamp
        .optional()
        .describe('A time-stamping authority (RFC 3161) that vouches for when an archive was signed.'),
    })
    .prefault({});

export type TimeStampConfiguration = z.output<typeof timeStamp>;

import { z } from 'zod';
import { filePath, milliseconds, secret, vaultAddress } from './option-types.js';

/** What the gateway knows about recording certificates. */
export const recordingCertificates = () =>
  z
    .strictObject({
      vaultAddresses: z
        .array(vaultAddress)
        .min(1)
        .optional()
        .describe('Key vaults of the gateway; those of the decrypt workers when absent.'),
      rootCaFile: filePath.optional().describe('Authorities that may vouch for recording certificates, PEM.'),
      allowSelfSigned: z
        .boolean()
        .default(true)
        .describe('Whether a certificate may vouch for itself, as the administrator guide makes them.'),
      acceptClearPrivateKeys: z
        .boolean()
        .default(false)
        .describe(
          'Whether uploads may carry private keys that the gateway can read; otherwise they come encrypted to the key vaults.',
        ),
      showCertWithUploadPrivilege: z
        .boolean()
        .default(true)
        .describe(
          'Whether who administers certificates sees them without the privilege "Decrypt a Recording", which shows them to everybody who has it.',
        ),
      expiryWarningDays: z
        .array(z.int().min(1).max(3650))
        .max(20)
        .default([90, 30, 7])
        .describe('Days before the end of a certificate at which the log and the webhook warn.'),
      /** Gets a POST with JSON for every warning. */
      expiryWebhook: z
        .strictObject({
          url: z.url({ protocol: /^https?$/ }),
          authorization: secret.optional().describe('Sent as the header field Authorization.'),
          timeoutMs: milliseconds.default(5000),
        })
        .optional(),
      unlistableSources: z
        .array(z.string().min(1).max(256))
        .max(100)
        .default([])
        .describe(
          'Where recordings lie that this server cannot list: archives taken away, the metadata of another server. While any is named, removing a private key needs an operator who has named it, too.',
        ),
      unknownRecipients: z
        .enum(['warn', 'refuse'])
        .default('warn')
        .describe(
          'What happens to a recording that is inserted with an envelope for no certificate of its contact center: it is taken, and log and answer say so, or it is refused.',
        ),
      rewrapPerSecond: z
        .int()
        .min(1)
        .max(100_000)
        .default(500)
        .describe('Envelopes that a rewrap run changes in a second, at most.'),
    })
    .prefault({});

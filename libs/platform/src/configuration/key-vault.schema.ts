import { z } from 'zod';
import { organizationName } from './local-key-manager.schema.js';
import { bytes, filePath, listen, milliseconds, readSecretFile, secret } from './option-types.js';

/** One token of one PKCS#11 module, and how much to ask of it. */
const token = () =>
  z
    .strictObject({
      uri: z
        .string()
        .startsWith('pkcs11:')
        .describe('PKCS#11 URI, RFC 7512: pkcs11:token=...?module-path=...&pin-source=...'),
      pin: secret
        .optional()
        .describe(
          'The PIN, unless the URI names its file as pin-source. Empty where it is entered at the token (CKF_PROTECTED_AUTHENTICATION_PATH).',
        ),
      sessions: z.int().min(1).max(256).default(4).describe('How many operations the token does at once.'),
      queueLimit: z.int().min(1).max(100_000).default(1024).describe('Operations that may wait; the next is refused.'),
      operationTimeoutMs: milliseconds
        .default(10_000)
        .describe(
          'For one call of the PKCS#11 module: its process is killed when it takes longer, and another one started.',
        ),
      openTimeoutMs: milliseconds
        .default(30_000)
        .describe('As operationTimeoutMs, while the token is being opened or looked for.'),
      serialised: z
        .boolean()
        .default(false)
        .describe('true for modules that bear one caller at a time, as opencryptoki 3.8: no two calls overlap.'),
      initialisation: z
        .string()
        .min(1)
        .max(4096)
        .optional()
        .describe('The text that C_Initialize passes on in pReserved, as NSS and YubiHSM 2 want it.'),
      objectsReadOnce: z
        .boolean()
        .default(false)
        .describe(
          'true for modules that read their objects once, as tpm2-pkcs11: where a key is not found the module is initialised again, when it is idle and once a minute at most.',
        ),
      certificateDirectory: filePath
        .optional()
        .describe(
          'Where certificates are kept for a token that keeps none (CKO_CERTIFICATE); a directory that all vaults of the token share. Tokens that keep certificates need none.',
        ),
      newKeys: z
        .boolean()
        .default(true)
        .describe('false: what is imported or made goes to the other tokens, as when this one is the old HSM.'),
    })
    .transform((settings, context) => {
      const pin = settings.pin ?? pinFromSource(settings.uri);
      if (typeof pin === 'string') return { ...settings, pin };
      context.addIssue({ code: 'custom', message: pin.problem, path: ['pin'] });
      return z.NEVER;
    });

/** RFC 7512, 2.4: a file, as file: URI or path; what it holds is the PIN. */
function pinFromSource(uri: string): string | { readonly problem: string } {
  const source = /[?&]pin-source=([^&]*)/.exec(uri)?.[1];
  if (source === undefined) return { problem: 'is missing: give pin, or pin-source in the URI' };
  try {
    const text = decodeURIComponent(source);
    return readSecretFile(text.startsWith('file:') ? decodeURIComponent(new URL(text).pathname) : text);
  } catch (error) {
    return { problem: `cannot be read from the pin-source of the URI: ${(error as Error).message}` };
  }
}

/** The only process that opens the tokens. */
export const keyVault = () =>
  z
    .strictObject({
      listen: listen(7443),
      management: listen(9091),
      token: token().optional().describe('The token; where there are several, `tokens` lists them instead.'),
      tokens: z
        .array(token())
        .min(1)
        .max(16)
        .optional()
        .describe('HA pairs, an old HSM beside a new one: a key found in any of them works.'),
      threads: z
        .int()
        .min(2)
        .max(1024)
        .optional()
        .describe(
          'Threads for calls of a token, in the process of its module. Absent: one for every session and one more, as an HSM behind a network wants it. A token that computes in that process (SoftHSM) is fastest with as many threads as processors and several times as many sessions.',
        ),
      transportKeyTimeToLiveMs: milliseconds
        .default(3_600_000)
        .describe('An agreed session-key transport key lives this long.'),
      maxTransportKeys: z.int().min(1).max(10_000).default(1000).describe('The oldest ends when one more is agreed.'),
      /** How much one caller may ask for. */
      limits: z
        .strictObject({
          unwrapsPerSecond: z
            .int()
            .min(1)
            .max(1_000_000)
            .default(5000)
            .describe('Uses of keys a second and caller, on average; bursts are twice that.'),
          queuedPerCaller: z
            .int()
            .min(1)
            .max(100_000)
            .default(512)
            .describe('Uses of keys that one caller may have waiting; the next is refused.'),
          usesPerGrant: z
            .int()
            .min(1)
            .max(10_000)
            .default(1000)
            .describe('How often one grant opens its envelope at one vault: every worker that plays it needs it once.'),
        })
        .prefault({}),
      formerKeyManagerOrganization: organizationName
        .optional()
        .describe(
          "The name in the labels of the local key manager's keys from before they belonged to contact centers: gateways of before name none and mean this one. That of the section localKeyManager when absent, else genesys-cloud.",
        ),
      /** Copies of imported keys, encrypted to offline recovery certificates; none are made when absent. */
      keyBackup: z
        .strictObject({
          directory: filePath.describe('Where the copies are written, one file for each certificate.'),
          recoveryCertificateFiles: z
            .array(filePath)
            .min(1)
            .max(16)
            .describe('PEM, RSA, a file for each. Whoever has the private key of one of them can open every copy.'),
        })
        .optional(),
      keyRemovalDelayHours: z
        .int()
        .min(24)
        .max(87_600)
        .default(720)
        .describe(
          'A disabled key can be enabled again for this long; only then operators may destroy it. Never less than a day, in which a mistake is noticed.',
        ),
      archiveRecipients: z
        .array(
          z.strictObject({
            contactCenter: z.string().min(1).max(128),
            certificateFiles: z
              .array(filePath)
              .max(64)
              .default([])
              .describe('PEM, RSA of 2048 bits or more; a file for each, in which its chain may follow.'),
            fingerprints: z
              .array(
                z
                  .string()
                  .regex(/^(?:[0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$/, 'SHA-256, hexadecimal, with or without colons'),
              )
              .max(64)
              .default([])
              .describe('SHA-256 of certificates, as `openssl x509 -fingerprint -sha256` prints them.'),
          }),
        )
        .max(1000)
        .default([])
        .describe(
          'For whom archives of a contact center may be re-wrapped (`rcsctl archive create --recipient`). Whoever has the private key of one of these certificates opens every archive that is made for it, without this server. For nobody unless named here.',
        ),
      acceptUnboundGrants: z
        .boolean()
        .default(false)
        .describe(
          'Whether grants count that do not say for which vaults and which worker they are, as gateways and operators of before give them: for the time of an upgrade.',
        ),
      /** Every use of a key is written here, on the disk, before it happens: on a volume that stays, and of this vault alone. */
      keyUseJournal: z
        .strictObject({
          file: filePath
            .default('/var/lib/rcs/key-vault/key-uses.jsonl')
            .describe('Each vault has its own. `rcsctl audit verify-key-uses` proves that nobody changed it.'),
          maximumFileBytes: bytes
            .min(1024)
            .default(256 * 1024 * 1024)
            .describe('A file of this size is sealed and another begun, and so with every month.'),
          keptFiles: z
            .int()
            .min(1)
            .max(100_000)
            .default(200)
            .describe('Sealed files that stay here; older ones are removed, which the journal says.'),
          deadlineMs: milliseconds
            .default(5000)
            .describe('What the disk has not taken by then is refused: no key is used unrecorded.'),
        })
        .prefault({}),
      /** Operators who may open envelopes with `rcsctl decrypt` and `rcsctl verify`, and approve that keys are destroyed; nobody when absent. */
      allowOperatorUnwrap: z
        .strictObject({
          certificateFiles: z
            .array(filePath)
            .min(1)
            .describe(
              'Their certificates, PEM, a file for each, issued by the internal authority with the role operator.',
            ),
          journalFile: filePath.describe('Every use is written here before the key is opened.'),
        })
        .optional(),
    })
    .transform(({ token: only, tokens, ...others }, context) => {
      if ((only === undefined) === (tokens === undefined)) {
        context.addIssue({ code: 'custom', message: 'give either token or tokens', path: ['token'] });
        return z.NEVER;
      }
      return { ...others, tokens: tokens ?? (only === undefined ? [] : [only]) };
    });

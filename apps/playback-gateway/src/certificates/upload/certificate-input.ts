import { z } from 'zod';

/** Aliases label keys in tokens and stand in URLs. */
export const aliasSchema = z
  .string()
  .regex(/^[^/\\\p{Cc}\p{Cs}]{1,128}$/u, 'must be 1 to 128 characters without slashes')
  .refine(alias => alias.trim() === alias, 'must not begin or end with a blank');

/** Of an IVR profile. */
export const profileNameSchema = z
  .string()
  .regex(/^[^/\\\p{Cc}\p{Cs}]{1,255}$/u, 'must be 1 to 255 characters without slashes');

const jwe = z.string().regex(/^[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]*){4}$/, 'must be a compact JWE');
const pem = z.string().max(1_000_000);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform(value => value === 'true')]);

/** One JWE, or one for each vault; forms carry the list as JSON. */
const keyJwe = z.preprocess(
  value => (typeof value === 'string' && value.trimStart().startsWith('[') ? parsed(value) : value),
  z.union([
    jwe.transform(text => [{ vault: '', jwe: text }]),
    z
      .array(z.object({ vault: z.string(), jwe }))
      .min(1)
      .max(64),
  ]),
);

export const certificateUploadSchema = z
  .strictObject({
    alias: aliasSchema.optional(),
    certificate: pem,
    privateKey: pem.optional(),
    password: z.string().max(1024).optional(),
    keyJwe: keyJwe.optional(),
    /** Of the file that the key of keyJwe came from, for people who read the list. */
    keyFormat: z
      .string()
      .regex(/^[\x20-\x7e]{1,64}$/, 'must be 1 to 64 printable ASCII characters')
      .optional(),
    decryptOnly: flag.default(false),
    /** An IVR profile that the certificate is assigned to in the same act, such as `record`. */
    assignTo: profileNameSchema.optional(),
    /** Confirms that another key of the contact center may bear the names of the certificate. */
    sameName: flag.default(false),
  })
  .refine(({ privateKey, keyJwe: encrypted }) => (privateKey === undefined) !== (encrypted === undefined), {
    path: ['keyJwe'],
    message:
      'choose one file of a private key, which is not empty: send it as keyJwe, encrypted to the key vaults (or as privateKey, PEM, where that is allowed)',
  })
  .refine(({ decryptOnly, assignTo }) => !decryptOnly || assignTo === undefined, {
    path: ['assignTo'],
    message: 'a certificate that only opens old recordings (decryptOnly) is assigned to nothing: leave one of them out',
  });

export const certificateInspectionSchema = z
  .strictObject({
    certificate: pem.optional(),
    privateKey: pem.optional(),
    password: z.string().max(1024).optional(),
    alias: z.string().max(128).optional(),
    decryptOnly: flag.optional(),
  })
  .refine(({ certificate, privateKey }) => certificate !== undefined || privateKey !== undefined, {
    path: ['certificate'],
    message: 'send a certificate, a private key, or both',
  });

export type CertificateUpload = Readonly<z.output<typeof certificateUploadSchema>>;
export type CertificateInspection = Readonly<z.output<typeof certificateInspectionSchema>>;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

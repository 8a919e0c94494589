import { z } from 'zod';

const path = z.string().min(1).max(4096);
const media = {
  recordingId: z.string().min(1).max(128),
  mediaId: z.string().min(1).max(255),
  path: path.describe('where the plain file lies, as its mediaDescriptor says it'),
};

/** Stored files, as metadata would name them. */
export const placesSchema = z.strictObject({ paths: z.array(path).min(1).max(200) });
export type Places = z.output<typeof placesSchema>;

export const planEncryptionSchema = z.strictObject(media);
export type PlanEncryption = z.output<typeof planEncryptionSchema>;

export const finishEncryptionSchema = z.strictObject({
  ...media,
  newPath: path.describe('where the encrypted file lies, as the plan named it'),
  pkcs7: z
    .string()
    .max(2_000_000)
    .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be base64')
    .describe('envelope of the encrypted file, base64'),
  certAlias: z.array(z.string().min(1).max(1024)).min(1).max(64),
});
export type FinishEncryption = z.output<typeof finishEncryptionSchema>;

import { z } from 'zod';

const text = z.string().max(1024);

/** Genesys Label API: ASCII, letter by letter, and names that begin with `__` are not for people. */
export const labelName = z
  .string()
  .regex(/^(?!__)(?! )[\x20-\x7e]{1,64}(?<! )$/, 'must be 1 to 64 ASCII characters and must not begin with __')
  .refine(name => !name.includes('/'), 'must not contain /');

export const labelDefinitionSchema = z.strictObject({
  name: labelName,
  displayName: text.min(1).optional(),
  description: text.default(''),
});

export const labelChangeSchema = z.strictObject({ displayName: text.min(1), description: text.default('') });

export const recordingLabelSchema = z.strictObject({ name: labelName });

/** One label for several recordings. */
export const labelledRecordingsSchema = z.strictObject({
  name: labelName,
  recordings: z.array(z.string().max(128)).min(1).max(100),
});

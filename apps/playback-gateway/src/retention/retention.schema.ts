import { z } from 'zod';

const name = z.string().min(1).max(1024);

const ruleSchema = z
  .strictObject({
    ivrProfile: name.optional().describe('recordings of this IVR profile'),
    label: name.optional().describe('recordings that bear this label'),
    days: z.int().min(1).max(36_525).nullable().describe('after the start of the recording; null: for ever'),
  })
  .refine(({ ivrProfile, label }) => ivrProfile === undefined || label === undefined, {
    path: ['label'],
    message: 'name an IVR profile or a label, not both',
  });

export const retentionSchema = z.strictObject({
  rules: z
    .array(ruleSchema)
    .max(100)
    .refine(
      rules => new Set(rules.map(({ ivrProfile, label }) => JSON.stringify([ivrProfile, label]))).size === rules.length,
      {
        message: 'two rules speak of the same recordings',
      },
    ),
  confirm: z
    .string()
    .max(64)
    .optional()
    .describe('how many recordings these rules remove at once, as the refusal said'),
});

export type Retention = z.output<typeof retentionSchema>;

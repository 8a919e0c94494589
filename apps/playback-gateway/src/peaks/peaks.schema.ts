import { z } from 'zod';

/** How a wave form is wanted. */
export const peaksQuerySchema = z.object({
  buckets: z.coerce.number().int().min(1).max(8000).default(1000),
  form: z.enum(['max', 'minmax']).default('max'),
  bits: z
    .enum(['8', '16'])
    .transform(text => (text === '8' ? 8 : 16))
    .optional(),
});

export type PeaksQuery = z.output<typeof peaksQuerySchema>;

import { z } from 'zod';
import { custodyOutcomes } from '#store';

export const proveSchema = z
  .strictObject({
    /** The id of the recording behind which the page begins. */
    after: z.string().max(1024).default(''),
    /** Media files that were looked at since then are left out. */
    before: z.iso.datetime().optional(),
    /** Which recordings are looked at, each with the same chance. */
    sample: z.strictObject({ share: z.number().gt(0).max(1), seed: z.string().min(1).max(200) }).optional(),
    /** Media files that are looked at, at most. */
    limit: z.int().min(1).max(200).default(50),
  })
  .prefault({});
export type ProveInput = z.output<typeof proveSchema>;

const outcome = z.enum(custodyOutcomes);
export const foundSchema = z.strictObject({
  outcome: z
    .union([outcome, z.array(outcome)])
    .default(['key-missing', 'storage-missing', 'damaged'])
    .transform(one => [...new Set([one].flat())]),
  cursor: z.string().max(4096).optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(1000)).default(100),
});
export type FoundQuery = z.output<typeof foundSchema>;

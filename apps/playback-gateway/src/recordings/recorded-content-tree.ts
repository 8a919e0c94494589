import { z } from 'zod';
import { contentTreeHashBytes, leafCount, rootOfLeaves } from '#media-storage';

/** The content tree of a stored file as the recorder sends it, made while it wrote the file. */
export const recordedContentTreeSchema = z
  .strictObject({
    /** Of the stored file, in bytes. */
    length: z.int().min(0),
    root: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal digits'),
    /** Base64. */
    leaves: z.base64().max(1_000_000).optional(),
  })
  .transform((tree, context) => {
    const leaves = tree.leaves === undefined ? undefined : Buffer.from(tree.leaves, 'base64');
    if (leaves !== undefined && !fits(tree, leaves)) {
      context.addIssue({ code: 'custom', message: 'the leaves are not those of the length and the root' });
    }
    return { ...tree, leaves };
  });

export type RecordedContentTree = z.output<typeof recordedContentTreeSchema>;

const fits = ({ length, root }: { length: number; root: string }, leaves: Buffer): boolean =>
  leaves.length === leafCount(length) * contentTreeHashBytes && rootOfLeaves(leaves) === root;

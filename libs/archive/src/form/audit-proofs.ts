import { z } from 'zod';

/** Of the record that was written before the first byte of the archive. */
export const archiveProofName = 'audit-proof.json';
/** In the folder of each recording. */
export const recordingProofsName = 'audit-proofs.json';
export const recordingProofsFormat = 'rcs-archive-audit-proofs/1';

/** Where the signed note of a checkpoint lies that proofs name. */
export const checkpointPath = (number: number): string => `audit-checkpoints/${number}.txt`;

const hexadecimal = z.string().regex(/^[0-9a-f]{64}$/);

const inclusion = z.object({
  record: z.looseObject({
    writer: z.string(),
    sequence: z.int().min(0),
    time: z.string(),
    event: z.string(),
    outcome: z.string(),
    contactCenter: z.string().optional(),
    recording: z.string().optional(),
    mediaFile: z.string().optional(),
  }),
  /** Leaves of the tree that the checkpoint names. */
  size: z.int().min(1),
  /** The nodes beside the way from the record to its root, the lowest first (RFC 9162, 2.1.3). */
  path: z.array(hexadecimal).max(64),
});

/** `audit-proof.json`: the note stands in it. */
export const archiveProofSchema = inclusion.extend({ checkpoint: z.string() });

/** `audit-proofs.json`: the records of the audit that concern one recording, each proved to somebody without the audit. */
export const recordingProofsSchema = z.strictObject({
  format: z.literal(recordingProofsFormat),
  recording: z.string(),
  /** `checkpoint`: the member with the signed note. */
  proofs: z.array(inclusion.extend({ checkpoint: z.string().regex(/^audit-checkpoints\/\d{1,16}\.txt$/) })),
});

export type RecordingProofs = Readonly<z.output<typeof recordingProofsSchema>>;

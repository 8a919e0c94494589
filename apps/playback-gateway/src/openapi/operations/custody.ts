import { z } from 'zod';
import { custodyOutcomes } from '#store';
import { foundSchema, proveSchema } from '../../custody/custody.schema.js';
import { named } from '../named-schema.js';
import { json, type FeatureOperations } from '../operation.js';
import { count, time } from '../values.js';

const caller = 'certificate-administrator';
const outcome = z
  .enum(custodyOutcomes)
  .describe(
    'opens; opens-expired: with expired certificates alone; plain: not encrypted; key-missing; storage-missing; damaged',
  );

const status = named(
  'CustodyStatus',
  z.strictObject({
    mediaFiles: count,
    outcomes: z.partialRecord(z.enum(custodyOutcomes), count).describe('media files by what their last proof found'),
    neverProved: count,
    archives: z
      .strictObject({
        mediaFiles: count,
        forRecipients: count.describe('for a recipient of the archive, whose key is not expected here'),
        keyMissing: count
          .optional()
          .describe('of the others: opened by no key that is here; absent while no vault answers'),
      })
      .describe('media files of the archives that were made here'),
    oldestProof: time.optional(),
  }),
);
const proof = named(
  'CustodyProof',
  z.strictObject({
    recording: z.string(),
    mediaFile: z.string(),
    outcome,
    certificateAlias: z.string().optional().describe('whose key opened it'),
    code: z.string().optional(),
    reason: z.string().optional(),
    nextStep: z.string().optional(),
    provedAt: time,
  }),
);
const proved = named(
  'CustodyPage',
  z.strictObject({
    proofs: z.array(proof),
    next: z.string().optional().describe('`after` of the next page; absent at the end'),
  }),
);
const found = named(
  'CustodyMediaFiles',
  z.strictObject({ mediaFiles: z.array(proof), nextCursor: z.string().optional() }),
);

/** The proof that recordings still open. */
export const custodyOperations: FeatureOperations = {
  feature: 'Custody',
  operations: {
    'GET /rcs/custody': {
      summary: 'How the recordings stand against their keys and storages',
      caller,
      answers: { 200: json(status) },
      problems: ['RCS_NOT_WITH_CASSANDRA'],
    },
    'POST /rcs/custody/proofs': {
      summary: 'Open some media files anew, and keep what is found',
      description:
        'Session keys are unwrapped, the end of each media file is decrypted and its content root compared; nothing of the media is answered.',
      caller,
      body: proveSchema,
      answers: { 200: json(proved) },
      problems: ['RCS_NO_WORKER', 'RCS_VAULT_UNAVAILABLE', 'RCS_TOKEN_UNAVAILABLE', 'RCS_NOT_WITH_CASSANDRA'],
    },
    'GET /rcs/custody/media-files': {
      summary: 'Media files by what their last proof found',
      caller,
      query: foundSchema,
      answers: { 200: json(found) },
    },
  },
};

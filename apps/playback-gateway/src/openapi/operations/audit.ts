import { z } from 'zod';
import { auditExportSchema, auditPageSchema, auditProofSchema } from '../../audit/audit-request.js';
import { named } from '../named-schema.js';
import { json, text, type FeatureOperations } from '../operation.js';
import { count, time } from '../values.js';

const personalTexts = z.strictObject({
  user: z.string().optional(),
  address: z.string().optional(),
  detail: z.string().optional(),
});

const record = z.strictObject({
  event: z.string(),
  outcome: z.enum(['allowed', 'refused', 'done', 'failed', 'aborted']),
  user: z.string().optional(),
  userSource: z.enum(['configuration-server', 'openid']).optional(),
  address: z.string().optional(),
  contactCenter: z.string().optional(),
  recording: z.string().optional(),
  mediaFile: z.string().optional(),
  certificateAlias: z.string().optional(),
  envelopeDigest: z.string().optional(),
  contentProof: z.enum(['proved', 'not proved']).optional(),
  range: z.string().optional(),
  contentRange: z.string().optional().describe('what was sent of the whole, as in Content-Range'),
  bytes: count.optional(),
  requestId: z.string().optional(),
  detail: z.string().optional(),
  writer: z.string(),
  sequence: count,
  time,
  previousHash: z.string(),
  version: z.literal(2).optional().describe('absent in records of before: their hash covers the fields themselves'),
  salts: personalTexts.optional().describe('of the commitments to personal fields, hexadecimal'),
  erased: personalTexts.optional().describe('commitments to fields whose value and salt are gone'),
  hash: z
    .string()
    .describe('SHA-256 over previousHash and the canonical JSON (RFC 8785) of the rest; docs/audit.md has the details'),
});

const page = named(
  'AuditPage',
  z.strictObject({
    records: z.array(record),
    nextCursor: z.string().optional().describe('where the next page begins'),
  }),
);

const proof = named(
  'AuditProof',
  z.strictObject({
    record,
    size: count.describe('leaves of the tree over the chain of the record'),
    path: z
      .array(z.string())
      .describe('nodes beside the way from the record to the root, the lowest first, hexadecimal'),
    checkpoint: z.string().describe('signed note that names the root'),
  }),
);

/** Reading the audit; reading is itself in the audit. */
export const audit: FeatureOperations = {
  feature: 'Audit',
  operations: {
    'GET /rcs/audit': {
      summary: 'Read the audit by pages',
      caller: 'user',
      query: auditPageSchema,
      answers: { 200: json(page) },
    },
    'GET /rcs/audit/export': {
      summary: 'The audit for other systems',
      caller: 'user',
      query: auditExportSchema,
      answers: { 200: text('application/x-ndjson', 'One record a line.') },
    },
    'GET /rcs/audit/proof': {
      summary: 'Prove a record to somebody without the audit',
      caller: 'user',
      query: auditProofSchema,
      answers: { 200: json(proof) },
    },
  },
};

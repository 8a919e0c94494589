import { z } from 'zod';
import { StatementRefused } from './certified-token.js';
import type { StatementVerifier } from './statement-verifier.js';

export const auditCheckpointType = 'rcs-audit-checkpoint+jws';

/** What a writer of the audit signs: up to this record, its chain is so. */
export const auditCheckpointSchema = z.strictObject({
  writer: z.string().min(1),
  sequence: z.int().min(0),
  /** Hexadecimal SHA-256 of the record. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** When it was signed: ISO 8601. */
  time: z.iso.datetime(),
});

export type AuditCheckpointStatement = Readonly<z.output<typeof auditCheckpointSchema>>;

/**
 * Reads a kept checkpoint. The signer's certificate may have ended since: it must have been valid at the signing.
 * @throws StatementRefused for anything that no gateway of the authority signed.
 */
export function readAuditCheckpoint(jws: string, verifier: StatementVerifier): AuditCheckpointStatement {
  return parse(verifier.verifyAt(jws, unverified => new Date(parse(unverified).time)));
}

function parse(content: unknown): AuditCheckpointStatement {
  const parsed = auditCheckpointSchema.safeParse(content);
  if (!parsed.success) throw new StatementRefused('its content is not that of a checkpoint');
  return parsed.data;
}

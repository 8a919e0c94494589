import { hash } from 'node:crypto';
import { z } from 'zod';
import { StatementRefused } from './certified-token.js';
import type { StatementVerifier } from './statement-verifier.js';

export const auditCountersignatureType = 'rcs-audit-countersignature+jws';

/** What a vault signs of a checkpoint that a gateway showed it. */
export const auditCountersignatureSchema = z.strictObject({
  /** Hexadecimal SHA-256 of the checkpoint as it came, UTF-8. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** The process that keeps the journal. */
  journal: z.string().min(1),
  /** Number of its record there. */
  sequence: z.int().min(0),
  /** When it was signed: ISO 8601. */
  time: z.iso.datetime(),
});

export type AuditCountersignature = Readonly<z.output<typeof auditCountersignatureSchema>>;

export const checkpointDigest = (checkpoint: string): string => hash('sha256', checkpoint, 'hex');

/**
 * Reads a vault's countersignature of this checkpoint. The vault's certificate may have ended since: it must have been valid
 * at the signing.
 * @param verifier for the role key-vault and `auditCountersignatureType`.
 * @throws StatementRefused for one of another checkpoint, or that no vault of the authority made.
 */
export function readAuditCountersignature(
  jws: string,
  checkpoint: string,
  verifier: StatementVerifier,
): AuditCountersignature {
  const content = parse(verifier.verifyAt(jws, unverified => new Date(parse(unverified).time)));
  if (content.digest !== checkpointDigest(checkpoint)) throw new StatementRefused('it is for another checkpoint');
  return content;
}

function parse(content: unknown): AuditCountersignature {
  const parsed = auditCountersignatureSchema.safeParse(content);
  if (!parsed.success) throw new StatementRefused('its content is not that of a countersignature');
  return parsed.data;
}

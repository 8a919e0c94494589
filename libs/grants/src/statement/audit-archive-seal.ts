import { hash } from 'node:crypto';
import { z } from 'zod';
import { StatementRefused } from './certified-token.js';
import type { StatementVerifier } from './statement-verifier.js';

export const auditArchiveType = 'rcs-audit-archive+jws';

const hex = z.string().regex(/^[0-9a-f]{64}$/);

/** What an operator signs of records that leave the store. */
export const auditArchiveSchema = z.strictObject({
  number: z.int().min(1),
  /** Digest of the seal before; absent in the first. */
  previous: hex.optional(),
  /** The month up to whose end records are archived: `yyyy-MM`, UTC. */
  month: z.string().regex(/^\d{4}-\d{2}$/),
  /** Time of the oldest record. */
  from: z.iso.datetime(),
  records: z.int().min(1),
  /** SHA-256 over the lines that say how far all chains lie in archives. */
  chainsDigest: hex,
  /** Name of the file, and SHA-256 over all of it that stands before the seal. */
  file: z.string().min(1).max(255),
  fileDigest: hex,
  /** A checkpoint of a gateway that vouches for every record of the archive, alone or with those before it. */
  checkpoint: z.strictObject({ number: z.int().min(1), digest: hex }),
  /** Who sat at the terminal, as the machine says: `user@host`. Who signed is proved by the certificate. */
  operator: z.string().min(1).max(1024),
  time: z.iso.datetime(),
});

export type AuditArchiveSeal = Readonly<z.output<typeof auditArchiveSchema>>;

/** What the next seal names. */
export const sealDigest = (seal: string): string => hash('sha256', seal, 'hex');

interface Chain {
  readonly writer: string;
  readonly size: number;
  readonly hash: string;
  readonly subtrees: readonly string[];
}

/** SHA-256 over a line for each chain, in the order of their writers, hexadecimal. */
export function digestOfArchivedChains(chains: readonly Chain[]): string {
  const lines = [...chains]
    .sort((a, b) => (a.writer < b.writer ? -1 : 1))
    .map(({ writer, size, hash: last, subtrees }) => `${writer} ${size} ${last} ${subtrees.join(',')}\n`);
  return hash('sha256', lines.join(''), 'hex');
}

/**
 * Reads a kept seal. The operator's certificate may have ended since: it must have been valid at the sealing.
 * @param verifier for the role operator and `auditArchiveType`.
 * @throws StatementRefused for anything that no operator of the authority signed.
 */
export function readAuditArchiveSeal(seal: string, verifier: StatementVerifier): AuditArchiveSeal {
  return parse(verifier.verifyAt(seal, unverified => new Date(parse(unverified).time)));
}

function parse(content: unknown): AuditArchiveSeal {
  const parsed = auditArchiveSchema.safeParse(content);
  if (!parsed.success) throw new StatementRefused('its content is not that of the seal of an archive');
  return parsed.data;
}

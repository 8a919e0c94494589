import { basename } from 'node:path';
import {
  digestOfArchivedChains,
  readAuditArchiveSeal,
  readAuditCheckpointNote,
  type AuditArchiveSeal,
  type CertificateTrust,
  type StatementVerifier,
} from '#grants';
import { ChainVerifier, vouchedByArchive, type ArchivedChain } from '#store';
import { readArchive, type ArchiveSummary } from './archive-file.js';

/** Who may have signed. */
export interface ArchiveTrust {
  /** Of the seals: operators. */
  readonly seals: StatementVerifier;
  /** Of the checkpoints: gateways. */
  readonly checkpoints: CertificateTrust;
}

export interface CheckedArchive extends ArchiveSummary {
  readonly content: AuditArchiveSeal;
}

/**
 * Reads an archive and holds it to its seal. @throws Error saying what is wrong; StatementRefused when no operator sealed it.
 */
export async function checkSeal(
  file: string,
  trust: ArchiveTrust,
  take?: Parameters<typeof readArchive>[1],
): Promise<CheckedArchive> {
  const summary = await readArchive(file, take);
  const content = readAuditArchiveSeal(summary.seal, trust.seals);
  if (content.fileDigest !== summary.fileDigest) throw new Error(`${file} is not what was sealed`);
  if (content.chainsDigest !== digestOfArchivedChains(summary.chains) || content.records !== summary.records) {
    throw new Error(`${file} has other records than its seal says`);
  }
  const { digest } = readAuditCheckpointNote(summary.checkpoint, trust.checkpoints);
  if (content.checkpoint.digest !== digest) throw new Error(`${file} has another checkpoint than its seal names`);
  return { ...summary, content };
}

/**
 * Proves that an archive continues those before it: its chains, hashes and trees are whole.
 * @param before how far chains lie in the archives before.
 * @throws Error saying what is wrong.
 */
export async function proveArchive(
  file: string,
  trust: ArchiveTrust,
  before: readonly ArchivedChain[],
): Promise<CheckedArchive> {
  const { chains } = await readArchive(file);
  const sizes = new Map(before.map(({ writer, size }) => [writer, size]));
  const grown = chains.filter(({ writer, size }) => size > (sizes.get(writer) ?? 0));
  const names = new Set(grown.map(({ writer }) => writer));
  const begins = { chains: before.filter(({ writer }) => names.has(writer)) };
  const verifier = new ChainVerifier(grown.map(vouchedByArchive), begins);
  const checked = await checkSeal(file, trust, record => verifier.accept(record));
  const { problems, records } = verifier.result();
  const [problem] = problems;
  if (problem !== undefined) {
    const { writer, sequence, kind, detail } = problem;
    throw new Error(`${basename(file)}: record ${sequence} of ${writer}: ${kind}: ${detail}`);
  }
  const expected = grown.reduce((sum, { writer, size }) => sum + size - (sizes.get(writer) ?? 0), 0);
  if (records !== expected) throw new Error(`${file} has ${records} records where ${expected} should be`);
  return checked;
}

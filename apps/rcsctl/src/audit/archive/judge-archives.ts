import { basename } from 'node:path';
import { digestOfArchivedChains, readAuditArchiveSeal, sealDigest, type AuditArchiveSeal } from '#grants';
import { inChainOrder, type ArchivedPart, type AuditLog, type SealedArchive } from '#store';
import { recordsOf } from './archive-file.js';
import { checkSeal, type ArchiveTrust } from './check-archive.js';

/**
 * - `seal-refused`: no operator of the authority sealed it as it stands
 * - `seal-missing`: archives before this one are not in the store any more, or others are
 * - `not-in-store`: an archive that is at hand is not known to the store
 * - `archive-missing`: it is not among the files that were named
 * - `archive-changed`: its file is not what was sealed
 */
export type ArchiveProblemKind =
  'seal-refused' | 'seal-missing' | 'not-in-store' | 'archive-missing' | 'archive-changed';

export interface ArchiveProblem {
  readonly number: number;
  readonly kind: ArchiveProblemKind;
  /** For people. */
  readonly detail: string;
}

export interface ArchiveJudgement {
  readonly problems: readonly ArchiveProblem[];
  /** The seals that hold, in their order. */
  readonly sealed: readonly AuditArchiveSeal[];
  /** What is proved of the archives, for the verification of the store. */
  readonly part: ArchivedPart;
  /** The last sealed archive of the store. */
  readonly last: SealedArchive | undefined;
}

interface Judged {
  readonly problems: ArchiveProblem[];
  readonly sealed: AuditArchiveSeal[];
  last: SealedArchive | undefined;
}

/** Judges what the store says of its archives, and the archives that are at hand. */
export async function judgeArchives(
  audit: AuditLog,
  trust: ArchiveTrust,
  files: readonly string[],
): Promise<ArchiveJudgement> {
  const judged = await judgeSeals(audit, trust);
  const whole = await judgeFiles(files, trust, judged);
  const chains = judged.last?.chains ?? [];
  const records = whole.length === 0 ? {} : { records: inChainOrder(...whole.map(recordsOf)) };
  return { ...judged, part: { chains, ...records } };
}

async function judgeSeals(audit: AuditLog, trust: ArchiveTrust): Promise<Judged> {
  const judged: Judged = { problems: [], sealed: [], last: undefined };
  for await (const archive of audit.archives()) {
    const { number } = archive;
    const problem = (kind: ArchiveProblemKind, detail: string) => judged.problems.push({ number, kind, detail });
    try {
      const content = readAuditArchiveSeal(archive.seal, trust.seals);
      const previous = judged.last === undefined ? undefined : sealDigest(judged.last.seal);
      if (content.number !== number || content.chainsDigest !== digestOfArchivedChains(archive.chains)) {
        problem('seal-refused', 'it was sealed for other chains or as another number');
      } else if (content.previous !== previous || number !== (judged.last?.number ?? 0) + 1) {
        problem('seal-missing', 'it does not continue the archive before it');
      } else {
        judged.sealed.push(content);
        judged.last = archive;
      }
    } catch (error) {
      problem('seal-refused', error instanceof Error ? error.message : String(error));
    }
  }
  return judged;
}

/** @returns the files that are what was sealed. */
async function judgeFiles(files: readonly string[], trust: ArchiveTrust, judged: Judged): Promise<readonly string[]> {
  const found = new Set<number>();
  const whole: string[] = [];
  for (const file of files) {
    const number = await judgeFile(file, trust, judged);
    if (number === undefined || found.has(number)) continue;
    found.add(number);
    whole.push(file);
  }
  if (files.length === 0) return whole;
  for (const { number, file } of judged.sealed) {
    if (found.has(number)) continue;
    judged.problems.push({ number, kind: 'archive-missing', detail: `${file} is not there, or not what was sealed` });
  }
  return whole;
}

async function judgeFile(file: string, trust: ArchiveTrust, { sealed, problems }: Judged): Promise<number | undefined> {
  try {
    const { content } = await checkSeal(file, trust);
    const { number } = content;
    const inStore = sealed.find(seal => seal.number === number);
    if (inStore?.fileDigest === content.fileDigest) return number;
    const detail = `${basename(file)} is sealed, and the store does not know it`;
    problems.push({ number, kind: 'not-in-store', detail });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    problems.push({ number: 0, kind: 'archive-changed', detail });
  }
  return undefined;
}

/** What lies outside the store, and what seals it: a line for each archive. */
export function describeSealed(sealed: readonly AuditArchiveSeal[]): string[] {
  return sealed.map(
    ({ month, from, records, file, fileDigest, operator, time, checkpoint, number }) =>
      `${from.slice(0, 7)} to ${month}: ${records} records lie in archive ${number}, ${file} (SHA-256 before its seal ` +
      `${fileDigest}), sealed at ${time} by ${operator} under checkpoint ${checkpoint.number} (${checkpoint.digest})`,
  );
}

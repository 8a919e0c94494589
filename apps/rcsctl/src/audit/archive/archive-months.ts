import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { readAuditArchiveSeal, sealDigest, type StatementSigner } from '#grants';
import type { ArchivablePart, AuditLog, SealedArchive } from '#store';
import { proveArchive, type ArchiveTrust, type CheckedArchive } from './check-archive.js';
import { firstMoment, monthAfter, monthOf } from './month.js';
import { writeArchive, type ArchivePlan } from './write-archive.js';

export interface Archiving {
  readonly audit: AuditLog;
  /** Where archives are written. */
  readonly directory: string;
  readonly trust: ArchiveTrust;
  readonly signer: StatementSigner;
  /** How many records of each writer checkpoints vouch for; others stay. */
  readonly vouched: (writer: string) => number;
  /** The last checkpoint. */
  readonly checkpoint: ArchivePlan['checkpoint'];
}

/**
 * Archives month after month, up to and with the last one. Each archive is written, read back and proved before its records
 * go; killed at any point it can be called again.
 * @param until `yyyy-MM`
 * @throws Error when an archive cannot be written or is not what it should be: its records stay.
 */
export async function archiveMonths(archiving: Archiving, until: string): Promise<readonly CheckedArchive[]> {
  await finishRemoval(archiving);
  const oldest = await archiving.audit.oldestArchivable();
  const archives: CheckedArchive[] = [];
  if (oldest === undefined) return archives;
  for (let month = monthOf(oldest); month <= until; month = monthAfter(month)) {
    const parts = await vouchedParts(archiving, month);
    if (parts.length > 0) archives.push(await archiveMonth(archiving, month, parts));
  }
  return archives;
}

async function vouchedParts({ audit, vouched }: Archiving, month: string): Promise<readonly ArchivablePart[]> {
  const parts = await audit.archivable(firstMoment(monthAfter(month)));
  return parts
    .map(part => ({ ...part, size: Math.min(part.size, vouched(part.writer)) }))
    .filter(({ from, size }) => size > from);
}

async function archiveMonth(
  archiving: Archiving,
  month: string,
  parts: readonly ArchivablePart[],
): Promise<CheckedArchive> {
  const { audit, directory, trust, signer, checkpoint } = archiving;
  const last = (await archivesOf(audit)).at(-1);
  const number = (last?.number ?? 0) + 1;
  const chains = last?.chains ?? [];
  const previous = last === undefined ? {} : { previous: sealDigest(last.seal) };
  const file = join(directory, `audit-${String(number).padStart(4, '0')}-${month}.jsonl`);
  // There already when an earlier attempt was killed before the store knew of it.
  if (!existsSync(file))
    await writeArchive(file, audit, { number, month, ...previous, parts, chains, checkpoint }, signer);
  const archive = await proveArchive(file, trust, chains);
  const { content, seal, records } = archive;
  if (content.number !== number || content.month !== month || content.previous !== previous.previous) {
    throw new Error(`${file} is the archive of something else: move it away`);
  }
  const entry = {
    event: 'audit-archived',
    outcome: 'done',
    user: `rcsctl:${userInfo().username}`,
    detail: `archive ${number}, up to ${month}: ${records} records, seal ${sealDigest(seal)}`,
  } as const;
  if (!(await audit.seal({ number, seal, chains: archive.chains }, entry))) {
    throw new Error(`somebody else made archive ${number} meanwhile: move ${file} away`);
  }
  await audit.removeArchived();
  return archive;
}

/** Removes what was sealed before an earlier attempt was killed, when its archive is there and right. */
async function finishRemoval({ audit, directory, trust }: Archiving): Promise<void> {
  if (!(await audit.hasArchived())) return;
  const archives = await archivesOf(audit);
  const [before, last] = [archives.at(-2), archives.at(-1)];
  if (last === undefined) return;
  const file = join(directory, readAuditArchiveSeal(last.seal, trust.seals).file);
  const archive = await proveArchive(file, trust, before?.chains ?? []);
  if (archive.seal !== last.seal) throw new Error(`${file} is not the archive that was sealed`);
  await audit.removeArchived();
}

async function archivesOf(audit: AuditLog): Promise<readonly SealedArchive[]> {
  const archives: SealedArchive[] = [];
  for await (const archive of audit.archives()) archives.push(archive);
  return archives;
}

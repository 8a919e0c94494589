import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ArchivedChain, StoredAuditRecord } from '#store';

/** The first line of an archive. */
export const archiveFormat = 'recording-crypto-server/audit-archive/1';

/**
 * An archive is lines of JSON: its format, a line for each record (`record`), the checkpoint that vouches for them, how far
 * all chains lie in archives, and the seal.
 */
export interface ArchiveSummary {
  /** SHA-256 over all lines before the seal, hexadecimal. */
  readonly fileDigest: string;
  readonly records: number;
  readonly chains: readonly ArchivedChain[];
  /** A gateway's signed note. */
  readonly checkpoint: string;
  readonly seal: string;
}

type Line = Readonly<Record<string, unknown>>;

/** The records of an archive, as they stood in the store, by writer and sequence. */
export async function* recordsOf(file: string): AsyncIterable<StoredAuditRecord> {
  for await (const { line } of linesOf(file)) {
    if (line['record'] !== undefined) yield line['record'] as StoredAuditRecord;
  }
}

/**
 * Reads an archive to its end; nothing of it is proved yet.
 * @param take is given each record.
 * @throws Error when it cannot be read or is none.
 */
export async function readArchive(
  file: string,
  take: (record: StoredAuditRecord) => void = () => undefined,
): Promise<ArchiveSummary> {
  const digest = createHash('sha256');
  let records = 0;
  let [checkpoint, seal] = ['', ''];
  let chains: readonly ArchivedChain[] = [];
  for await (const { line, text } of linesOf(file)) {
    if (seal !== '') throw new Error(`${file} goes on after its seal`);
    if (typeof line['seal'] === 'string') {
      seal = line['seal'];
      continue;
    }
    digest.update(`${text}\n`);
    if (line['record'] !== undefined) {
      records += 1;
      take(line['record'] as StoredAuditRecord);
    } else if (typeof line['checkpoint'] === 'string') checkpoint = line['checkpoint'];
    else if (Array.isArray(line['chains'])) chains = line['chains'] as readonly ArchivedChain[];
  }
  if (seal === '') throw new Error(`${file} has no seal`);
  return { fileDigest: digest.digest('hex'), records, chains, checkpoint, seal };
}

async function* linesOf(file: string): AsyncIterable<{ readonly line: Line; readonly text: string }> {
  let number = 0;
  for await (const text of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    number += 1;
    const line = parsed(text, `line ${number} of ${file}`);
    if (number === 1 && line['format'] !== archiveFormat) throw new Error(`${file} is no archive of an audit`);
    yield { line, text };
  }
  if (number === 0) throw new Error(`${file} is empty`);
}

function parsed(text: string, what: string): Line {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null) return value as Line;
  } catch {
    // Said below.
  }
  throw new Error(`${what} is no JSON object`);
}

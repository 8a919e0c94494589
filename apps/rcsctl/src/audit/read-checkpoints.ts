import { hash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  auditCheckpointType,
  CertificateTrust,
  readAuditCheckpoint,
  readAuditCheckpointNote,
  StatementRefused,
  StatementVerifier,
  type AuditCheckpointNote,
} from '#grants';
import type { CheckpointBucket } from '#checkpoint-bucket';
import type { AuditCheckpoint, AuditLog } from '#store';

/** Where a checkpoint was found. */
export type CheckpointSource = 'store' | 'file' | 'witness';

export interface FoundCheckpoint extends Pick<AuditCheckpointNote, 'content' | 'digest'> {
  readonly sources: ReadonlySet<CheckpointSource>;
}

export interface RefusedLine {
  readonly source: string;
  /** Of a file the line, of the store the number of the checkpoint. */
  readonly line: number;
  readonly reason: string;
}

export interface FoundCheckpoints {
  /** Every one once, by number. */
  readonly notes: readonly FoundCheckpoint[];
  /** Those that earlier versions signed, each for one writer alone. */
  readonly earlier: readonly AuditCheckpoint[];
  /** What no gateway of the authority signed. */
  readonly refused: readonly RefusedLine[];
}

interface CheckpointPlaces {
  readonly audit: AuditLog;
  /** PEM of the internal authority. */
  readonly caFile: string;
  readonly files: readonly string[];
  /** Logs, journals and syslog files that lie elsewhere. */
  readonly witnesses: readonly string[];
  /** Where objects are locked. */
  readonly bucket: CheckpointBucket | undefined;
}

/** All checkpoints that gateways signed, from the store, its checkpoint files and elsewhere. @throws Error for a file that cannot be read. */
export async function readCheckpoints({
  audit,
  caFile,
  files,
  witnesses,
  bucket,
}: CheckpointPlaces): Promise<FoundCheckpoints> {
  const collector = new CheckpointCollector(readFileSync(caFile));
  for await (const { number, note } of audit.checkpoints()) collector.note(note, 'store', 'store', number);
  for (const file of files) {
    if (!existsSync(file)) continue;
    await eachLine(file, (text, line) => collector.fileLine(text, file, line));
  }
  for (const file of witnesses) await eachLine(file, (text, line) => collector.witnessLine(text, file, line));
  if (bucket !== undefined) await readBucket(bucket, collector);
  return collector.found();
}

/** @throws Error when nothing is there, which proves nothing. */
async function readBucket(bucket: CheckpointBucket, collector: CheckpointCollector): Promise<void> {
  let objects = 0;
  for await (const { name, text } of bucket.objects()) {
    objects += 1;
    collector.witnessLine(text, name, 1);
  }
  if (objects === 0) throw new Error('the bucket of audit.s3 has no checkpoint');
}

async function eachLine(file: string, take: (text: string, line: number) => void): Promise<void> {
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    line++;
    if (text !== '') take(text, line);
  }
}

interface Collected extends FoundCheckpoint {
  readonly sources: Set<CheckpointSource>;
}

class CheckpointCollector {
  private readonly notes = new Map<string, Collected>();
  /** By the SHA-256 of the whole note: what lies in several places is checked once. */
  private readonly checked = new Map<string, Collected>();
  private readonly earlier: AuditCheckpoint[] = [];
  private readonly refused: RefusedLine[] = [];
  private readonly trust: CertificateTrust;
  private readonly statements: StatementVerifier;

  constructor(caPem: Buffer) {
    this.trust = new CertificateTrust(caPem);
    this.statements = new StatementVerifier(caPem, 'playback-gateway', auditCheckpointType);
  }

  note(text: string, source: CheckpointSource, place: string, line: number): void {
    const noteHash = hash('sha256', text, 'base64');
    const checked = this.checked.get(noteHash);
    if (checked !== undefined) {
      checked.sources.add(source);
      return;
    }
    try {
      const { content, digest } = readAuditCheckpointNote(text, this.trust);
      // A copy: parts of the text would keep all of it in memory, and a year has half a million of them.
      const found = this.notes.get(digest) ?? { content: structuredClone(content), digest, sources: new Set() };
      found.sources.add(source);
      this.notes.set(digest, found);
      this.checked.set(noteHash, found);
    } catch (error) {
      this.refuse(error, place, line);
    }
  }

  fileLine(text: string, file: string, line: number): void {
    const note = memberOf(text, 'checkpoint');
    if (!text.startsWith('{')) this.statement(text, file, line);
    else if (note !== undefined) this.note(note, 'file', file, line);
    else if (memberOf(text, 'countersignature') === undefined) {
      this.refused.push({ source: file, line, reason: 'it is no line of a checkpoint file' });
    }
  }

  /** In a log of other things too: what is there of checkpoints. */
  witnessLine(text: string, file: string, line: number): void {
    const start = text.indexOf('{');
    const note = start < 0 ? undefined : memberOf(text.slice(start), 'checkpoint');
    if (note?.includes('\n') === true) this.note(note, 'witness', file, line);
  }

  found(): FoundCheckpoints {
    const notes = [...this.notes.values()].sort((a, b) => a.content.number - b.content.number);
    return { notes, earlier: this.earlier, refused: this.refused };
  }

  private statement(jws: string, file: string, line: number): void {
    try {
      this.earlier.push(readAuditCheckpoint(jws, this.statements));
    } catch (error) {
      this.refuse(error, file, line);
    }
  }

  private refuse(error: unknown, source: string, line: number): void {
    if (!(error instanceof StatementRefused)) throw error;
    this.refused.push({ source, line, reason: error.message });
  }
}

/** A text in a JSON object; undefined when it is not there. */
function memberOf(json: string, name: string): string | undefined {
  try {
    const value = (JSON.parse(json) as Readonly<Record<string, unknown>>)[name];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

import { hash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  auditCheckpointType,
  CertificateTrust,
  readAuditCheckpoint,
  readAuditCheckpointNote,
  StatementRefused,
  StatementVerifier,
  UntrustedSigner,
} from '#grants';
import type { CheckpointBucket } from '#checkpoint-bucket';
import type { AuditLog } from '#store';
import { internalAuthority, readAuthorities } from '../configuration/authorities.js';
import { FoundCheckpoints, type CheckpointSource } from './found-checkpoints.js';

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
  const collector = new CheckpointCollector(readAuthorities(internalAuthority, caFile));
  for (const file of files) {
    if (!existsSync(file)) continue;
    await eachLine(file, (text, line) => collector.fileLine(text, file, line));
  }
  for (const file of witnesses) await eachLine(file, (text, line) => collector.witnessLine(text, file, line));
  if (bucket !== undefined) await readBucket(bucket, collector);
  // Gateways sign on meanwhile, into the store first: read last, it has whatever the others had.
  for await (const { number, note } of audit.checkpoints()) collector.note(note, 'store', 'store', number);
  return collector.found;
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

/** What was signed before the internal authority was exchanged is no forgery. */
const formerAuthority = '; an authority that was exchanged since belongs into the file of --ca, too';

class CheckpointCollector {
  readonly found = new FoundCheckpoints();
  private readonly trust: CertificateTrust;
  private readonly statements: StatementVerifier;

  constructor(caPem: Buffer) {
    this.trust = new CertificateTrust(caPem);
    this.statements = new StatementVerifier(caPem, 'playback-gateway', auditCheckpointType);
  }

  note(text: string, source: CheckpointSource, place: string, line: number): void {
    // What lies in several places is checked once.
    const noteHash = hash('sha256', text, 'buffer');
    if (this.found.seenAgain(noteHash, source)) return;
    try {
      this.found.add(readAuditCheckpointNote(text, this.trust), noteHash, source);
    } catch (error) {
      this.refuse(error, place, line);
    }
  }

  fileLine(text: string, file: string, line: number): void {
    const note = memberOf(text, 'checkpoint');
    if (!text.startsWith('{')) this.statement(text, file, line);
    else if (note !== undefined) this.note(note, 'file', file, line);
    else if (memberOf(text, 'countersignature') === undefined) {
      this.found.refuse({ source: file, line, reason: 'it is no line of a checkpoint file' });
    }
  }

  /** In a log of other things too: what is there of checkpoints. */
  witnessLine(text: string, file: string, line: number): void {
    const start = text.indexOf('{');
    const note = start < 0 ? undefined : memberOf(text.slice(start), 'checkpoint');
    if (note?.includes('\n') === true) this.note(note, 'witness', file, line);
  }

  private statement(jws: string, file: string, line: number): void {
    try {
      this.found.addEarlier(readAuditCheckpoint(jws, this.statements));
    } catch (error) {
      this.refuse(error, file, line);
    }
  }

  private refuse(error: unknown, source: string, line: number): void {
    if (!(error instanceof StatementRefused)) throw error;
    const reason = error instanceof UntrustedSigner ? `${error.message}${formerAuthority}` : error.message;
    this.found.refuse({ source, line, reason });
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

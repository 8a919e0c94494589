import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditCheckpointSigner, digestOfHeads, type CheckpointContent } from '#grants';
import { openSqliteStore, type Store } from '#store';
import { InternalAuthority } from '#test/authority/internal-authority.js';

/** With `doNotFake`: what a test sets is the date, and everything else goes on. */
export const onlyTheDate = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

const emptyTree = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** The month that was so many ago: `yyyy-MM`. */
export function monthAgo(months: number): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months)).toISOString().slice(0, 7);
}

/** An audit that gateways wrote in months that are over, with checkpoints, and who may sign under its authority. */
export class PastAudit {
  private number = 0;
  private previous: string | undefined;
  private readonly lines: string[] = [];

  private constructor(
    readonly directory: string,
    private readonly authority: InternalAuthority,
    private readonly signer: AuditCheckpointSigner,
  ) {}

  static async create(directory: string): Promise<PastAudit> {
    mkdirSync(directory, { recursive: true });
    const validity = {
      notBefore: new Date(Date.now() - 400 * 86_400_000),
      notAfter: new Date(Date.now() + 86_400_000),
    };
    const authority = await InternalAuthority.create(validity);
    const audit = new PastAudit(
      directory,
      authority,
      new AuditCheckpointSigner(await authority.issue('playback-gateway', validity)),
    );
    writeFileSync(audit.caFile, authority.caPem);
    await audit.issue('operator');
    await audit.issue('decrypt-worker');
    return audit;
  }

  get store(): string {
    return join(this.directory, 'store');
  }

  get caFile(): string {
    return join(this.directory, 'ca.pem');
  }

  /** Files of a certificate of this role: `.pem` and `.key`. */
  fileOf(role: 'operator' | 'decrypt-worker', suffix: 'pem' | 'key'): string {
    return join(this.directory, `${role}.${suffix}`);
  }

  /** A process that wrote so many records in a month, and ended. */
  async gateway(writer: string, month: string, records: number): Promise<void> {
    const start = Date.parse(`${month}-03T10:00:00.000Z`);
    jest.useFakeTimers({ now: start, doNotFake: [...onlyTheDate] });
    const store = await openSqliteStore({ directory: this.store, auditWriter: writer, writeDeadlineMs: 60_000 });
    try {
      await this.sign(store, writer, 'opened');
      for (let record = 0; record < records; record += 100) {
        jest.setSystemTime(start + record * 1000);
        const batch = Array.from({ length: Math.min(100, records - record) }, (_, index) =>
          store.audit.append({
            event: 'login',
            outcome: 'done',
            user: `user-${record + index}`,
            bytes: record + index,
          }),
        );
        await Promise.all(batch);
        await this.sign(store, writer, 'running');
      }
      await this.sign(store, writer, 'closed');
    } finally {
      await store.close();
      jest.useRealTimers();
    }
    const file = join(this.store, 'audit-checkpoints.jsonl');
    writeFileSync(file, this.lines.map(line => `${line}\n`).join(''));
  }

  private async sign({ audit }: Store, writer: string, state: CheckpointContent['state']): Promise<void> {
    const heads = await audit.heads();
    const own = heads.find(head => head.writer === writer);
    const { digest, note } = this.signer.sign({
      writer,
      size: own?.size ?? 0,
      root: own?.root ?? emptyTree,
      number: ++this.number,
      state,
      time: new Date().toISOString(),
      next: new Date(Date.now() + 86_400_000).toISOString(),
      ...(this.previous === undefined ? {} : { previous: this.previous }),
      writers: heads.length,
      headsDigest: digestOfHeads(heads),
      heads,
    });
    await audit.addCheckpoint({ number: this.number, writer, digest, note });
    this.lines.push(JSON.stringify({ number: this.number, checkpoint: note }));
    this.previous = digest;
  }

  private async issue(role: 'operator' | 'decrypt-worker'): Promise<void> {
    const { certificatePem, keyPem } = await this.authority.issue(role);
    writeFileSync(this.fileOf(role, 'pem'), certificatePem);
    writeFileSync(this.fileOf(role, 'key'), keyPem, { mode: 0o600 });
  }
}

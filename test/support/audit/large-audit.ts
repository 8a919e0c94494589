import { createHash } from 'node:crypto';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import Database from 'better-sqlite3';
import { AuditCheckpointSigner, type CheckpointContent, type CheckpointHead } from '#grants';
import { openSqliteStore } from '#store';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { sealGenesisRecord, sealRecord, type SealedRecord } from '../../../libs/store/src/audit/audit-chain.js';
import { GrowingTree, leafOfRecord } from '../../../libs/store/src/audit/merkle-tree.js';

export interface LargeAuditSize {
  readonly writers: number;
  readonly recordsOfWriter: number;
  /** Each names the head of its writer. */
  readonly checkpointsOfWriter: number;
}

const hour = 3_600_000;

/** An audit as many processes leave it, one after the other: records, checkpoints, and the file of these. */
export class LargeAudit {
  /** Over the heads of the writers that ended. */
  private readonly endedHeads = createHash('sha256');
  private readonly signer: AuditCheckpointSigner;
  private readonly insertRecord: Database.Statement;
  private readonly insertCheckpoint: Database.Statement;
  private number = 0;
  private previous: string | undefined;
  private writers = 0;

  private constructor(
    identity: Awaited<ReturnType<InternalAuthority['issue']>>,
    private readonly database: Database.Database,
    private readonly lines: NodeJS.WritableStream,
    private readonly start: number,
  ) {
    this.signer = new AuditCheckpointSigner(identity);
    this.insertRecord = database.prepare(
      'INSERT INTO audit_record (writer, sequence, time, user, recording, record, hash, personal) ' +
        'VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.insertCheckpoint = database.prepare('INSERT INTO audit_checkpoint VALUES (?, ?, ?, ?)');
  }

  /** Makes `store` and `ca.pem` in a directory. */
  static async write(directory: string, size: LargeAuditSize): Promise<{ store: string; caFile: string }> {
    const [store, caFile] = [join(directory, 'store'), join(directory, 'ca.pem')];
    const start = Date.now() - hour;
    const validity = { notBefore: new Date(start - hour), notAfter: new Date(start + 10 * hour) };
    const authority = await InternalAuthority.create(validity);
    writeFileSync(caFile, authority.caPem);
    await (await openSqliteStore({ directory: store, auditWriter: 'unused' })).close();
    const database = new Database(join(store, 'audit.sqlite'));
    const lines = createWriteStream(join(store, 'audit-checkpoints.jsonl'));
    const audit = new LargeAudit(await authority.issue('playback-gateway', validity), database, lines, start);
    for (let writer = 0; writer < size.writers; writer++) {
      audit.addWriter(`playback-gateway-${String(writer).padStart(6, '0')}`, size);
    }
    database.close();
    lines.end();
    await finished(lines);
    return { store, caFile };
  }

  private addWriter(writer: string, { recordsOfWriter, checkpointsOfWriter }: LargeAuditSize): void {
    const time = new Date(this.start).toISOString();
    const tree = new GrowingTree();
    this.writers += 1;
    this.database.transaction(() => {
      let sealed = sealGenesisRecord(writer, time);
      for (let size = 1; size <= recordsOfWriter; size++) {
        this.insert(sealed);
        tree.add(leafOfRecord(sealed.record.hash));
        const signed = Math.floor((size * checkpointsOfWriter) / recordsOfWriter);
        if (signed > Math.floor(((size - 1) * checkpointsOfWriter) / recordsOfWriter)) {
          const state = signed === checkpointsOfWriter ? 'closed' : signed === 1 ? 'opened' : 'running';
          this.sign({ writer, size, hash: sealed.record.hash, root: tree.root().toString('hex') }, state);
        }
        const entry = { event: 'login', outcome: 'done', user: `user-${size}` } as const;
        sealed = sealRecord(writer, sealed.record, entry, time);
      }
    })();
  }

  private insert({ record, text, personal }: SealedRecord): void {
    const { writer, sequence, time, user = null, recording = null, hash } = record;
    this.insertRecord.run(writer, sequence, time, user, recording, text, hash, personal);
  }

  private sign(head: CheckpointHead, state: CheckpointContent['state']): void {
    const digest = this.endedHeads.copy().update(lineOf(head));
    if (state === 'closed') this.endedHeads.update(lineOf(head));
    const number = ++this.number;
    const signed = this.signer.sign({
      writer: head.writer,
      size: head.size,
      root: head.root,
      number,
      state,
      time: new Date(this.start).toISOString(),
      next: new Date(this.start + 10 * hour).toISOString(),
      ...(this.previous === undefined ? {} : { previous: this.previous }),
      writers: this.writers,
      headsDigest: digest.digest('hex'),
      heads: [head],
    });
    this.insertCheckpoint.run(number, head.writer, signed.digest, signed.note);
    this.lines.write(`${JSON.stringify({ number, checkpoint: signed.note })}\n`);
    this.previous = signed.digest;
  }
}

/** As https://c2sp.org/tlog-checkpoint extension line; written here once more, so that the product's own is tried. */
const lineOf = ({ writer, size, hash, root }: CheckpointHead): string => `head ${writer} ${size} ${hash} ${root}\n`;

import { setImmediate } from 'node:timers/promises';
import type {
  AuditCheckpoint,
  AuditHead,
  AuditInclusion,
  AuditLog,
  AuditQuery,
  AuditVerification,
  StoredCheckpoint,
} from '../audit/audit-log.js';
import type { ErasedFields, ForgottenSubject } from '../audit/audit-erasure.js';
import type { AuditEntry, AuditRecord } from '../audit/audit-record.js';
import type { ChainHead } from '../audit/audit-chain.js';
import { checkedSelection, checkedTime } from '../audit/audit-selection.js';
import type { ArchivablePart, ArchivedPart, SealedArchive } from '../audit/audit-retention.js';
import { inChainOrder } from '../audit/chain-order.js';
import { ChainVerifier } from '../audit/chain-verifier.js';
import { checkedFields, readRecord } from '../audit/checked-record.js';
import type { StoredAuditRecord } from '../audit/stored-audit-record.js';
import { ArchivedChains } from './reading/archived-chains.js';
import { findRecord, pagesInChainOrder, pagesInTimeOrder, pagesOfParts } from './reading/audit-pages.js';
import { checkpointsAfter, newestCheckpoint } from './reading/audit-checkpoint-rows.js';
import { AuditTrees } from './reading/audit-trees.js';
import type { DatabaseReader } from './reading/database-reader.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import type { AuditWrites } from './writing/write-operation.js';

export class SqliteAuditLog implements AuditLog {
  /** Roots that need not be made again: most chains are those of processes that ended. */
  private readonly knownHeads = new Map<string, AuditHead>();
  private openTree: AuditTrees | undefined;
  private openArchived: ArchivedChains | undefined;

  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<AuditWrites>,
  ) {}

  async append(entry: AuditEntry): Promise<AuditRecord> {
    const fields = checkedFields(entry);
    const place = await this.writer.write('append', { entry: fields, time: new Date().toISOString() });
    return { ...fields, ...place };
  }

  async *query(query: AuditQuery = {}): AsyncIterable<AuditRecord> {
    const selection = checkedSelection(query);
    for await (const page of this.pages(() => pagesInTimeOrder(this.reader.database, selection))) {
      for (const stored of page) yield this.reader.readNow(() => readRecord(stored));
    }
  }

  async verify(checkpoints: Iterable<AuditCheckpoint> = [], archived?: ArchivedPart): Promise<AuditVerification> {
    const part: ArchivedPart = archived ?? { chains: this.reader.readNow(() => this.archived.all()) };
    const verifier = new ChainVerifier(checkpoints, part);
    const stored = flat(this.pages(() => pagesInChainOrder(this.reader.database)));
    const all = part.records === undefined ? stored : inChainOrder(stored, part.records);
    for await (const record of all) verifier.accept(record);
    return verifier.result();
  }

  async archivable(before: string): Promise<readonly ArchivablePart[]> {
    const time = checkedTime('before', before) ?? '';
    return this.reader.read(() => {
      const parts = this.ends().map(({ writer, last }) => this.archived.archivable(writer, last, time));
      return parts.filter(part => part !== undefined);
    });
  }

  async oldestArchivable(): Promise<string | undefined> {
    return this.reader.read(() => {
      const times = this.ends().map(({ writer, last }) => this.archived.oldest(writer, last));
      return times.filter(time => time !== undefined).sort()[0];
    });
  }

  async *stored(parts: readonly ArchivablePart[]): AsyncIterable<StoredAuditRecord> {
    yield* flat(this.pages(() => pagesOfParts(this.reader.database, parts)));
  }

  async seal(archive: SealedArchive, entry: AuditEntry): Promise<boolean> {
    for (const { writer } of archive.chains) await this.keepTiles(writer);
    const input = { archive, entry: checkedFields(entry), time: new Date().toISOString() };
    return this.writer.write('sealArchive', input);
  }

  async *archives(): AsyncIterable<SealedArchive> {
    for (let number = Number.MIN_SAFE_INTEGER; ;) {
      const archive = await this.reader.read(() => this.archived.archiveAfter(number));
      if (archive === undefined) return;
      yield archive;
      ({ number } = archive);
    }
  }

  async hasArchived(): Promise<boolean> {
    return this.reader.read(() => this.archived.hasRecords());
  }

  async removeArchived(): Promise<void> {
    while (await this.writer.write('removeArchived', null)) await setImmediate();
  }

  async forget(subject: ForgottenSubject): Promise<void> {
    await this.writer.write('forgetSubject', subject);
  }

  async awaited(): Promise<readonly ForgottenSubject[]> {
    const text = 'SELECT contact_center AS contactCenter, kind, value FROM audit_erasure_order';
    return this.reader.read(() => this.reader.database.prepare<[], ForgottenSubject>(text).all());
  }

  async forgetNext(only?: readonly ForgottenSubject[]): Promise<boolean> {
    return this.writer.write('forgetNext', only ?? null);
  }

  async erasedFields(after: number, limit: number): Promise<readonly ErasedFields[]> {
    return this.reader.read(() =>
      this.reader.database
        .prepare<[number, number], ErasedFields>(
          'SELECT number, writer, sequence, hash, fields FROM audit_erased WHERE number > ? ORDER BY number LIMIT ?',
        )
        .all(after, limit),
    );
  }

  async eraseAgain(erased: readonly Omit<ErasedFields, 'number'>[]): Promise<number> {
    return this.writer.write('eraseAgain', erased);
  }

  /** Values are overwritten where they lay (secure_delete); the write-ahead log still has them until it is cut. */
  async scrub(): Promise<boolean> {
    return this.reader.read(() => {
      const [result] = this.reader.database.pragma('wal_checkpoint(TRUNCATE)') as readonly { readonly busy: number }[];
      return result?.busy === 0;
    });
  }

  async heads(): Promise<readonly AuditHead[]> {
    const { tree } = this;
    const writers = this.reader.readNow(() => [...tree.writers()]);
    const heads: AuditHead[] = [];
    for (const writer of writers) {
      const known = this.knownHeads.get(writer);
      const end = this.reader.readNow(() => tree.head(writer));
      if (end === undefined) continue;
      const head = known?.size === end.sequence + 1 && known.hash === end.hash ? known : await this.headOf(writer, end);
      this.knownHeads.set(writer, head);
      heads.push(head);
    }
    return heads;
  }

  async prove(writer: string, sequence: number, size: number): Promise<AuditInclusion | undefined> {
    return this.reader.read(() => {
      const stored = findRecord(this.reader.database, writer, sequence);
      const end = this.tree.head(writer);
      if (stored === undefined || end === undefined || sequence >= size || size > end.sequence + 1) return undefined;
      if (sequence < (this.archived.of(writer)?.size ?? 0)) return undefined;
      const path = this.tree.path(writer, sequence, size).map(node => node.toString('hex'));
      return { record: readRecord(stored), size, path };
    });
  }

  async addCheckpoint(checkpoint: StoredCheckpoint): Promise<boolean> {
    return this.writer.write('addCheckpoint', checkpoint);
  }

  async *checkpoints(after = 0): AsyncIterable<StoredCheckpoint> {
    yield* flat(this.pages(() => checkpointsAfter(this.reader.database, after)));
  }

  async lastCheckpoint(): Promise<StoredCheckpoint | undefined> {
    return this.reader.read(() => newestCheckpoint(this.reader.database));
  }

  async close(): Promise<void> {
    await this.writer.close();
    this.reader.close();
  }

  private get tree(): AuditTrees {
    this.openTree ??= new AuditTrees(this.reader.database);
    return this.openTree;
  }

  private get archived(): ArchivedChains {
    this.openArchived ??= new ArchivedChains(this.reader.database);
    return this.openArchived;
  }

  /** The last record of each chain. */
  private ends(): readonly { readonly writer: string; readonly last: number }[] {
    return [...this.tree.writers()].map(writer => ({ writer, last: this.tree.head(writer)?.sequence ?? -1 }));
  }

  private async keepTiles(writer: string): Promise<void> {
    while (await this.writer.write('keepTiles', writer)) await setImmediate();
  }

  private async headOf(writer: string, { sequence, hash }: ChainHead): Promise<AuditHead> {
    await this.keepTiles(writer);
    const root = this.reader.readNow(() => this.tree.root(writer, sequence + 1).toString('hex'));
    return { writer, size: sequence + 1, hash, root };
  }

  /** Other work of the process has its turn after each page. */
  private async *pages<T>(open: () => Generator<readonly T[]>): AsyncIterable<readonly T[]> {
    const pages = this.reader.readNow(open);
    for (;;) {
      const page = this.reader.readNow(() => pages.next());
      if (page.done === true) return;
      yield page.value;
      await setImmediate();
    }
  }
}

async function* flat<T>(pages: AsyncIterable<readonly T[]>): AsyncIterable<T> {
  for await (const page of pages) yield* page;
}

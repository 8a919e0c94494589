import type { ChainHead } from '../audit/audit-chain.js';
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
import type { ArchivablePart, ArchivedPart, SealedArchive } from '../audit/audit-retention.js';
import { checkedSelection, checkedTime } from '../audit/audit-selection.js';
import { inChainOrder } from '../audit/chain-order.js';
import { ChainVerifier } from '../audit/chain-verifier.js';
import { checkedFields, readRecord } from '../audit/checked-record.js';
import type { StoredAuditRecord } from '../audit/stored-audit-record.js';
import type { WriteQueue } from '../group-commit/write-queue.js';
import {
  archivableParts,
  archiveAfter,
  archivedChain,
  archivedChains,
  hasArchivedRecords,
  noteArchive,
  oldestArchivable,
  removeArchivedRecords,
} from './audit-archives.js';
import { headOf, sealAfter, writeAfter } from './audit-chain-rows.js';
import { awaitedErasures, erasedFields, eraseAgain, forgetNext, orderErasure } from './audit-erasure-rows.js';
import { dropEmptyMonths } from './audit-month-removal.js';
import type { AuditMonths } from './audit-months.js';
import {
  checkpointsAfter,
  findRecord,
  newestCheckpoint,
  pagesInChainOrder,
  pagesInTimeOrder,
  pagesOfParts,
} from './audit-pages.js';
import { keepTiles, onTree } from './audit-tree-rows.js';
import { Conflict } from './database-problem.js';
import type { PostgresqlDatabase } from './postgresql-database.js';

export interface PostgresqlAuditParts {
  readonly database: PostgresqlDatabase;
  readonly appends: WriteQueue;
  readonly months: AuditMonths;
  readonly writer: string;
}

export class PostgresqlAuditLog implements AuditLog {
  /** Roots that need not be made again: most chains are those of processes that ended. */
  private readonly knownHeads = new Map<string, AuditHead>();

  constructor(private readonly parts: PostgresqlAuditParts) {}

  async append(entry: AuditEntry): Promise<AuditRecord> {
    const input = { entry: checkedFields(entry), time: new Date().toISOString() };
    return (await this.parts.appends.write({ name: 'append', input })) as AuditRecord;
  }

  async *query(query: AuditQuery = {}): AsyncIterable<AuditRecord> {
    for await (const page of pagesInTimeOrder(this.database, checkedSelection(query))) {
      for (const stored of page) yield readRecord(stored);
    }
  }

  async verify(checkpoints: Iterable<AuditCheckpoint> = [], archived?: ArchivedPart): Promise<AuditVerification> {
    const part: ArchivedPart = archived ?? { chains: await this.database.read(archivedChains) };
    const verifier = new ChainVerifier(checkpoints, part);
    const stored = flat(pagesInChainOrder(this.database));
    const all = part.records === undefined ? stored : inChainOrder(stored, part.records);
    for await (const record of all) verifier.accept(record);
    return verifier.result();
  }

  async archivable(before: string): Promise<readonly ArchivablePart[]> {
    const time = checkedTime('before', before) ?? '';
    return this.database.read(sql => archivableParts(sql, time));
  }

  oldestArchivable(): Promise<string | undefined> {
    return this.database.read(oldestArchivable);
  }

  async *stored(parts: readonly ArchivablePart[]): AsyncIterable<StoredAuditRecord> {
    yield* flat(pagesOfParts(this.database, parts));
  }

  async seal(archive: SealedArchive, entry: AuditEntry): Promise<boolean> {
    const { writer, months } = this.parts;
    const timed = { entry: checkedFields(entry), time: new Date().toISOString() };
    for (const chain of archive.chains) await this.keepAllTiles(chain.writer);
    await months.prepare([timed.time]);
    return this.database.transaction(async sql => {
      if (!(await noteArchive(sql, archive))) return false;
      const head = await headOf(sql, writer, true);
      if (await writeAfter(sql, writer, head, sealAfter(writer, head, [timed]))) return true;
      throw new Conflict(`another process began the chain of ${writer}`);
    });
  }

  async *archives(): AsyncIterable<SealedArchive> {
    for (
      let archive = await this.archiveAfter(0);
      archive !== undefined;
      archive = await this.archiveAfter(archive.number)
    ) {
      yield archive;
    }
  }

  hasArchived(): Promise<boolean> {
    return this.database.read(hasArchivedRecords);
  }

  async removeArchived(): Promise<void> {
    while (await this.database.transaction(removeArchivedRecords));
    await dropEmptyMonths(this.database);
  }

  async forget(subject: ForgottenSubject): Promise<void> {
    await this.database.transaction(sql => orderErasure(sql, subject));
  }

  awaited(): Promise<readonly ForgottenSubject[]> {
    return this.database.read(awaitedErasures);
  }

  forgetNext(only?: readonly ForgottenSubject[]): Promise<boolean> {
    return this.database.transaction(sql => forgetNext(sql, only));
  }

  erasedFields(after: number, limit: number): Promise<readonly ErasedFields[]> {
    return this.database.read(sql => erasedFields(sql, after, limit));
  }

  eraseAgain(erased: readonly Omit<ErasedFields, 'number'>[]): Promise<number> {
    return this.database.transaction(sql => eraseAgain(sql, erased));
  }

  /** The server's own autovacuum overwrites what is dead. */
  scrub(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async heads(): Promise<readonly AuditHead[]> {
    const ends = await this.database.read(sql =>
      sql.all<ChainHead & { readonly writer: string }>(
        'SELECT writer, sequence, hash FROM audit_chain ORDER BY writer',
      ),
    );
    const heads: AuditHead[] = [];
    for (const { writer, sequence, hash } of ends) {
      const known = this.knownHeads.get(writer);
      const isKnown = known?.size === sequence + 1 && known.hash === hash;
      const head = isKnown ? known : await this.madeHead(writer, { sequence, hash });
      this.knownHeads.set(writer, head);
      heads.push(head);
    }
    return heads;
  }

  prove(writer: string, sequence: number, size: number): Promise<AuditInclusion | undefined> {
    return this.database.read(async sql => {
      const stored = await findRecord(sql, writer, sequence);
      const end = await headOf(sql, writer);
      if (stored === undefined || sequence >= size || size > end.sequence + 1) return undefined;
      if (sequence < ((await archivedChain(sql, writer))?.size ?? 0)) return undefined;
      const path = await onTree(sql, writer, tree => tree.path(sequence, size));
      return { record: readRecord(stored), size, path: path.map(node => node.toString('hex')) };
    });
  }

  async addCheckpoint({ number, writer, digest, note }: StoredCheckpoint): Promise<boolean> {
    const text = `
      INSERT INTO audit_checkpoint (number, writer, digest, note) SELECT $1::bigint, $2, $3, $4
      WHERE $1::bigint = 1 + (SELECT coalesce(max(number), 0) FROM audit_checkpoint) ON CONFLICT DO NOTHING`;
    return (await this.database.transaction(sql => sql.run(text, [number, writer, digest, note]))) === 1;
  }

  async *checkpoints(after = 0): AsyncIterable<StoredCheckpoint> {
    yield* flat(checkpointsAfter(this.database, after));
  }

  lastCheckpoint(): Promise<StoredCheckpoint | undefined> {
    return this.database.read(newestCheckpoint);
  }

  async close(): Promise<void> {
    await this.parts.appends.close();
    await this.database.close();
  }

  private get database(): PostgresqlDatabase {
    return this.parts.database;
  }

  private archiveAfter(number: number): Promise<SealedArchive | undefined> {
    return this.database.read(sql => archiveAfter(sql, number));
  }

  private async keepAllTiles(writer: string): Promise<void> {
    while (await this.database.transaction(sql => keepTiles(sql, writer)));
  }

  private async madeHead(writer: string, { sequence, hash }: ChainHead): Promise<AuditHead> {
    await this.keepAllTiles(writer);
    const root = await this.database.read(sql => onTree(sql, writer, tree => tree.root(sequence + 1)));
    return { writer, size: sequence + 1, hash, root: root.toString('hex') };
  }
}

async function* flat<T>(pages: AsyncIterable<readonly T[]>): AsyncIterable<T> {
  for await (const page of pages) yield* page;
}

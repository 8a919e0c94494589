import type Database from 'better-sqlite3';
import { sealGenesisRecord, sealRecord, type ChainHead, type SealedRecord } from '../../audit/audit-chain.js';
import { archiveWrites } from './archive-writes.js';
import { auditErasureWrites } from './audit-erasure-writes.js';
import { keepTiles } from './audit-tiles.js';
import type { AuditRecord } from '../../audit/audit-record.js';
import type { AuditWrites, RecordPlace, WriteHandlers, WriteTransaction } from './write-operation.js';

/** Its one statement that writes a record is the last; a genesis record that stays without the next is sound. */
export const auditUndoneBySqlite: ReadonlySet<string> = new Set<keyof AuditWrites>(['append']);

type AppendedEntry = AuditWrites['append']['input'];

/**
 * Continues the chain of one writer. The head is read again inside each transaction: two processes started under the same
 * name by mistake then share one sound chain.
 */
export function auditWrites(
  database: Database.Database,
  writer: string,
): WriteHandlers<AuditWrites, [WriteTransaction]> {
  // With an order SQLite would prepare this statement anew at every use.
  const findHead = database.prepare<{ writer: string }, ChainHead>(
    'SELECT sequence, hash FROM audit_record WHERE writer = @writer ' +
      'AND sequence = (SELECT max(sequence) FROM audit_record WHERE writer = @writer)',
  );
  const insert = database.prepare(
    'INSERT INTO audit_record (writer, sequence, time, user, recording, record, personal, hash) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const selectNumber = database.prepare<[], number>('SELECT coalesce(max(number), 0) FROM audit_checkpoint').pluck();
  const insertCheckpoint = database.prepare(
    'INSERT INTO audit_checkpoint (number, writer, digest, note) VALUES (@number, @writer, @digest, @note)',
  );

  const store = ({ record, text, personal }: SealedRecord): ChainHead => {
    const { sequence, time, user, recording, hash } = record;
    insert.run(writer, sequence, time, user ?? null, recording ?? null, text, personal, hash);
    return record;
  };

  let known: { readonly transaction: WriteTransaction; readonly head: ChainHead } | undefined;
  const headIn = (transaction: WriteTransaction): ChainHead | undefined =>
    known?.transaction === transaction ? known.head : findHead.get({ writer });

  const append = ({ entry, time }: AppendedEntry, transaction: WriteTransaction): RecordPlace => {
    const head = headIn(transaction) ?? store(sealGenesisRecord(writer, time));
    const sealed = sealRecord(writer, head, entry, time);
    known = { transaction, head: store(sealed) };
    return placeOf(sealed.record);
  };
  const { seal, removeArchived } = archiveWrites(database);

  return {
    append,
    ...auditErasureWrites(database),
    removeArchived,

    sealArchive({ archive, entry, time }, transaction) {
      if (!seal(archive)) return false;
      append({ entry, time }, transaction);
      return true;
    },

    keepTiles: keepTiles(database),

    addCheckpoint(checkpoint) {
      if ((selectNumber.get() ?? 0) + 1 !== checkpoint.number) return false;
      insertCheckpoint.run(checkpoint);
      return true;
    },

    probe: () => null,
  };
}

/** Crosses the thread, so it is as little as it can be. */
function placeOf({ writer, sequence, time, previousHash, version, salts, hash }: AuditRecord): RecordPlace {
  return {
    writer,
    sequence,
    time,
    previousHash,
    ...(version === undefined ? {} : { version }),
    ...(salts === undefined ? {} : { salts }),
    hash,
  };
}

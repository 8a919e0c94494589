import type Database from 'better-sqlite3';
import { sealGenesisRecord, sealRecord, type ChainHead, type SealedRecord } from '../../audit/audit-chain.js';
import { archiveWrites } from './archive-writes.js';
import { auditErasureWrites } from './audit-erasure-writes.js';
import { keepTiles } from './audit-tiles.js';
import type { AuditEntry, AuditRecord } from '../../audit/audit-record.js';
import type { AuditWrites, RecordPlace, WriteHandlers } from './write-operation.js';

/**
 * Continues the chain of one writer. The head is read again for each record, inside the transaction: two processes
 * started under the same name by mistake then share one sound chain.
 */
export function auditWrites(database: Database.Database, writer: string): WriteHandlers<AuditWrites> {
  const findHead = database.prepare<[string], ChainHead>(
    'SELECT sequence, hash FROM audit_record WHERE writer = ? ORDER BY sequence DESC LIMIT 1',
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

  const append = ({ entry, time }: { entry: AuditEntry; time: string }): RecordPlace => {
    const head = findHead.get(writer) ?? store(sealGenesisRecord(writer, time));
    const sealed = sealRecord(writer, head, entry, time);
    store(sealed);
    return placeOf(sealed.record);
  };
  const { seal, removeArchived } = archiveWrites(database);

  return {
    append,
    ...auditErasureWrites(database),
    removeArchived,

    sealArchive({ archive, entry, time }) {
      if (!seal(archive)) return false;
      append({ entry, time });
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

import type Database from 'better-sqlite3';
import { ArchivedChains } from '../reading/archived-chains.js';
import { tileWidth } from '../../audit/audit-tree.js';
import type { ArchivedChain, SealedArchive } from '../../audit/audit-retention.js';
import type { ArchiveWrites, WriteHandlers } from './write-operation.js';
import { WriteRefused } from '../../group-commit/write-request.js';

/** Of one transaction, so that appends wait for milliseconds only. */
const removedAtOnce = 500;
/** The code that knows that a chain may begin later than with its first record. */
const codeThatKnowsArchives = 3;

type Handlers = Omit<WriteHandlers<ArchiveWrites>, 'sealArchive'> & {
  readonly seal: (archive: SealedArchive) => boolean;
};

/** Notes what lies in archives, and removes it. */
export function archiveWrites(database: Database.Database): Handlers {
  const known = new ArchivedChains(database);
  const lastNumber = database.prepare<[], number>('SELECT coalesce(max(number), 0) FROM audit_archive').pluck();
  const insert = database.prepare('INSERT INTO audit_archive (number, seal, chains) VALUES (?, ?, ?)');
  const put = database.prepare(
    `INSERT INTO audit_archived_chain (writer, size, hash, subtrees) VALUES (?, ?, ?, ?)
     ON CONFLICT (writer) DO UPDATE SET size = excluded.size, hash = excluded.hash, subtrees = excluded.subtrees`,
  );
  const recorded = database
    .prepare<[string, number], string>('SELECT hash FROM audit_record WHERE writer = ? AND sequence = ?')
    .pluck();
  const keptTiles = database
    .prepare<[string], number>('SELECT coalesce(max(position) + 1, 0) FROM audit_tile WHERE writer = ? AND level = 1')
    .pluck();
  const stays = database.prepare('SELECT 1 FROM audit_record WHERE writer = ? AND sequence >= ? LIMIT 1');
  const refuseOlderCode = database.prepare('UPDATE schema_compatibility SET works_with_code_of = ?');
  const remove = database.prepare<[string, number, string]>(
    'DELETE FROM audit_record WHERE writer = ? AND sequence < ? AND sequence < ' +
      `(SELECT min(sequence) + ${removedAtOnce} FROM audit_record WHERE writer = ?)`,
  );

  const isSound = (chain: ArchivedChain): boolean => {
    const { writer, size, hash } = chain;
    const before = known.of(writer);
    if (before?.size === size) return before.hash === hash;
    return (
      size > (before?.size ?? 0) &&
      recorded.get(writer, size - 1) === hash &&
      stays.get(writer, size) !== undefined &&
      (keptTiles.get(writer) ?? 0) >= Math.floor(size / tileWidth)
    );
  };

  return {
    seal({ number, seal, chains }) {
      if ((lastNumber.get() ?? 0) + 1 !== number) return false;
      const isWhole = known.all().every(({ writer }) => chains.some(chain => chain.writer === writer));
      if (!isWhole || !chains.every(isSound)) {
        throw new WriteRefused('RCS_INVALID_VALUE', `archive ${number} does not continue those before it`);
      }
      insert.run(number, seal, JSON.stringify(chains));
      for (const { writer, size, hash, subtrees } of chains) put.run(writer, size, hash, JSON.stringify(subtrees));
      refuseOlderCode.run(codeThatKnowsArchives);
      return true;
    },

    removeArchived() {
      for (const { writer, size } of known.all()) {
        if (remove.run(writer, size, writer).changes > 0) return true;
      }
      return false;
    },
  };
}

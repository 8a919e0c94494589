import type Database from 'better-sqlite3';
import type { ChainHead } from '../../audit/audit-chain.js';
import { AuditTree, type TreeSteps } from '../../audit/audit-tree.js';
import { leafOfRecord } from '../../audit/merkle-tree.js';
import { ArchivedChains } from './archived-chains.js';

/** The Merkle trees over the chains of an audit database. */
export class AuditTrees {
  private readonly selectLeaves: Database.Statement<[string, number, number], string>;
  private readonly selectTiles: Database.Statement<[string, number, number, number], Buffer>;
  private readonly selectWriter: Database.Statement<[string], string | null>;
  private readonly selectHead: Database.Statement<[string], ChainHead>;
  private readonly archived: ArchivedChains;

  constructor(database: Database.Database) {
    this.archived = new ArchivedChains(database);
    this.selectLeaves = database
      .prepare<[string, number, number], string>(
        'SELECT hash FROM audit_record WHERE writer = ? AND sequence >= ? AND sequence < ? ORDER BY sequence',
      )
      .pluck();
    this.selectTiles = database
      .prepare<[string, number, number, number], Buffer>(
        'SELECT hash FROM audit_tile WHERE writer = ? AND level = ? AND position >= ? AND position < ? ORDER BY position',
      )
      .pluck();
    // One step of the index for each writer; a plain DISTINCT would read the whole log.
    this.selectWriter = database
      .prepare<[string], string | null>('SELECT min(writer) FROM audit_record WHERE writer > ?')
      .pluck();
    this.selectHead = database.prepare<[string], ChainHead>(
      'SELECT sequence, hash FROM audit_record WHERE writer = ? ORDER BY sequence DESC LIMIT 1',
    );
  }

  /** The names of all writers, in order. */
  *writers(): Generator<string> {
    for (let writer = this.selectWriter.get(''); typeof writer === 'string'; writer = this.selectWriter.get(writer)) {
      yield writer;
    }
  }

  head(writer: string): ChainHead | undefined {
    return this.selectHead.get(writer);
  }

  /** The root over the first `size` records. @throws Error when they are not all there. */
  root(writer: string, size: number): Buffer {
    return this.made(writer, tree => tree.root(size));
  }

  /** The nodes beside the way from a record to that root, the lowest first. */
  path(writer: string, index: number, size: number): readonly Buffer[] {
    return this.made(writer, tree => tree.path(index, size));
  }

  /** What is kept as tile `position` of `level`. */
  tile(writer: string, level: number, position: number): Buffer {
    return this.made(writer, tree => tree.tile(level, position));
  }

  private made<T>(writer: string, begin: (tree: AuditTree) => TreeSteps<T>): T {
    const steps = begin(new AuditTree(writer, this.archived.of(writer)));
    let step = steps.next();
    while (step.done !== true) {
      const { level, from, end } = step.value;
      const nodes =
        level === 0
          ? this.selectLeaves.all(writer, from, end).map(leafOfRecord)
          : this.selectTiles.all(writer, level, from, end);
      step = steps.next(nodes);
    }
    return step.value;
  }
}

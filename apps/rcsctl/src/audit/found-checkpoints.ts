import { setImmediate } from 'node:timers/promises';
import type { AuditCheckpointNote, CheckpointContent, CheckpointHead } from '#grants';
import { openScratchDatabase, type AuditCheckpoint } from '#store';
import { FirstFindings } from './first-findings.js';

/** Where a checkpoint was found. */
export type CheckpointSource = 'store' | 'file' | 'witness';

/** A checkpoint without the heads it names. */
export type KeptCheckpoint = Omit<CheckpointContent, 'heads' | 'size' | 'root' | 'previous'> & {
  /** In the order in which they were found. */
  readonly id: number;
  readonly digest: string;
  readonly previous: string | null;
  /** How many heads it names. */
  readonly named: number;
};

export interface RefusedLine {
  readonly source: string;
  /** Of a file the line, of the store the number of the checkpoint. */
  readonly line: number;
  readonly reason: string;
}

const sourceBits: Readonly<Record<CheckpointSource, number>> = { store: 1, file: 2, witness: 4 };
const pageSize = 250;
const columns = 'id, digest, number, writer, state, time, next, previous, writers, headsDigest, named';

const schema = `
  CREATE TABLE checkpoint (
    id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, number INTEGER NOT NULL, writer TEXT NOT NULL,
    state TEXT NOT NULL, time TEXT NOT NULL, next TEXT NOT NULL, previous TEXT, writers INTEGER NOT NULL,
    headsDigest TEXT NOT NULL, named INTEGER NOT NULL, sources INTEGER NOT NULL
  );
  CREATE INDEX checkpoint_by_number ON checkpoint (number, id);
  CREATE TABLE head (
    checkpoint INTEGER NOT NULL, position INTEGER NOT NULL, writer TEXT NOT NULL, size INTEGER NOT NULL, hash TEXT NOT NULL,
    root TEXT NOT NULL, PRIMARY KEY (checkpoint, position)
  ) WITHOUT ROWID;
  CREATE INDEX head_by_writer ON head (writer, size);
  CREATE TABLE checked_note (hash BLOB PRIMARY KEY, checkpoint INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE earlier (
    writer TEXT NOT NULL, sequence INTEGER NOT NULL, hash TEXT NOT NULL, time TEXT NOT NULL
  );
`;

/** All checkpoints that were found, every one once; memory does not grow with them. */
export class FoundCheckpoints {
  private readonly database = openScratchDatabase(schema);
  private readonly refusedLines = new FirstFindings<RefusedLine>();
  private readonly findChecked = this.database.prepare<[Buffer], number>(
    'SELECT checkpoint FROM checked_note WHERE hash = ?',
  );
  private readonly findDigest = this.database.prepare<[string], number>('SELECT id FROM checkpoint WHERE digest = ?');
  private readonly addSource = this.database.prepare<[number, number]>(
    'UPDATE checkpoint SET sources = sources | ? WHERE id = ?',
  );
  private readonly insert = this.database.prepare<[Readonly<Record<string, unknown>>]>(
    'INSERT INTO checkpoint (digest, number, writer, state, time, next, previous, writers, headsDigest, named, sources) ' +
      'VALUES ($digest, $number, $writer, $state, $time, $next, $previous, $writers, $headsDigest, $named, $sources)',
  );
  private readonly insertHead = this.database.prepare<[number | bigint, number, string, number, string, string]>(
    'INSERT INTO head VALUES (?, ?, ?, ?, ?, ?)',
  );
  private readonly insertEarlier = this.database.prepare<[string, number, string, string]>(
    'INSERT INTO earlier VALUES (?, ?, ?, ?)',
  );
  private readonly selectHeads = this.database.prepare<[number], CheckpointHead>(
    'SELECT writer, size, hash, root FROM head WHERE checkpoint = ? ORDER BY position',
  );
  private readonly insertChecked = this.database.prepare<[Buffer, number]>('INSERT INTO checked_note VALUES (?, ?)');

  constructor() {
    this.findChecked.pluck();
    this.findDigest.pluck();
  }

  /**
   * Notes that a checkpoint lies in this place, too.
   * @param noteHash SHA-256 of the whole note, its signature included: what was checked need not be checked again.
   * @returns false when no such note was added yet.
   */
  seenAgain(noteHash: Buffer, source: CheckpointSource): boolean {
    const id = this.findChecked.get(noteHash);
    if (id === undefined) return false;
    this.addSource.run(sourceBits[source], id);
    return true;
  }

  /** A checkpoint that a gateway signed. */
  add(note: Pick<AuditCheckpointNote, 'content' | 'digest'>, noteHash: Buffer, source: CheckpointSource): void {
    const id = this.findDigest.get(note.digest) ?? this.inserted(note);
    this.addSource.run(sourceBits[source], id);
    this.insertChecked.run(noteHash, id);
  }

  /** One that an earlier version signed, for one writer alone. */
  addEarlier({ writer, sequence, hash, time }: AuditCheckpoint): void {
    this.insertEarlier.run(writer, sequence, hash, time);
  }

  /** What no gateway of the authority signed. */
  refuse(line: RefusedLine): void {
    this.refusedLines.add(line);
  }

  get refused(): Pick<FirstFindings<RefusedLine>, 'findings' | 'count'> {
    return this.refusedLines;
  }

  /** Those of earlier versions included. */
  get count(): number {
    return this.number('SELECT (SELECT count(*) FROM checkpoint) + (SELECT count(*) FROM earlier)');
  }

  /** By number; other work has its turn between pages, and what is of no use any more goes. */
  async *inOrder(): AsyncGenerator<KeptCheckpoint> {
    const select = this.database.prepare<[number, number], KeptCheckpoint>(
      `SELECT ${columns} FROM checkpoint WHERE (number, id) > (?, ?) ORDER BY number, id LIMIT ${pageSize}`,
    );
    let page = select.all(0, 0);
    for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
      yield* page;
      await setImmediate();
      page = select.all(last.number, last.id);
    }
  }

  /** The heads that a checkpoint names. */
  headsOf({ id }: KeptCheckpoint): readonly CheckpointHead[] {
    return this.selectHeads.all(id);
  }

  /** Those that do not lie in a place, by number. */
  *without(source: CheckpointSource): Generator<KeptCheckpoint> {
    yield* this.database
      .prepare<[number], KeptCheckpoint>(`SELECT ${columns} FROM checkpoint WHERE sources & ? = 0 ORDER BY number, id`)
      .iterate(sourceBits[source]);
  }

  /** What the records must agree with: the last record of each chain that a checkpoint names. */
  *vouched(): Generator<AuditCheckpoint> {
    yield* this.database.prepare<[], AuditCheckpoint>('SELECT * FROM earlier').iterate();
    yield* this.database
      .prepare<[], AuditCheckpoint>(
        'SELECT h.writer, h.size - 1 AS sequence, h.hash, h.root, c.time ' +
          'FROM head AS h JOIN checkpoint AS c ON c.id = h.checkpoint ORDER BY c.number, c.id, h.position',
      )
      .iterate();
  }

  /** For how many records of a writer checkpoints vouch. */
  vouchedSize(writer: string): number {
    return this.number('SELECT coalesce(max(size), 0) FROM head WHERE writer = ?', writer);
  }

  close(): void {
    this.database.close();
  }

  private inserted({ content, digest }: Pick<AuditCheckpointNote, 'content' | 'digest'>): number {
    const { heads, number, writer, state, time, next, previous = null, writers, headsDigest } = content;
    const members = { number, writer, state, time, next, previous, writers, headsDigest };
    const row = { ...members, digest, named: heads.length, sources: 0 };
    const { lastInsertRowid } = this.insert.run(row);
    heads.forEach((head, position) =>
      this.insertHead.run(lastInsertRowid, position, head.writer, head.size, head.hash, head.root),
    );
    return Number(lastInsertRowid);
  }

  private number(sql: string, ...parameters: string[]): number {
    return (
      this.database
        .prepare<string[], number>(sql)
        .pluck()
        .get(...parameters) ?? 0
    );
  }
}

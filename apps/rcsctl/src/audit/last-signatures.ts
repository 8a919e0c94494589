import { openScratchDatabase } from '#store';
import type { KeptCheckpoint } from './found-checkpoints.js';

/** The last checkpoint of a writer. */
export type LastSignature = Pick<KeptCheckpoint, 'id' | 'number' | 'writer' | 'state' | 'time' | 'next'>;

const schema = `
  CREATE TABLE signature (
    writer TEXT PRIMARY KEY, id INTEGER NOT NULL, number INTEGER NOT NULL, state TEXT NOT NULL, time TEXT NOT NULL,
    next TEXT NOT NULL
  ) WITHOUT ROWID;
`;

/** Of each process that signed its last checkpoint. */
export class LastSignatures {
  private readonly database = openScratchDatabase(schema);
  private readonly put = this.database.prepare<[string, number, number, string, string, string]>(
    'INSERT OR REPLACE INTO signature VALUES (?, ?, ?, ?, ?, ?)',
  );
  private readonly find = this.database.prepare<[string], LastSignature>('SELECT * FROM signature WHERE writer = ?');

  set({ writer, id, number, state, time, next }: LastSignature): void {
    this.put.run(writer, id, number, state, time, next);
  }

  of(writer: string): LastSignature | undefined {
    return this.find.get(writer);
  }

  /** Those of processes that did not say that they ended. */
  unended(): IterableIterator<LastSignature> {
    return this.database
      .prepare<[], LastSignature>("SELECT * FROM signature WHERE state <> 'closed' ORDER BY number")
      .iterate();
  }

  close(): void {
    this.database.close();
  }
}

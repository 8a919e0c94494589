import type Database from 'better-sqlite3';
import type { NewHandOver } from '../../hand-over/hand-over-store.js';
import type { Recording } from '../../recordings/recording.js';

/** Where insertions leave what is to be handed over. */
export class HandOverTable {
  private readonly insert: Database.Statement<[string, string, string, string, string | null]>;

  constructor(database: Database.Database) {
    this.insert = database.prepare(
      `INSERT INTO hand_over (recording_id, receiver, contact_center, state, attempts, next_attempt, reason)
       VALUES (?, ?, ?, ?, 0, 0, ?)`,
    );
  }

  add({ id, contactCenter }: Recording, handOvers: readonly NewHandOver[]): void {
    for (const { receiver, refusal } of handOvers) {
      this.insert.run(id, receiver, contactCenter, refusal === undefined ? 'waiting' : 'given-up', refusal ?? null);
    }
  }
}

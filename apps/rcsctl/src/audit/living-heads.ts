import { createHash } from 'node:crypto';
import { headLine, type CheckpointHead } from '#grants';
import { openScratchDatabase } from '#store';

const schema = `
  CREATE TABLE head (writer TEXT PRIMARY KEY, line TEXT NOT NULL) WITHOUT ROWID;
`;
/** So many lines are in memory at once, and few calls are made: this is asked for after every checkpoint. */
const linesAtOnce = 1000;

interface Lines {
  readonly last: string | null;
  readonly text: string;
}

/** How far the chains of all writers go, after what was said of them so far. */
export class LivingHeads {
  private readonly database = openScratchDatabase(schema);
  private readonly put = this.database.prepare<[string, string]>('INSERT OR REPLACE INTO head VALUES (?, ?)');
  private readonly next = this.database.prepare<[string], Lines>(
    `SELECT max(writer) AS last, group_concat(line, '' ORDER BY writer) AS text
     FROM (SELECT * FROM head WHERE writer > ? ORDER BY writer LIMIT ${linesAtOnce})`,
  );

  clear(): void {
    this.database.exec('DELETE FROM head');
  }

  set(heads: readonly CheckpointHead[]): void {
    for (const head of heads) this.put.run(head.writer, `${headLine(head)}\n`);
  }

  /** As checkpoints have it: SHA-256 over the lines of all heads in the order of their writers, hexadecimal. */
  digest(): string {
    const digest = createHash('sha256');
    for (let lines = this.next.get(''); typeof lines?.last === 'string'; lines = this.next.get(lines.last)) {
      digest.update(lines.text);
    }
    return digest.digest('hex');
  }

  close(): void {
    this.database.close();
  }
}

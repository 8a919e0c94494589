import { appendFile, open, stat } from 'node:fs/promises';
import type { AuditCheckpointNote } from '#grants';
import { ConfigurationError } from '#platform';
import type { AuditLog } from '#store';
import type { CheckpointSink } from './checkpoint-sink.js';

const tailBytes = 4 * 1024 * 1024;

/** A file of lines, each a JSON object with a signed note. Files of before have a JWS per line; they are continued. */
export class CheckpointFile implements CheckpointSink {
  readonly name = 'file';
  /** The last write broke off: what it left must not spoil the next line. */
  private brokenLine = false;

  private constructor(private readonly path: string) {}

  /**
   * Opens the file and adds what processes that were killed did not write any more.
   * @throws ConfigurationError when it cannot be written.
   */
  static async open(path: string, audit: AuditLog): Promise<CheckpointFile> {
    try {
      await appendFile(path, '', { mode: 0o640 });
      const file = new CheckpointFile(path);
      file.brokenLine = (await stat(path)).size > 0;
      await file.catchUp(audit);
      return file;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConfigurationError(`option audit.checkpointFile: cannot write ${path}: ${reason}`, { cause: error });
    }
  }

  async keep({ content: { number }, note }: Pick<AuditCheckpointNote, 'note'> & { content: { number: number } }) {
    await this.add({ number, checkpoint: note });
  }

  /** What a witness said of a checkpoint. */
  async keepWitness(witness: object): Promise<void> {
    await this.add(witness);
  }

  private async add(line: object): Promise<void> {
    const text = `${this.brokenLine ? '\n' : ''}${JSON.stringify(line)}\n`;
    this.brokenLine = true;
    await appendFile(this.path, text);
    this.brokenLine = false;
  }

  private async catchUp(audit: AuditLog): Promise<void> {
    const present = await this.numbersAtTheEnd();
    const from = present.size === 0 ? 0 : Math.min(...present);
    for await (const { number, note } of audit.checkpoints(from)) {
      if (!present.has(number)) await this.keep({ content: { number }, note });
    }
  }

  private async numbersAtTheEnd(): Promise<ReadonlySet<number>> {
    const file = await open(this.path, 'r');
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - tailBytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
      const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n');
      return new Set(lines.map(numberOf).filter(number => number !== undefined));
    } finally {
      await file.close();
    }
  }
}

function numberOf(line: string): number | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { number } = JSON.parse(line) as { readonly number?: unknown };
    return typeof number === 'number' ? number : undefined;
  } catch {
    return undefined;
  }
}

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AtomicFile } from '../output/atomic-file.js';

const positionSchema = z.strictObject({
  /** Every line up to this one is done. */
  lines: z.int().min(0),
  /** SHA-256 of that line, by which another file is told. */
  digest: z.string(),
  /** Of these lines, those that were refused: they are tried again. */
  failed: z.array(z.int().min(1)),
});
type Position = z.output<typeof positionSchema>;

const none: Position = { lines: 0, digest: '', failed: [] };
const pauseMs = 1000;

/**
 * Which lines of a file are done, in a file that outlasts the process. What was done behind the first open line is done
 * again: an insertion is, and changes nothing.
 */
export class LineProgress {
  private readonly done = new Map<number, string>();
  private readonly failed: Set<number>;
  private lines: number;
  private digest: string;
  private savedAt = performance.now();

  private constructor(
    private readonly path: string | undefined,
    private readonly before: Position,
  ) {
    this.lines = before.lines;
    this.digest = before.digest;
    this.failed = new Set(before.failed);
  }

  /** @throws Error for a file that is no position. */
  static async open(path: string | undefined): Promise<LineProgress> {
    return new LineProgress(path, path === undefined ? none : await readPosition(path));
  }

  /** Whether an earlier run did the line. @throws Error when that run read another file. */
  isDone(number: number, text: string): boolean {
    if (number > this.before.lines) return false;
    if (number === this.before.lines && digestOf(text) !== this.before.digest) throw this.otherFile();
    return !this.before.failed.includes(number);
  }

  /** @throws Error when an earlier run came further than this file goes. */
  requireEnd(lines: number): void {
    if (lines < this.before.lines) throw this.otherFile();
  }

  async note(number: number, text: string, succeeded: boolean): Promise<void> {
    if (succeeded) this.failed.delete(number);
    else this.failed.add(number);
    if (number > this.lines) this.done.set(number, digestOf(text));
    for (let digest = this.done.get(this.lines + 1); digest !== undefined; digest = this.done.get(this.lines + 1)) {
      this.done.delete(++this.lines);
      this.digest = digest;
    }
    if (performance.now() - this.savedAt >= pauseMs) await this.save();
  }

  /** Durable when it resolves. */
  async save(): Promise<void> {
    if (this.path === undefined) return;
    this.savedAt = performance.now();
    const failed = [...this.failed].filter(number => number <= this.lines).sort((one, other) => one - other);
    const file = await AtomicFile.create(this.path, { replace: true });
    try {
      await file.write(Buffer.from(`${JSON.stringify({ lines: this.lines, digest: this.digest, failed })}\n`));
    } catch (error) {
      await file.discard();
      throw error;
    }
    await file.commit();
  }

  private otherFile(): Error {
    return new Error(
      `${this.path ?? ''} is the position in another file: name the file it was made with, or remove it`,
    );
  }
}

async function readPosition(path: string): Promise<Position> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return none;
    throw error;
  }
  const read = positionSchema.safeParse(parsed(text));
  if (!read.success) throw new Error(`${path} is no position of rcsctl insert: name another file, or remove it`);
  return read.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

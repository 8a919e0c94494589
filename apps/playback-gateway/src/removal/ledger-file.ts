import { createReadStream } from 'node:fs';
import { open, stat, truncate, type FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { ConfigurationError } from '#platform';
import {
  forgottenLine,
  ledgerLine,
  parseLedgerItem,
  type ErasedFields,
  type LedgerEntry,
  type LedgerItem,
} from '#store';

/**
 * Removals as lines of a file outside the store, so that they outlast a restore of the store from a backup. Gateways that
 * share it add whole lines at its end, each in one write.
 */
export class LedgerFile {
  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    /** Bytes of whole lines when it was opened. */
    private readonly size: number,
  ) {}

  /**
   * Opens the file, making it where it is not there. A last line that a killed process left unfinished is cut off: what it
   * said is in the store, and is written again.
   * @throws ConfigurationError when it cannot be written.
   */
  static async open(path: string): Promise<LedgerFile> {
    try {
      const handle = await open(path, 'a', 0o600);
      return new LedgerFile(path, handle, await cutUnfinishedLine(path));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConfigurationError(`option removal.ledgerFile: cannot write ${path}: ${reason}`, { cause: error });
    }
  }

  /** The removals of recordings in it. @throws ConfigurationError naming the line that is none. */
  async *entries(): AsyncIterable<LedgerEntry> {
    for await (const item of this.items()) if ('removal' in item) yield item.removal;
  }

  /** All that was in it when it was opened. @throws ConfigurationError naming the line that is none. */
  async *items(): AsyncIterable<LedgerItem> {
    if (this.size === 0) return;
    const lines = createInterface({ input: createReadStream(this.path, { end: this.size - 1 }), crlfDelay: Infinity });
    let number = 0;
    for await (const line of lines) {
      number++;
      try {
        yield parseLedgerItem(line);
      } catch (error) {
        const message =
          `option removal.ledgerFile: line ${number} of ${this.path} is no removal; ` +
          'bring back the file as it was, for without it a restored backup shows what was erased';
        throw new ConfigurationError(message, { cause: error });
      }
    }
  }

  /** Durable when it resolves. When it rejects whole lines of it may be there. */
  append(entries: readonly LedgerEntry[]): Promise<void> {
    return this.write(entries.map(ledgerLine));
  }

  /** The same of personal fields that the audit has forgotten. */
  appendForgotten(erased: readonly ErasedFields[]): Promise<void> {
    return this.write(erased.map(forgottenLine));
  }

  private async write(texts: readonly string[]): Promise<void> {
    if (texts.length === 0) return;
    const lines = Buffer.from(texts.join(''));
    try {
      await this.handle.appendFile(lines);
      await this.handle.datasync();
    } catch (error) {
      await cutUnfinishedLine(this.path);
      throw error;
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** @returns the bytes that are left. */
async function cutUnfinishedLine(path: string): Promise<number> {
  const size = await sizeOfWholeLines(path);
  if (size < (await stat(path)).size) await truncate(path, size);
  return size;
}

async function sizeOfWholeLines(path: string): Promise<number> {
  const blockBytes = 64 * 1024;
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    for (let end = size; end > 0; end = Math.max(0, end - blockBytes)) {
      const start = Math.max(0, end - blockBytes);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
      const last = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
      if (last >= 0) return start + last + 1;
    }
    return 0;
  } finally {
    await handle.close();
  }
}

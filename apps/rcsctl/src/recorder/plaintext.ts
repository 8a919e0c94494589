import { open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';

/** What is to be recorded: never held in memory as a whole, unless it is there already. */
export interface Plaintext {
  readonly length: number;
  /** From its beginning, each time; fails when it has another length than was told. */
  open(): Readable;
}

const chunkBytes = 64 * 1024;

export const plaintextOf = (content: Buffer): Plaintext => ({
  length: content.length,
  open: () => Readable.from(content.length === 0 ? [] : [content], { objectMode: false }),
});

/** @throws Error when the file is missing, or no file. */
export async function plaintextOfFile(path: string): Promise<Plaintext> {
  const stats = await stat(path);
  if (!stats.isFile()) throw new Error(`${path} is no file: name the media file`);
  const { size } = stats;
  const open = (): Readable => Readable.from(chunksOf(path, size), { objectMode: false, highWaterMark: chunkBytes });
  return { length: size, open };
}

/** The first bytes of a file, as many as there are. */
export async function headOfFile(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function* chunksOf(path: string, size: number): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  try {
    let length = 0;
    for (;;) {
      // A new one each time: it is on its way when the next one is read.
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const { bytesRead } = await file.read(chunk, 0, chunkBytes);
      if (bytesRead === 0) break;
      length += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
    if (length !== size) throw new Error(`${path} changed while it was read: record it when it is complete`);
  } finally {
    await file.close();
  }
}

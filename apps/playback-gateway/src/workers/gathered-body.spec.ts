import { PassThrough, Readable } from 'node:stream';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { gatheredBody } from './gathered-body.js';

const chunkBytes = 10_000;
const numbered = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) => Buffer.alloc(chunkBytes, index % 251));

/** What comes next, as a text; undefined at the end. */
async function nextText(pieces: AsyncGenerator<Buffer, void>): Promise<string | undefined> {
  const { value } = await pieces.next();
  return value === undefined ? undefined : value.toString();
}

async function piecesOf(body: Readable): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of gatheredBody(body)) pieces.push(piece);
  return pieces;
}

describe(gatheredBody.name, () => {
  it('gives all bytes in their order, in few pieces', async () => {
    const chunks = numbered(200);
    const pieces = await piecesOf(Readable.from(chunks, { objectMode: false }));
    expect(Buffer.concat(pieces).equals(Buffer.concat(chunks))).toBe(true);
    expect(pieces.length).toBeLessThan(70);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(64 * 1024);
  });

  it('gives large pieces as they are, and none for each small one between them', async () => {
    const large = Array.from({ length: 20 }, (_, index) => Buffer.alloc(64 * 1024, index));
    const chunks = large.flatMap(chunk => [chunk, Buffer.alloc(100, 1), Buffer.alloc(100, 2), Buffer.alloc(100, 3)]);
    const pieces = await piecesOf(Readable.from(chunks, { objectMode: false, highWaterMark: 1 }));
    expect(Buffer.concat(pieces).equals(Buffer.concat(chunks))).toBe(true);
    expect(pieces.length).toBeLessThan(2 * large.length);
    const all = [...large];
    const alone = await piecesOf(Readable.from(all, { objectMode: false, highWaterMark: 1 }));
    expect(alone.map(piece => large.findIndex(chunk => chunk.buffer === piece.buffer))).toEqual(
      large.map((_, at) => at),
    );
  });

  it('ends with a body of nothing, and with one that has ended before', async () => {
    expect(await piecesOf(Readable.from([], { objectMode: false }))).toEqual([]);
    const ended = Readable.from([Buffer.alloc(1)], { objectMode: false });
    for await (const chunk of ended) expect(chunk).toHaveLength(1);
    expect(await piecesOf(ended)).toEqual([]);
  });

  it('takes no more than a piece ahead of whoever reads', async () => {
    let given = 0;
    const body = new Readable({
      read(): void {
        given++;
        this.push(Buffer.alloc(chunkBytes));
      },
    });
    const pieces = gatheredBody(body);
    await pieces.next();
    for (let turn = 0; turn < 50; turn++) await turnOfLoop();
    expect(given * chunkBytes).toBeLessThan(3 * 256 * 1024);
    await pieces.return(undefined);
    expect(body.destroyed).toBe(true);
  });

  it('gives what there is of a source that is slow', async () => {
    const body = new PassThrough();
    body.write('some');
    const pieces = gatheredBody(body);
    expect(await nextText(pieces)).toBe('some');
    const next = nextText(pieces);
    body.end('more');
    expect(await next).toBe('more');
    expect(await nextText(pieces)).toBeUndefined();
  });

  it('gives what came before a failure, and then the failure', async () => {
    const body = new PassThrough();
    const pieces = gatheredBody(body);
    const first = nextText(pieces);
    body.write('some');
    await turnOfLoop();
    body.destroy(new Error('the worker is gone'));
    expect(await first).toBe('some');
    await expect(pieces.next()).rejects.toThrow('the worker is gone');
  });

  it('fails with a body that failed, or was closed, before anybody read it', async () => {
    for (const failure of [new Error('the worker is gone'), undefined]) {
      const body = new PassThrough();
      body.on('error', () => undefined);
      body.destroy(failure);
      await turnOfLoop();
      await expect(gatheredBody(body).next()).rejects.toThrow(failure?.message ?? 'closed');
    }
  });
});

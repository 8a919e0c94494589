import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { withMemoryOfItsOwn, type Piece } from '#spent-memory';
import type { RcsError } from '#platform';
import { MediaStorages } from '../media-storages.js';
import type { StoredObject } from '../stored-object.js';
import { patience, rcsError, RecordingObserver } from '../testing/storage-probe.js';
import { ContentTreeBuilder, contentTreeBlockBytes as block, type ContentTree } from './content-tree.js';
import { KnownLeaves } from './known-leaves.js';
import { contentTreePartBytes as part, partsOfRange, placeOfPart, rootsOfParts } from './tree-parts.js';
import { VerifiedSource } from './verified-source.js';

const changed = rcsError('RCS_CONTENT_CHANGED');

describe(VerifiedSource.name, () => {
  let directory = '';
  let storages: MediaStorages;
  let observer: RecordingObserver;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-verified-'));
    observer = new RecordingObserver();
    const timeouts = { connectTimeoutMs: 1, headersTimeoutMs: 1, idleTimeoutMs: 1, totalTimeoutMs: 1 };
    const url = pathToFileURL(`${directory}/`).href;
    storages = new MediaStorages([{ storage: 'file', url, trustedCA: true, maxConnections: 1, ...timeouts }], observer);
  });
  afterEach(async () => {
    await storages.close();
    rmSync(directory, { recursive: true });
  });

  function treeOf(content: Buffer): ContentTree {
    const builder = new ContentTreeBuilder();
    builder.update(content);
    return builder.finish();
  }

  async function stored(content: Buffer): Promise<StoredObject> {
    writeFileSync(join(directory, 'call.bin'), content);
    const location = storages.resolve({ storage: 'file', path: 'call.bin' }, 'cc1');
    return storages.open(location, {}, patience());
  }

  const open = async (content: Buffer, pinned = content) =>
    new VerifiedSource(await stored(content), new KnownLeaves(treeOf(pinned)));
  const range = (source: VerifiedSource, start: number, end: number): Promise<Buffer> =>
    buffer(source.stream(start, end, patience()));

  it.each([0, 1, block - 1, block, block + 1, 3 * block, 3 * block + 12_345])(
    'gives any range of %i bytes, read or streamed, once and again',
    async size => {
      const content = randomBytes(size);
      const source = await open(content);
      expect(source.size).toBe(size);
      for (let turn = 0; turn < 60; turn++) {
        const start = Math.floor(Math.random() * (size + 1));
        const end = start + Math.floor(Math.random() * (size - start + 1));
        if (turn === 30) source.opened();
        const got = turn % 3 === 0 ? await source.read(start, end, patience()) : await range(source, start, end);
        expect({ start, end, same: got.equals(content.subarray(start, end)) }).toEqual({ start, end, same: true });
      }
      expect((await range(source, 0, size)).equals(content)).toBe(true);
    },
  );

  it('hands the memory of chunks on with the last of their bytes', async () => {
    const content = randomBytes(5 * block + 77);
    const file = await stored(content);
    const chunks: Buffer[] = [];
    const inPieces = Object.assign(Object.create(file) as typeof file, {
      stream: (start: number, end: number) => {
        for (let at = start; at < end; at += 50_000)
          chunks.push(withMemoryOfItsOwn(Buffer.from(content.subarray(at, Math.min(end, at + 50_000)))));
        return Readable.from(chunks, { objectMode: false });
      },
    });
    const source = new VerifiedSource(inPieces, new KnownLeaves(treeOf(content)));
    const got: Buffer[] = [];
    const stream = source.stream(0, content.length, patience());
    stream.on('data', (piece: Piece) => {
      got.push(Buffer.from(piece));
      piece[Symbol.dispose]?.();
    });
    await once(stream, 'end');
    expect(Buffer.concat(got).equals(content)).toBe(true);
    expect(chunks.map(({ length }) => length).filter(length => length >= 32 * 1024)).toEqual([]);
  });

  it('refuses every range that touches a changed block, and no other', async () => {
    const content = randomBytes(4 * block);
    const garbled = Buffer.from(content);
    garbled.writeUInt8(garbled.readUInt8(2 * block + 7) ^ 1, 2 * block + 7);
    const source = await open(garbled, content);
    for (const [start, end] of [
      [2 * block, 2 * block + 1],
      [3 * block - 1, 3 * block],
      [0, 4 * block],
      [block, 3 * block],
    ] as const) {
      await expect(range(source, start, end)).rejects.toEqual(changed);
      await expect(source.read(start, end, patience())).rejects.toEqual(changed);
    }
    expect((await range(source, 0, 2 * block)).equals(content.subarray(0, 2 * block))).toBe(true);
    expect((await range(source, 3 * block, 4 * block)).equals(content.subarray(3 * block))).toBe(true);
  });

  it('hands on nothing of a changed block, and all before it', async () => {
    const content = randomBytes(4 * block);
    const garbled = Buffer.concat([content.subarray(0, 2 * block), randomBytes(2 * block)]);
    const source = await open(garbled, content);
    const pieces: Buffer[] = [];
    const stream = source.stream(100, 4 * block, patience());
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    await expect(new Promise((_, reject) => stream.on('error', reject))).rejects.toEqual(changed);
    expect(Buffer.concat(pieces).equals(content.subarray(100, 2 * block))).toBe(true);
  });

  describe('with some parts of its tree', () => {
    const content = randomBytes(2 * part + 5 * block + 777);
    const { length, root, leaves } = treeOf(content);
    const some = (numbers: readonly number[]) => ({
      roots: rootsOfParts(leaves),
      leaves: new Map(
        numbers.map(number => {
          const { start, end } = placeOfPart(number, length);
          return [number, leaves.subarray(start, end)];
        }),
      ),
    });
    const sourceOf = (file: StoredObject, numbers: readonly number[]): VerifiedSource =>
      new VerifiedSource(file, new KnownLeaves({ length, root, leaves: some(numbers) }));

    it('gives every range whose parts it has, and none of whose parts it lacks one, reading nothing of that', async () => {
      const file = await stored(content);
      const source = sourceOf(file, []);
      source.opened();
      for (let turn = 0; turn < 60; turn++) {
        const start = Math.floor(Math.random() * length);
        const end = Math.min(length, start + Math.ceil(Math.random() ** 4 * length));
        const fresh = turn % 2 === 0 ? sourceOf(file, []) : source;
        const read = (from: VerifiedSource) =>
          turn % 3 === 0 ? from.read(start, end, patience()) : range(from, start, end);
        const needed = partsOfRange(start, end);
        const before = observer.bytes;
        if (fresh !== source) {
          await expect((async () => read(fresh))()).rejects.toMatchObject({ parts: needed });
          expect(observer.bytes).toBe(before);
        }
        fresh.learn(some(needed));
        expect({ start, end, same: (await read(fresh)).equals(content.subarray(start, end)) }).toMatchObject({
          same: true,
        });
      }
    });

    it('refuses what was changed where it is read, and only there', async () => {
      for (let turn = 0; turn < 6; turn++) {
        const at = Math.floor(Math.random() * length);
        const garbled = Buffer.from(content);
        garbled.writeUInt8(garbled.readUInt8(at) ^ 1, at);
        const start = Math.max(0, at - Math.floor(Math.random() * 3 * block));
        const end = Math.min(length, at + 1 + Math.floor(Math.random() * 3 * block));
        const source = sourceOf(await stored(garbled), partsOfRange(start, end));
        await expect(range(source, start, end)).rejects.toEqual(changed);
        await expect(source.read(at, at + 1, patience())).rejects.toEqual(changed);
        const behind = (Math.floor(at / block) + 1) * block;
        if (behind >= length) continue;
        const last = Math.min(length, behind + 2 * block);
        source.learn(some(partsOfRange(behind, last)));
        expect((await range(source, behind, last)).equals(content.subarray(behind, last))).toBe(true);
      }
    });
  });

  it('refuses a file of another length, and leaves of another tree', async () => {
    const content = randomBytes(2 * block);
    const { length, root, leaves } = treeOf(content);
    const file = await stored(Buffer.concat([content, Buffer.alloc(1)]));
    expect(() => new VerifiedSource(file, new KnownLeaves({ length, root, leaves }))).toThrow(changed);
    const wrong: RcsError = expect.objectContaining({ code: 'RCS_INVALID_VALUE' }) as RcsError;
    for (const others of [
      treeOf(randomBytes(2 * block)).leaves,
      leaves.subarray(0, 32),
      Buffer.concat([leaves, leaves]),
    ])
      expect(() => new KnownLeaves({ length, root, leaves: others })).toThrow(wrong);
    expect(() => new KnownLeaves({ length, root: 'ab'.repeat(32), leaves })).toThrow(wrong);
  });

  it('reads whole blocks and nothing else; what was read at the ends once more only when nobody used it', async () => {
    const content = randomBytes(10 * block);
    const source = await open(content);
    await source.read(10 * block - 32, 10 * block, patience());
    expect(observer.bytes).toBe(block);
    source.opened();
    await range(source, 9 * block - 5, 10 * block);
    expect(observer.bytes).toBe(2 * block);
    await range(source, 9 * block, 10 * block);
    expect(observer.bytes).toBe(3 * block);
    await range(source, 4 * block + 1, 4 * block + 2);
    expect(observer.bytes).toBe(4 * block);
  });

  it('cancels the transfer when its reader leaves or the signal says so', async () => {
    const source = await open(randomBytes(20 * block));
    const stream = source.stream(0, 20 * block, patience());
    for await (const piece of stream as AsyncIterable<Buffer>) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    const controller = new AbortController();
    const aborted = source.stream(0, 20 * block, controller.signal);
    const ended = expect(buffer(aborted)).rejects.toThrow('enough');
    controller.abort(new Error('enough'));
    await ended;
    expect(observer.bytes).toBeLessThan(10 * block);
  });
});

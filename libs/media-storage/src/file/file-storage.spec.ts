import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { MediaStorages } from '../media-storages.js';
import type { StoredObject } from '../stored-object.js';
import { patience, rcsError, StorageProbe } from '../testing/storage-probe.js';
import { FileStorage } from './file-storage.js';

const media = randomBytes(300_000);

describe(FileStorage.name, () => {
  let work: string;
  let base: string;
  let storages: MediaStorages;

  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'file storage-'));
    base = join(work, 'base');
    mkdirSync(join(base, 'sub'), { recursive: true });
    writeFileSync(join(base, 'sub', 'Grüße 1.bin'), media);
    storages = new StorageProbe(pathToFileURL(base).href, { storage: 'file' }).storages;
  });
  afterEach(async () => {
    await storages.close();
    rmSync(work, { recursive: true });
  });

  const at = (path: string) => storages.resolve({ storage: 'file', path }, 'cc1');
  const open = (path: string): Promise<StoredObject> => storages.open(at(path), {}, patience());

  it('reads files by path and by URL', async () => {
    const object = await open('sub/Grüße 1.bin');
    expect(object.size).toBe(media.length);
    expect((await object.read(0, media.length, patience())).equals(media)).toBe(true);
    expect((await buffer(object.stream(65_535, 200_000, patience()))).equals(media.subarray(65_535, 200_000))).toBe(
      true,
    );
    expect(await object.read(7, 7, patience())).toHaveLength(0);
    expect(() => object.stream(0, media.length + 1, patience())).toThrow(RangeError);
    const url = pathToFileURL(join(base, 'sub', 'Grüße 1.bin')).href;
    expect((await open(url)).entityTag).toBe(object.entityTag);
  });

  it('reads empty files', async () => {
    writeFileSync(join(base, 'empty'), '');
    const object = await open('empty');
    expect(object.size).toBe(0);
    expect(await object.read(0, 0, patience())).toHaveLength(0);
  });

  it('refuses links that lead out, and follows those that do not', async () => {
    writeFileSync(join(work, 'secret'), 'secret');
    mkdirSync(join(work, 'base-of-others'));
    writeFileSync(join(work, 'base-of-others', 'secret'), 'secret');
    symlinkSync(join(work, 'secret'), join(base, 'leak'));
    symlinkSync(work, join(base, 'up'));
    symlinkSync(join(work, 'base-of-others'), join(base, 'others'));
    symlinkSync('sub/Grüße 1.bin', join(base, 'inside'));
    for (const path of ['leak', 'up/secret', 'others/secret'])
      await expect(open(path)).rejects.toEqual(rcsError('RCS_MEDIA_LOCATION_REFUSED'));
    expect((await open('inside')).size).toBe(media.length);
  });

  it('tells missing files from directories and pipes', async () => {
    for (const path of ['missing', 'sub', 'sub/Grüße 1.bin/below', 'x'.repeat(300)])
      await expect(open(path)).rejects.toEqual(rcsError('RCS_STORAGE_FILE_MISSING'));
  });

  it('notices files that change and files that become shorter', async () => {
    const object = await open('sub/Grüße 1.bin');
    const stream = object.stream(0, media.length, patience());
    const reading = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    await reading.next();
    truncateSync(join(base, 'sub', 'Grüße 1.bin'), 1000);
    const rest = async (): Promise<void> => {
      for (;;) if ((await reading.next()).done === true) return;
    };
    await expect(rest()).rejects.toEqual(rcsError('RCS_STORAGE_CHANGED'));
    await expect(object.read(0, 10, patience())).rejects.toEqual(rcsError('RCS_STORAGE_CHANGED'));
  });

  it('gives up with the reason of the caller', async () => {
    const object = await open('sub/Grüße 1.bin');
    const gone = new Error('the player has left');
    await expect(object.read(0, 10, AbortSignal.abort(gone))).rejects.toBe(gone);
  });

  it('stores files whole, with their directories', async () => {
    await storages.put(at('new/2025/a.bin'), Readable.from([media]), media.length, patience());
    await storages.put(at('new/2025/b.bin'), media.subarray(0, 10), undefined, patience());
    expect(readFileSync(join(base, 'new/2025/a.bin')).equals(media)).toBe(true);
    expect(readFileSync(join(base, 'new/2025/b.bin')).equals(media.subarray(0, 10))).toBe(true);
    expect(readdirSync(join(base, 'new/2025')).sort()).toEqual(['a.bin', 'b.bin']);
  });

  it('stores nothing outside, and leaves no half of a file', async () => {
    symlinkSync(work, join(base, 'up'));
    await expect(storages.put(at('up/evil'), media, undefined, patience())).rejects.toEqual(
      rcsError('RCS_MEDIA_LOCATION_REFUSED'),
    );
    const short = storages.put(at('short'), Readable.from([media]), media.length + 1, patience());
    await expect(short).rejects.toEqual(rcsError('RCS_STORAGE_FAILED'));
    const failing = Readable.from(
      (function* () {
        yield media;
        throw new Error('the source failed');
      })(),
    );
    await expect(storages.put(at('failing'), failing, undefined, patience())).rejects.toThrow('the source failed');
    expect(readdirSync(base).sort()).toEqual(['sub', 'up']);
    expect(readdirSync(work)).toEqual(['base']);
  });
});

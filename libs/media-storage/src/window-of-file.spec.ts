import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { pathOfWindow, versionOfFile } from './byte-window.js';
import { patience } from './testing/storage-probe.js';
import { storagePlaces, type StoragePlace } from './testing/storage-places.js';
import type { StoredObject } from './stored-object.js';
import { WindowOfFile } from './window-of-file.js';

const bytes = randomBytes(300_000);
/** A member in the middle, one of one byte, the first, the last, and all. */
const windows: readonly [start: number, end: number][] = [
  [70_001, 240_007],
  [5, 6],
  [0, 66_000],
  [299_000, 300_000],
  [0, 300_000],
];

const pathOf = (file: StoredObject, start: number, end: number): string =>
  pathOfWindow('archive.zip', { start, end, size: file.size, version: versionOfFile(file) });

describe.each(storagePlaces)(`${WindowOfFile.name} in %s`, (_, storage, start) => {
  let place: StoragePlace;
  const locate = (path: string) => place.probe.storages.resolve({ storage, path }, 'cc1');
  const open = (path: string): Promise<StoredObject> => place.probe.storages.open(locate(path), {}, patience());

  beforeAll(async () => {
    place = await start();
    place.write('archive.zip', bytes);
  });
  afterAll(() => place?.stop());

  it('gives any range of a member, byte for byte, and nothing beside it', async () => {
    const file = await open('archive.zip');
    for (const [from, to] of windows) {
      const member = await open(pathOf(file, from, to));
      const expected = bytes.subarray(from, to);
      expect([member.size, member.lastModified]).toEqual([to - from, file.lastModified]);
      for (let round = 0; round < 6; round++) {
        const [one, other] = [Math.random(), Math.random()].map(share => Math.floor(share * (member.size + 1)));
        const [first, last] = [Math.min(one!, other!), Math.max(one!, other!)];
        const part = expected.subarray(first, last);
        expect(part.equals(await member.read(first, last, patience()))).toBe(true);
        expect(part.equals(await buffer(member.stream(first, last, patience())))).toBe(true);
      }
      expect(() => member.stream(0, member.size + 1, patience())).toThrow(RangeError);
      await expect(member.read(-1, 0, patience())).rejects.toThrow(RangeError);
    }
  });

  it('is another file than its neighbour, and than the whole', async () => {
    const file = await open('archive.zip');
    const members = await Promise.all([open(pathOf(file, 0, 10)), open(pathOf(file, 10, 20))]);
    const tags = [file, ...members].map(({ entityTag }) => entityTag);
    expect(new Set(tags).size).toBe(file.entityTag === undefined ? 1 : 3);
  });

  it('is never written or removed', async () => {
    const location = locate(pathOf(await open('archive.zip'), 0, 10));
    const refusal = { code: 'RCS_STORAGE_ACCESS_REFUSED' };
    const { storages } = place.probe;
    await expect(storages.remove(location, patience())).rejects.toMatchObject(refusal);
    await expect(storages.put(location, Buffer.from('x'), 1, patience())).rejects.toMatchObject(refusal);
    expect(place.read('archive.zip').equals(bytes)).toBe(true);
  });

  it('lies where its file lies, for whoever compares places', async () => {
    const { storages } = place.probe;
    const path = pathOf(await open('archive.zip'), 0, 10);
    expect(storages.placeOf(locate(path))).toBe(storages.placeOf(locate('archive.zip')));
  });

  it('is refused as soon as the file is another one, also of the same length', async () => {
    place.write('replaced.zip', bytes);
    const member = pathOf(await open('replaced.zip'), 100, 200).replace('archive.zip', 'replaced.zip');
    expect(await (await open(member)).read(0, 100, patience())).toEqual(bytes.subarray(100, 200));
    // Apache, nginx and the file system tell seconds, or less, apart.
    await new Promise(resolve => setTimeout(resolve, 1100));
    place.write('replaced.zip', randomBytes(bytes.length));
    await expect(open(member)).rejects.toMatchObject({ code: 'RCS_CONTENT_CHANGED' });
    place.write('replaced.zip', Buffer.concat([bytes, bytes]));
    await expect(open(member)).rejects.toMatchObject({ code: 'RCS_CONTENT_CHANGED' });
  });
});

describe('a path with a window', () => {
  it.each([
    'a.zip#',
    'a.zip#bytes=0-9',
    'a.zip#bytes=0-9/10',
    `a.zip#bytes=0-10/10&version=${'0'.repeat(32)}`,
    `a.zip#bytes=5-4/10&version=${'0'.repeat(32)}`,
    `a.zip#bytes=00-4/10&version=${'0'.repeat(32)}`,
    `a.zip#bytes=0-4/10&version=${'0'.repeat(31)}G`,
    `a.zip#bytes=0-4/10&version=${'0'.repeat(32)}#`,
    `a.zip#bytes=0-4/99999999999999999&version=${'0'.repeat(32)}`,
    `a.zip?x#bytes=0-4/10&version=${'0'.repeat(32)}`,
    `../a.zip#bytes=0-4/10&version=${'0'.repeat(32)}`,
    `#bytes=0-4/10&version=${'0'.repeat(32)}`,
  ])('is refused unless it is of the one form: %s', async path => {
    const [, storage, start] = storagePlaces.at(-1)!;
    const place = await start();
    try {
      const resolve = () => place.probe.storages.resolve({ storage, path }, 'cc1');
      expect(resolve).toThrow(expect.objectContaining({ code: 'RCS_MEDIA_LOCATION_REFUSED' }) as Error);
    } finally {
      await place.stop();
    }
  });
});

import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { claimAndRename } from './file/give-name.js';
import { MediaStorages } from './media-storages.js';
import { FaultyStorage, head } from './testing/faulty-storage.js';
import { directory, storagePlaces, type StoragePlace } from './testing/storage-places.js';
import { patience, rcsError, StorageProbe } from './testing/storage-probe.js';

const first = randomBytes(300_000);
const second = randomBytes(200_000);
const exists = rcsError('RCS_STORAGE_FILE_EXISTS');

describe.each(storagePlaces)('a stored file is never replaced: %s', (_name, storage, start) => {
  let place: StoragePlace;
  beforeAll(async () => {
    place = await start();
  });
  afterAll(async () => {
    await place.probe.storages.close();
    await place.stop();
  });

  const put = (path: string, body: Buffer | Readable, length?: number): Promise<void> => {
    const { storages } = place.probe;
    return storages.put(storages.resolve({ storage, path }, 'cc1'), body, length, patience());
  };

  it('by what is put from memory or as a stream, with and without a length', async () => {
    await put('a/call.bin', first);
    await put('streamed.bin', Readable.from([first]), first.length);
    for (const name of ['a/call.bin', 'streamed.bin']) {
      await expect(put(name, second)).rejects.toEqual(exists);
      await expect(put(name, first)).rejects.toEqual(exists);
      await expect(put(name, Readable.from([second]), second.length)).rejects.toEqual(exists);
      await expect(put(name, Readable.from([second]))).rejects.toEqual(exists);
      expect(place.read(name).equals(first)).toBe(true);
    }
  });

  it('also when it is empty, or came by another way', async () => {
    place.write('empty.bin', Buffer.alloc(0));
    await expect(put('empty.bin', second)).rejects.toEqual(exists);
    expect(place.read('empty.bin')).toHaveLength(0);
  });
});

describe('two writers at the same moment', () => {
  it('in a directory: one of them stores, whole, the others are told', async () => {
    const place = directory();
    const { storages } = place.probe;
    for (let round = 0; round < 20; round++) {
      const location = storages.resolve({ storage: 'file', path: `${round}.bin` }, 'cc1');
      const bodies = [first, second, randomBytes(1000)];
      const outcomes = await Promise.allSettled(
        bodies.map(body => storages.put(location, body, body.length, patience())),
      );
      const winners = bodies.filter((_, index) => outcomes[index]?.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      expect(place.read(`${round}.bin`).equals(winners[0]!)).toBe(true);
    }
    await place.stop();
  });

  it('in a directory without hard links, too', async () => {
    const base = mkdtempSync(join(tmpdir(), 'no-links-'));
    for (let round = 0; round < 20; round++) {
      const parts = ['one', 'two', 'three'].map(name => join(base, `${name}.part`));
      for (const part of parts) writeFileSync(part, part);
      const outcomes = await Promise.allSettled(parts.map(part => claimAndRename(part, join(base, `${round}.bin`))));
      const winners = parts.filter((_, index) => outcomes[index]?.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      expect(readFileSync(join(base, `${round}.bin`), 'utf8')).toBe(winners[0]);
    }
    expect(readdirSync(base).filter(name => name.endsWith('.bin'))).toHaveLength(20);
    rmSync(base, { recursive: true });
  });
});

describe('a server of its own kind', () => {
  async function putTo(answers: (method: string) => string): Promise<{ outcome: unknown; heads: readonly string[] }> {
    const faulty = await FaultyStorage.start(({ method, socket }) => void socket.write(answers(method)));
    const probe = new StorageProbe(faulty.url);
    const outcome: unknown = await probe.put('call.bin', second).catch((error: unknown) => error);
    await probe.storages.close();
    await faulty.stop();
    return { outcome, heads: faulty.requests.map(request => request.head) };
  }
  const status = (line: string): string => head(line, { 'content-length': 0 });

  it('is asked first and told with the file', async () => {
    const { outcome, heads } = await putTo(method => status(method === 'HEAD' ? '404 Not Found' : '201 Created'));
    expect(outcome).toBeUndefined();
    expect(heads.map(text => text.split(' ')[0])).toEqual(['HEAD', 'PUT']);
    expect(heads[1]).toMatch(/^if-none-match: \*$/im);
  });

  it('may find the file in between: 412 is a refusal with a name', async () => {
    const { outcome } = await putTo(method => status(method === 'HEAD' ? '404 Not Found' : '412 Precondition Failed'));
    expect(outcome).toEqual(exists);
    expect((outcome as Error).message).toContain('/recordings/call.bin');
  });

  it.each(['200 OK', '204 No Content'])('says %s to HEAD: nothing is sent', async line => {
    const { outcome, heads } = await putTo(() => status(line));
    expect(outcome).toEqual(exists);
    expect(heads).toHaveLength(1);
  });

  it.each(['403 Forbidden', '405 Method Not Allowed', '500 Internal Server Error', '301 Moved'])(
    'does not say what is there (%s): nothing is sent',
    async line => {
      const { outcome, heads } = await putTo(() => status(line));
      expect(outcome).toMatchObject({ code: expect.stringMatching(/^RCS_STORAGE_/) as string });
      expect(heads).toHaveLength(1);
    },
  );
});

it('has no other way to change a stored file but to move it to a free name, and to remove it', () => {
  const methods = Object.getOwnPropertyNames(MediaStorages.prototype);
  expect(methods).toContain('put');
  expect(methods.filter(name => /delete|remove|replace|rename|move|copy|write|truncate/i.test(name))).toEqual([
    'remove',
    'move',
  ]);
});

import { randomBytes } from 'node:crypto';
import { storagePlaces, type StoragePlace } from './testing/storage-places.js';
import { patience, rcsError } from './testing/storage-probe.js';

const content = randomBytes(100_000);

describe.each(storagePlaces)('a stored file gets another name: %s', (_name, storage, start) => {
  let place: StoragePlace;
  beforeAll(async () => {
    place = await start();
  });
  afterAll(async () => {
    await place.probe.storages.close();
    await place.stop();
  });

  const at = (path: string) => place.probe.storages.resolve({ storage, path }, 'cc1');
  const move = (from: string, to: string): Promise<void> => place.probe.storages.move(at(from), at(to), patience());

  it('and has it no more under the old one', async () => {
    await place.probe.storages.put(at('a/part.unfinished'), content, undefined, patience());
    await move('a/part.unfinished', 'a/part zero.zip');
    expect(place.has('a/part.unfinished')).toBe(false);
    expect(place.read('a/part zero.zip').equals(content)).toBe(true);
  });

  it('never that of another file, which stays as it is', async () => {
    place.write('there.zip', content);
    await place.probe.storages.put(at('other.unfinished'), randomBytes(10), undefined, patience());
    await expect(move('other.unfinished', 'there.zip')).rejects.toEqual(rcsError('RCS_STORAGE_FILE_EXISTS'));
    expect(place.read('there.zip').equals(content)).toBe(true);
    expect(place.has('other.unfinished')).toBe(true);
  });

  it('not where it is not there', async () => {
    await expect(move('nothing', 'b.zip')).rejects.toEqual(rcsError('RCS_STORAGE_FILE_MISSING'));
    expect(place.has('b.zip')).toBe(false);
  });
});

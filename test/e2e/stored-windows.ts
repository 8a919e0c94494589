import { readDirectory } from '#archive';
import { pathOfWindow, versionOfFile, type StoredObject } from '#media-storage';
import type { ReadyLine } from '#test/cluster/running-cluster.js';
import { patience, StorageProbe } from '../../libs/media-storage/src/testing/storage-probe.js';

type Storage = Pick<ReadyLine['webdav'], 'url' | 'user' | 'password'>;

/** All bytes of a stored file as a window of it, as somebody would say it who knows all of it. */
export const wholeAt = (storage: Storage, path: string): Promise<string> =>
  windowAt(storage, path, ({ size }) => Promise.resolve({ start: 0, length: size }));

/** The same of the member of an archive whose name ends like this. */
export const memberAt = (storage: Storage, path: string, end: string): Promise<string> =>
  windowAt(storage, path, async file => {
    const members = await readDirectory({ size: file.size, read: (from, to) => file.read(from, to, patience()) });
    const { contentOffset: start, length } = members.find(({ name }) => name.endsWith(end))!;
    return { start, length };
  });

async function windowAt(
  { url, user: userName, password }: Storage,
  path: string,
  choose: (file: StoredObject) => Promise<{ readonly start: number; readonly length: number }>,
): Promise<string> {
  const { storages } = new StorageProbe(url, { userName, password });
  try {
    const file = await storages.open(storages.resolve({ storage: 'webDAV', path }, ''), {}, patience());
    const { start, length } = await choose(file);
    return pathOfWindow(path, { start, end: start + length, size: file.size, version: versionOfFile(file) });
  } finally {
    await storages.close();
  }
}

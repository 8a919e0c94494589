import { pathOfWindow } from '#media-storage';
import type { CustodyCandidate } from '#store';
import { MountedArchives } from './mounted-archives.js';
import { PagesById } from './recording-pages.js';

const version = '0'.repeat(32);
const member = (zip: string): string => pathOfWindow(zip, { start: 100, end: 200, size: 1000, version });
const file = (path: string): string => pathOfWindow(path, { start: 0, end: 1000, size: 1000, version });

const candidate = (id: string, storage: string, ...paths: readonly string[]): CustodyCandidate => ({
  recording: {
    id,
    contactCenter: 'cc-1',
    region: 'default',
    mediaFiles: paths.map(path => ({
      mediaId: path,
      type: 'audio/mp3',
      leaf: 'x',
      mediaDescriptor: { storage, path },
    })),
  },
  proofs: [],
});

/** Of a contact center with these recordings. */
const mountsOf = (recordings: readonly CustodyCandidate[], after = '') => {
  const page = (_: string, behind: string, limit: number) =>
    Promise.resolve(recordings.filter(({ recording }) => recording.id > behind).slice(0, limit));
  return new MountedArchives(new PagesById({ page })).of('cc-1', after);
};

describe(MountedArchives.name, () => {
  it('counts the recordings of each archive, by the path that unmounts it', async () => {
    const recordings = [
      candidate('a', 'webDAV', member('x/a.zip'), member('x/a.zip')),
      candidate('b', 'webDAV', member('x/a.zip')),
      candidate('c', 'file', file('file:///srv/x/tree/cc-1/t/2026-11-28/c/1.bin')),
      candidate('d', 'webDAV', 'd.bin'),
      candidate('e', 'webDAV', 'e.bin', member('x/b.zip')),
    ];
    expect(await mountsOf(recordings)).toEqual({
      mounts: [
        { storage: 'webDAV', path: 'x/a.zip', recordings: 2 },
        { storage: 'file', path: 'file:///srv/x/tree/', recordings: 1 },
        { storage: 'webDAV', path: 'x/b.zip', recordings: 1 },
      ],
    });
  });

  it('looks at a part at a time, and says where the next begins', async () => {
    const id = (index: number): string => String(index).padStart(6, '0');
    const recordings = Array.from({ length: 5600 }, (_, index) => candidate(id(index), 'webDAV', member('a.zip')));
    const first = await mountsOf(recordings);
    expect(first).toEqual({ mounts: [{ storage: 'webDAV', path: 'a.zip', recordings: 5000 }], next: id(4999) });
    expect((await mountsOf(recordings, first.next)).mounts[0]?.recordings).toBe(600);
  });
});

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteTestDirectory } from '../testing/sqlite-test-directory.js';

const fixture = join(__dirname, '../../../../test/fixtures/earlier-data-directory/data.tar.gz');

/** With what an earlier version really left; made by the script beside the fixture. */
describe('a store of an earlier version', () => {
  const directory = new SqliteTestDirectory();

  async function openMigrated() {
    const unpacked = join(directory.path, 'unpacked');
    mkdirSync(unpacked);
    execFileSync('tar', ['xzf', fixture, '-C', unpacked]);
    for (const name of ['store.sqlite', 'audit.sqlite']) {
      copyFileSync(join(unpacked, 'store', name), join(directory.path, name));
    }
    return directory.open();
  }

  it('has everything in the index that nobody has looked into, and no other contact center’s in its count', async () => {
    const store = await openMigrated();
    const statuses = await store.mediaIndex.status();
    expect(statuses.map(({ mediaFiles, notInspected }) => [mediaFiles, notInspected]).sort()).toEqual([
      [1, 1],
      [9, 9],
    ]);
    expect(await store.mediaIndex.countUnknown('neighbour')).toBe(1);
    const due = await store.mediaIndex.due('inspection', 0, 100);
    expect(due.map(({ recording }) => recording.id)).toContain('ATTACHED-NEVER-PLAYED');
  });

  it('keeps the pins of what was played, and completes them', async () => {
    const { recordings } = await openMigrated();
    const before = await recordings.findPin('ATTACHED-PLAYED', 'ATTACHED-PLAYED.bin');
    expect(before).toEqual({ layout: 'attached', envelopeDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    const other = { layout: 'attached', envelopeDigest: 'aa'.repeat(32), length: 1 } as const;
    const finding = { mediaId: 'ATTACHED-PLAYED.bin', pin: other, recipients: ['somebody else'] };
    expect((await recordings.pin('ATTACHED-PLAYED', finding)).agreed).toBe(false);
    const pin = { ...before, layout: 'attached', length: 12_345 } as const;
    expect((await recordings.pin('ATTACHED-PLAYED', { ...finding, pin })).agreed).toBe(true);
    expect(await recordings.findPin('ATTACHED-PLAYED', 'ATTACHED-PLAYED.bin')).toEqual(pin);
  });

  it('finds its recordings once they are put into the index of the search', async () => {
    const { recordingSearch } = await openMigrated();
    const search = { contactCenter: 'neighbour', region: 'default' };
    const found = async () =>
      (await recordingSearch.search(search, { towards: 'older', limit: 100, examine: 100 })).recordings.length;
    expect([await recordingSearch.isComplete('neighbour'), await found()]).toEqual([false, 0]);
    const batches: number[] = [];
    while (batches.at(-1) !== 0 && batches.length < 10) batches.push(await recordingSearch.indexMissing(4));
    expect(batches).toEqual([4, 4, 2, 0]);
    expect([await recordingSearch.isComplete('neighbour'), await found()]).toEqual([true, 1]);
  });

  it('gives back every recording', async () => {
    const { recordings } = await openMigrated();
    for (const id of ['ATTACHED-PLAYED', 'PLAIN-NEVER-PLAYED', 'DETACHED-PLAYED', 'NEIGHBOUR-PLAIN']) {
      expect((await recordings.find(id))?.mediaFiles).toHaveLength(1);
    }
  });
});

import type { Recording } from '../recordings/recording.js';
import { exampleMediaFile, exampleRecording } from './example-recording.js';
import { storeContract } from './store-contract.js';

const contactCenter = 'cc-1';

function recordingWith(id: string, ...mediaIds: readonly string[]): Recording {
  const mediaFiles = mediaIds.map(mediaId => ({ ...exampleMediaFile, mediaId }));
  return { ...exampleRecording, id, contactCenter, mediaFiles };
}

/** What every MediaIndexStore must do. */
export const contract = storeContract('mediaIndex', stores => {
  describe('MediaIndexStore contract', () => {
    const index = () => stores().mediaIndex;
    const insert = (recording: Recording) => stores().recordings.insert(recording);
    const due = async (missing: 'inspection' | 'content-tree', now = 0) =>
      (await index().due(missing, now, 10)).map(({ recording, mediaFile }) => `${recording.id}/${mediaFile.mediaId}`);
    const pin = { layout: 'attached', envelopeDigest: 'aa', length: 1 } as const;
    const leaves = Buffer.from('leaves');
    const status = async () => (await index().status(contactCenter))[0];

    it('has every media file from its insertion, until its recipients and its tree are known', async () => {
      await insert(recordingWith('r1', 'a', 'b'));
      expect(await due('inspection')).toEqual(['r1/a', 'r1/b']);
      await stores().recordings.pin('r1', { mediaId: 'a', pin, recipients: ['x'] });
      expect([await due('inspection'), await due('content-tree')]).toEqual([['r1/b'], ['r1/a']]);
      await stores().recordings.pin('r1', { mediaId: 'a', pin: { ...pin, contentRoot: 'cc' }, leaves });
      expect([await due('inspection'), await due('content-tree')]).toEqual([['r1/b'], []]);
      await stores().recordings.pin('r1', { mediaId: 'b', pin: { ...pin, contentRoot: 'cc' }, recipients: [], leaves });
      expect([await due('inspection'), await due('content-tree')]).toEqual([[], []]);
    });

    it('does not take a tree for the knowledge of whom a media file is for', async () => {
      await insert(recordingWith('r1', 'a'));
      await stores().recordings.pin('r1', { mediaId: 'a', pin: { ...pin, contentRoot: 'cc' }, leaves });
      expect(await due('inspection')).toEqual(['r1/a']);
      expect(await index().countUnknown(contactCenter)).toBe(1);
    });

    it('waits for the leaves of a tree whose root the recorder sent alone', async () => {
      await insert(recordingWith('r1', 'a'));
      await stores().recordings.pin('r1', { mediaId: 'a', pin: { ...pin, contentRoot: 'cc' }, recipients: [] });
      expect(await due('content-tree')).toEqual(['r1/a']);
      const other = { mediaId: 'a', pin: { ...pin, contentRoot: 'dd' }, leaves };
      expect((await stores().recordings.pin('r1', other)).agreed).toBe(false);
      const { pin: inForce } = await stores().recordings.pin('r1', { ...other, pin: { ...pin, contentRoot: 'cc' } });
      expect(inForce.leavesKept).toBe(true);
      expect(await due('content-tree')).toEqual([]);
    });

    it('writes recipients that were read from the file in the place of those that the metadata claims', async () => {
      const mediaFiles = [{ ...exampleMediaFile, mediaId: 'a', recipients: ['claimed'] }];
      await insert({ ...recordingWith('r1'), mediaFiles });
      const count = async (name: string) => (await stores().rewraps.countRecordings(contactCenter, [[name]]))[0];
      expect(await count('claimed')).toBe(1);
      await stores().recordings.pin('r1', { mediaId: 'a', pin, recipients: ['read'] });
      expect([await count('claimed'), await count('read')]).toEqual([0, 1]);
    });

    it('writes no recipients of an envelope that is not there any more', async () => {
      await insert(recordingWith('r1', 'a'));
      const finding = { mediaId: 'a', pin: { layout: 'detached' } as const, recipients: ['old'], readFrom: 'AAAA' };
      await stores().recordings.pin('r1', finding);
      expect(await due('inspection')).toEqual(['r1/a']);
      await stores().recordings.pin('r1', { ...finding, readFrom: exampleMediaFile.pkcs7 ?? '' });
      expect(await due('inspection')).toEqual([]);
    });

    it('writes nothing of a file that is not the pinned one', async () => {
      await insert(recordingWith('r1', 'a'));
      await stores().recordings.pin('r1', { mediaId: 'a', pin });
      await stores().recordings.pin('r1', { mediaId: 'a', pin: { ...pin, envelopeDigest: 'bb' }, recipients: ['x'] });
      expect(await due('inspection')).toEqual(['r1/a']);
      expect(await stores().rewraps.countRecordings(contactCenter, [['x']])).toEqual([0]);
    });

    it('counts recordings of which nobody knows whom they are for, of one contact center', async () => {
      await insert(recordingWith('r1', 'a', 'b'));
      await insert(recordingWith('r2', 'a'));
      await insert({ ...recordingWith('r3', 'a'), contactCenter: 'cc-2' });
      expect(await index().countUnknown(contactCenter)).toBe(2);
      await stores().recordings.pin('r2', { mediaId: 'a', pin, recipients: [] });
      expect(await index().countUnknown(contactCenter)).toBe(1);
    });

    it('puts off what failed, and says why', async () => {
      await insert(recordingWith('r1', 'a', 'b'));
      await index().postpone('r1', 'a', 'RCS_STORAGE_FILE_MISSING', 1000);
      expect(await due('inspection', 999)).toEqual(['r1/b']);
      expect(await due('inspection', 1000)).toEqual(['r1/b', 'r1/a']);
      expect(await index().failures(contactCenter, 10)).toEqual([
        {
          contactCenter,
          recordingId: 'r1',
          mediaId: 'a',
          missing: 'inspection',
          attempts: 1,
          reason: 'RCS_STORAGE_FILE_MISSING',
          nextAttempt: 1000,
        },
      ]);
      expect(await index().failures('cc-2', 10)).toEqual([]);
      expect(await index().countUnknown(contactCenter)).toBe(1);
      await index().retryAll('cc-2');
      expect(await due('inspection', 999)).toEqual(['r1/b']);
      await index().retryAll(contactCenter);
      expect(await due('inspection', 0)).toEqual(['r1/a', 'r1/b']);
    });

    it('counts what was given up as unknown no more, until somebody can read it after all', async () => {
      await insert(recordingWith('r1', 'a', 'b'));
      await insert(recordingWith('r2', 'a'));
      await index().postpone('r1', 'a', 'RCS_STORAGE_FILE_MISSING', 1000);
      expect(await index().giveUp('cc-2', 'r1')).toBe(0);
      expect(await index().giveUp(contactCenter, 'r2')).toBe(0);
      expect(await index().giveUp(contactCenter, 'r1')).toBe(1);
      expect(await status()).toMatchObject({ notInspected: 2, failing: 0, givenUp: 1 });
      expect(await due('inspection', 5000)).toEqual(['r1/b', 'r2/a']);
      expect((await index().failures(contactCenter, 10)).map(({ missing }) => missing)).toEqual(['given-up']);
      await stores().recordings.pin('r1', { mediaId: 'b', pin, recipients: [] });
      expect(await index().countUnknown(contactCenter)).toBe(1);
      await index().retryAll(contactCenter);
      expect(await index().countUnknown(contactCenter)).toBe(2);
      await index().giveUp(contactCenter, 'r1');
      await stores().recordings.pin('r1', { mediaId: 'a', pin, recipients: ['x'] });
      expect(await status()).toMatchObject({ withoutContentTree: 2, givenUp: 0 });
    });

    it('says how far each contact center is', async () => {
      expect(await index().status()).toEqual([]);
      await insert(recordingWith('r1', 'a', 'b', 'c'));
      await insert({ ...recordingWith('r2', 'a'), contactCenter: 'cc-2' });
      await stores().recordings.pin('r1', { mediaId: 'b', pin, recipients: [] });
      await stores().recordings.pin('r1', { mediaId: 'c', pin: { ...pin, contentRoot: 'c' }, recipients: [], leaves });
      await index().postpone('r1', 'a', 'why', 1);
      const expected = { contactCenter, mediaFiles: 3, notInspected: 1, withoutContentTree: 1, failing: 1, givenUp: 0 };
      expect(await status()).toEqual(expected);
      expect(await index().status()).toHaveLength(2);
      expect(await index().status('cc-3')).toEqual([]);
    });

    it('counts media files no more that were removed', async () => {
      await insert(recordingWith('r1', 'a', 'b'));
      const order = { recordingId: 'r1', contactCenter, user: 'ops', reason: '', time: '2026-11-21T08:00:00.000Z' };
      const hold = { id: 'h', recordingId: 'r1', mediaId: 'a', user: 'ann', reason: 'case 1', time: order.time };
      await stores().legalHolds.place(hold);
      await stores().removals.remove({ ...order, kind: 'expired' }, []);
      expect(await status()).toMatchObject({ mediaFiles: 1 });
      await stores().legalHolds.release('r1', 'h');
      await stores().removals.remove({ ...order, kind: 'deleted' }, []);
      expect(await status()).toMatchObject({ mediaFiles: 0 });
    });

    it('counts nothing twice when an insertion is repeated', async () => {
      await insert(recordingWith('r1', 'a'));
      await stores().recordings.pin('r1', { mediaId: 'a', pin: { ...pin, contentRoot: 'c' }, recipients: [], leaves });
      await insert(recordingWith('r1', 'a'));
      expect(await status()).toMatchObject({ mediaFiles: 1, notInspected: 0, withoutContentTree: 0 });
    });

    it('gives the work to one owner until the lease is over', async () => {
      expect(await index().lease('gateway-1', 1000, 2000)).toBe(true);
      expect(await index().lease('gateway-2', 1500, 2500)).toBe(false);
      expect(await index().lease('gateway-1', 1500, 2500)).toBe(true);
      expect(await index().lease('gateway-2', 2600, 3600)).toBe(true);
      expect(await index().lease('gateway-1', 2700, 3700)).toBe(false);
    });

    it('gives the work to another owner where the lease is that of a clock that was ahead', async () => {
      const ahead = 365 * 86_400_000;
      expect(await index().lease('gateway-1', ahead, ahead + 1000)).toBe(true);
      expect(await index().lease('gateway-2', 1000, 2000)).toBe(true);
    });

    it('goes through all recordings in the order of their insertion', async () => {
      for (const id of ['z', 'a', 'm']) await insert(recordingWith(id, 'file'));
      const first = await index().recordingsAfter(0, 2);
      const rest = await index().recordingsAfter(first.at(-1)?.position ?? 0, 2);
      expect([...first, ...rest].map(({ recording }) => recording.id)).toEqual(['z', 'a', 'm']);
    });

    it('lets the first contact center have a location', async () => {
      const claim = (owner: string) => ({
        contactCenter: owner,
        recordingId: 'of-before',
        mediaId: 'a',
        location: '0:/a',
      });
      expect(await index().claimLocations([claim('cc-1'), claim('cc-2'), claim('cc-1')])).toEqual([claim('cc-2')]);
      const locations = [{ mediaId: 'a', location: '0:/a' }];
      const late = stores().recordings.insert({ ...recordingWith('r', 'a'), contactCenter: 'cc-2' }, { locations });
      await expect(late).rejects.toMatchObject({ code: 'RCS_MEDIA_LOCATION_TAKEN' });
    });

    it('knows of which storages all locations are claimed', async () => {
      expect(await index().locationsClaimed('one')).toBe(false);
      await index().noteLocationsClaimed('one');
      await index().noteLocationsClaimed('one');
      expect([await index().locationsClaimed('one'), await index().locationsClaimed('two')]).toEqual([true, false]);
    });
  });
});

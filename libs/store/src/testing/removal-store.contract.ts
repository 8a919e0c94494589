import type { MediaFile, Recording } from '../recordings/recording.js';
import type { LedgerEntry, RemovalOrder } from '../removal/removal-store.js';
import { exampleMediaFile, exampleRecording } from './example-recording.js';
import { storeContract } from './store-contract.js';

const screen: MediaFile = {
  ...exampleMediaFile,
  mediaId: 'screen.mp4',
  leaf: 'screen.mp4',
  mediaDescriptor: { storage: 'webDAV', path: 'http://storage/recordings/screen.mp4' },
};
const recording: Recording = { ...exampleRecording, mediaFiles: [exampleMediaFile, screen] };
const { id, contactCenter } = recording;
const locations = [
  { mediaId: exampleMediaFile.mediaId, location: '0:/call' },
  { mediaId: screen.mediaId, location: '0:/screen' },
];
const order: RemovalOrder = {
  recordingId: id,
  contactCenter,
  kind: 'deleted',
  user: 'ops',
  reason: 'asked for',
  time: '2026-11-21T08:00:00.000Z',
};
const erasure: RemovalOrder = { ...order, kind: 'erased' };
const hold = { id: 'hold-1', recordingId: id, user: 'ann', reason: 'case 1', time: '2026-11-20T08:00:00.000Z' };
const everything = { now: 1000, leaseUntil: 5000, limit: 10 };

/** What every RemovalStore must do. */
export const contract = storeContract('removals', store => {
  const removals = () => store().removals;
  const insert = () => store().recordings.insert(recording, { locations });
  const ledger = async (): Promise<readonly Partial<LedgerEntry>[]> =>
    (await removals().ledger(0, 100)).map(({ recordingId, mediaId, kind }) => ({ recordingId, mediaId, kind }));

  describe('RemovalStore contract', () => {
    it('takes a recording out with all that is known of it, and leaves its stored files to be removed', async () => {
      await insert();
      const pin = { layout: 'plain', length: 4 } as const;
      await store().recordings.pin(id, { mediaId: screen.mediaId, pin: pin, leaves: Buffer.alloc(32) });
      await store().labels.define({ contactCenter, name: 'sale', displayName: '', description: '' });
      await store().labels.put(id, { name: 'sale', user: 'ann', time: order.time });
      expect(await removals().remove(order, locations)).toBe('removed');
      expect(await store().recordings.find(id)).toBeUndefined();
      expect(await store().recordings.findPin(id, screen.mediaId)).toBeUndefined();
      expect(await store().labels.of([id])).toEqual(new Map());
      const left = await removals().claimMedia(everything);
      expect(new Set(left)).toEqual(
        new Set(
          [exampleMediaFile, screen].map(({ mediaId, mediaDescriptor }) => ({
            recordingId: id,
            mediaId,
            contactCenter,
            mediaDescriptor,
            attempts: 0,
          })),
        ),
      );
      expect(await ledger()).toEqual([{ recordingId: id, mediaId: undefined, kind: 'deleted' }]);
    });

    it('removes nothing of another contact center, and nothing twice', async () => {
      await insert();
      expect(await removals().remove({ ...order, contactCenter: 'other' }, locations)).toBe('unknown');
      const outcomes = await Promise.all([1, 2, 3].map(() => removals().remove(order, locations)));
      expect(outcomes.filter(outcome => outcome === 'removed')).toHaveLength(1);
      expect(await ledger()).toHaveLength(1);
    });

    it('takes the id of a removed recording no more', async () => {
      await insert();
      expect(await removals().hasRemoved(id)).toBe(false);
      await removals().remove(order, locations);
      expect(await removals().hasRemoved(id)).toBe(true);
      await expect(store().recordings.insert({ ...recording, mediaFiles: [] })).rejects.toMatchObject({
        code: 'RCS_RECORDING_REMOVED',
      });
      await expect(store().recordings.insert({ ...recording, contactCenter: 'other' })).rejects.toMatchObject({
        code: 'RCS_RECORDING_EXISTS',
      });
    });

    it('gives a place to nobody until the file that lies there is gone', async () => {
      await insert();
      await removals().remove(order, locations);
      const next = { ...recording, id: 'next' };
      await expect(store().recordings.insert(next, { locations })).rejects.toMatchObject({
        code: 'RCS_MEDIA_LOCATION_TAKEN',
      });
      expect(await removals().hasPendingMedia(id)).toBe(true);
      for (const { mediaId } of locations) await removals().noteMediaGone(id, mediaId);
      expect(await removals().hasPendingMedia(id)).toBe(false);
      expect(await store().recordings.insert(next, { locations })).toBe('created');
    });

    it('knows which places recordings name that are there', async () => {
      await insert();
      const twin = { ...recording, id: 'twin' };
      await store().recordings.insert(twin);
      const claims = locations.map(place => ({ contactCenter, recordingId: 'twin', ...place }));
      await store().mediaIndex.claimLocations(claims);
      await removals().remove(order, locations);
      expect(await removals().isNamed('0:/call')).toBe(true);
      await removals().remove({ ...order, recordingId: 'twin' }, locations);
      expect(await removals().isNamed('0:/call')).toBe(false);
    });

    it('keeps what is protected or held from deletion, whole', async () => {
      await insert();
      await store().deletionProtection.apply(id, { user: 'ann', time: order.time });
      await expect(removals().remove(order, locations)).rejects.toMatchObject({ code: 'RCS_RECORDING_PROTECTED' });
      await store().deletionProtection.release(id);
      await store().legalHolds.place({ ...hold, mediaId: screen.mediaId });
      await expect(removals().remove(order, locations)).rejects.toMatchObject({ code: 'RCS_RECORDING_HELD' });
      expect(await store().recordings.find(id)).toEqual(recording);
      expect(await removals().claimMedia(everything)).toEqual([]);
    });

    it('forgets what is unmounted, so that it may come back, unless it is protected or held', async () => {
      const unmounted: RemovalOrder = { ...order, kind: 'unmounted' };
      await insert();
      await store().legalHolds.place(hold);
      await expect(removals().remove(unmounted, locations)).rejects.toMatchObject({ code: 'RCS_RECORDING_HELD' });
      await store().legalHolds.release(id, hold.id);
      expect(await removals().remove({ ...unmounted, contactCenter: 'other' }, locations)).toBe('unknown');
      expect(await removals().remove(unmounted, locations)).toBe('removed');
      expect(await store().recordings.find(id)).toBeUndefined();
      expect(await removals().claimMedia(everything)).toEqual([]);
      expect(await ledger()).toEqual([]);
      expect(await removals().isNamed('0:/call')).toBe(false);
      await insert();
      expect(await store().recordings.find(id)).toEqual(recording);
    });

    it('lets go what a hold has kept until its end', async () => {
      await insert();
      await store().legalHolds.place({ ...hold, until: '2026-11-21T07:59:59.999Z' });
      expect(await removals().remove(order, locations)).toBe('removed');
    });

    it('lets what has expired go but for the media files that are held', async () => {
      await insert();
      await store().legalHolds.place({ ...hold, mediaId: screen.mediaId });
      const expired: RemovalOrder = { ...order, kind: 'expired' };
      expect(await removals().remove(expired, locations)).toBe('partly');
      expect(await removals().remove(expired, locations)).toBe('kept');
      expect((await store().recordings.find(id))?.mediaFiles).toEqual([screen]);
      expect((await removals().claimMedia(everything)).map(({ mediaId }) => mediaId)).toEqual([
        exampleMediaFile.mediaId,
      ]);
      expect(await removals().claimErasures(everything)).toEqual([]);
    });

    it('lets an erasure wait for what is held, and go on at the release', async () => {
      await insert();
      await store().legalHolds.place(hold);
      expect(await removals().remove(erasure, locations)).toBe('kept');
      expect(await removals().claimErasures({ ...everything, leaseUntil: 50_000 })).toEqual([erasure]);
      expect(await removals().claimErasures(everything)).toEqual([]);
      await store().legalHolds.release(id, hold.id);
      expect(await removals().claimErasures(everything)).toEqual([erasure]);
      expect(await removals().remove(erasure, locations)).toBe('removed');
      expect(await removals().claimErasures({ ...everything, now: 1e15 })).toEqual([]);
    });

    it('gives a stored file to one at a time, again after the lease, and later where it failed', async () => {
      await insert();
      await removals().remove(order, locations);
      const claims = await Promise.all([1, 2, 3].map(() => removals().claimMedia(everything)));
      expect(claims.flat()).toHaveLength(2);
      expect(await removals().claimMedia({ ...everything, now: 4999 })).toEqual([]);
      expect(await removals().claimMedia({ ...everything, now: 5000, leaseUntil: 6000, limit: 1 })).toHaveLength(1);
      await removals().postponeMedia(id, screen.mediaId, 'RCS_STORAGE_TIMEOUT', 9000);
      expect((await removals().pendingMedia(contactCenter, 1))[0]).toMatchObject({
        mediaId: screen.mediaId,
        attempts: 1,
        reason: 'RCS_STORAGE_TIMEOUT',
      });
      expect(await removals().pendingMedia('other', 10)).toEqual([]);
    });

    it('removes again what a backup brought back, whatever holds it', async () => {
      await insert();
      await store().legalHolds.place(hold);
      await store().deletionProtection.apply(id, { user: 'ann', time: order.time });
      const entry = { recordingId: id, contactCenter, kind: 'erased', time: order.time } as const;
      expect(await removals().replay({ ...entry, mediaId: screen.mediaId }, locations)).toBe(true);
      expect((await store().recordings.find(id))?.mediaFiles).toEqual([exampleMediaFile]);
      const whole = { ...entry, number: 2 };
      expect(await removals().notInLedger([{ ...entry, number: 1, mediaId: screen.mediaId }, whole])).toEqual([whole]);
      expect(await removals().replay(entry, locations)).toBe(true);
      expect(await removals().replay(entry, locations)).toBe(false);
      expect(await store().recordings.find(id)).toBeUndefined();
      expect(await ledger()).toEqual([
        { recordingId: id, mediaId: screen.mediaId, kind: 'erased' },
        { recordingId: id, mediaId: undefined, kind: 'erased' },
      ]);
    });

    it('finds nothing brought back where nothing was', async () => {
      await insert();
      await removals().remove(order, locations);
      expect(await removals().broughtBack(0, 10)).toEqual({ recordings: [] });
    });

    it('takes no recording that was removed before a backup was restored', async () => {
      const entry = { recordingId: id, contactCenter: 'other', kind: 'deleted', time: order.time } as const;
      expect(await removals().replay(entry, [])).toBe(false);
      await expect(insert()).rejects.toMatchObject({ code: 'RCS_RECORDING_EXISTS' });
      expect(await ledger()).toHaveLength(1);
    });
  });
});

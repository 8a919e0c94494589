import { exampleMediaFile, exampleRecording } from './example-recording.js';
import { storeContract } from './store-contract.js';

const { id, contactCenter } = exampleRecording;
const mediaFiles = ['kept', 'removed'].map(mediaId => ({ ...exampleMediaFile, mediaId, leaf: `${mediaId}.mp3` }));
const peaks = Buffer.from([1, 0, 255, 7]);

/** What every PeaksStore must do. */
export const contract = storeContract('peaks', store => {
  const kept = (mediaId: string) => store().peaks.find(id, mediaId);

  describe('PeaksStore contract', () => {
    beforeEach(async () => {
      await store().recordings.insert({ ...exampleRecording, mediaFiles });
    });

    it('keeps the last one of each media file, and none of what is not there', async () => {
      expect(await kept('kept')).toBeUndefined();
      expect(await store().peaks.keep(id, 'kept', Buffer.from([9]))).toBe(true);
      expect(await store().peaks.keep(id, 'kept', peaks)).toBe(true);
      expect((await kept('kept'))?.equals(peaks)).toBe(true);
      expect(await kept('removed')).toBeUndefined();
      expect(await store().peaks.keep(id, 'another', peaks)).toBe(false);
      expect(await store().peaks.keep('another', 'kept', peaks)).toBe(false);
    });

    it('lets them go with the media file, and with the recording, for good', async () => {
      for (const { mediaId } of mediaFiles) await store().peaks.keep(id, mediaId, peaks);
      const hold = { recordingId: id, mediaId: 'kept', user: 'u', reason: 'r', time: '2026-03-02T10:00:00.000Z' };
      await store().legalHolds.place({ id: 'hold', ...hold });
      const order = { recordingId: id, contactCenter, kind: 'erased', user: 'u', reason: 'r' } as const;
      const time = '2026-03-02T11:00:00.000Z';
      expect(await store().removals.remove({ ...order, time }, [])).toBe('partly');
      expect((await kept('kept'))?.equals(peaks)).toBe(true);
      expect(await kept('removed')).toBeUndefined();
      expect(await store().peaks.keep(id, 'removed', peaks)).toBe(false);
      await store().legalHolds.release(id, 'hold');
      expect(await store().removals.remove({ ...order, time }, [])).toBe('removed');
      expect(await kept('kept')).toBeUndefined();
      expect(await store().peaks.keep(id, 'kept', peaks)).toBe(false);
    });
  });
});

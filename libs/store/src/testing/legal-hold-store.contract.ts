import type { LegalHold } from '../removal/legal-hold.js';
import { exampleMediaFile, exampleRecording } from './example-recording.js';
import { storeContract } from './store-contract.js';

const { id: recordingId } = exampleRecording;
const hold: LegalHold = {
  id: 'hold-1',
  recordingId,
  user: 'anthony',
  reason: 'case 4711',
  time: '2026-11-21T08:00:00.000Z',
};
const ofFile: LegalHold = {
  ...hold,
  id: 'hold-2',
  mediaId: exampleMediaFile.mediaId,
  time: '2026-11-22T08:00:00.000Z',
  until: '2027-01-01T00:00:00.000Z',
};

/** What every LegalHoldStore must do. */
export const contract = storeContract('legalHolds', store => {
  const holds = () => store().legalHolds;

  describe('LegalHoldStore contract', () => {
    it('keeps several holds of a recording and of its media files, the oldest first', async () => {
      await store().recordings.insert(exampleRecording);
      await holds().place(ofFile);
      await holds().place(hold);
      expect(await holds().of([recordingId, 'another'])).toEqual(new Map([[recordingId, [hold, ofFile]]]));
    });

    it('releases one of them, once', async () => {
      await store().recordings.insert(exampleRecording);
      await holds().place(hold);
      await holds().place(ofFile);
      expect(await holds().release('another', hold.id)).toBe(false);
      expect(await holds().release(recordingId, hold.id)).toBe(true);
      expect(await holds().release(recordingId, hold.id)).toBe(false);
      expect(await holds().of([recordingId])).toEqual(new Map([[recordingId, [ofFile]]]));
    });

    it('holds nothing that is not there', async () => {
      const refused = { code: 'RCS_RECORDING_NOT_FOUND' };
      await expect(holds().place(hold)).rejects.toMatchObject(refused);
      await store().recordings.insert(exampleRecording);
      await expect(holds().place({ ...hold, mediaId: 'other.mp3' })).rejects.toMatchObject(refused);
      expect(await holds().of([recordingId])).toEqual(new Map());
    });
  });
});

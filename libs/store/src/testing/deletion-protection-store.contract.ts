import { exampleRecording } from './example-recording.js';
import { storeContract } from './store-contract.js';

const { id } = exampleRecording;
const protection = { user: 'anthony', time: '2026-11-21T08:00:00.000Z' };

/** What every DeletionProtectionStore must do. */
export const contract = storeContract('deletionProtection', store => {
  const protections = () => store().deletionProtection;

  describe('DeletionProtectionStore contract', () => {
    it('protects a recording until it is released, and keeps who did it first', async () => {
      await store().recordings.insert(exampleRecording);
      expect(await protections().of([id])).toEqual(new Map());
      expect(await protections().apply(id, protection)).toBe(true);
      expect(await protections().apply(id, { ...protection, user: 'paul' })).toBe(false);
      expect(await protections().of(['another', id])).toEqual(new Map([[id, protection]]));
      expect(await protections().release(id)).toBe(true);
      expect(await protections().release(id)).toBe(false);
      expect(await protections().of([id])).toEqual(new Map());
    });

    it('protects no recording that there is not', async () => {
      await expect(protections().apply('nothing', protection)).rejects.toMatchObject({
        code: 'RCS_RECORDING_NOT_FOUND',
      });
    });
  });
});

import { custodyOutcomes, type CustodyOutcome, type CustodyProof } from '../custody/custody-store.js';
import { exampleMediaFile, exampleRecording } from './example-recording.js';
import { storeContract } from './store-contract.js';

const ours = 'cc-1';
const theirs = 'cc-2';
const start = { recordingId: '', mediaId: '' };

const recordingOf = (id: string, contactCenter: string, ...media: readonly string[]) => ({
  ...exampleRecording,
  id,
  contactCenter,
  mediaFiles: media.map(mediaId => ({ ...exampleMediaFile, mediaId, leaf: `${id}-${mediaId}.mp3` })),
});

const proof = (recordingId: string, mediaId: string, outcome: CustodyOutcome, provedAt = 1000): CustodyProof => ({
  recordingId,
  mediaId,
  outcome,
  provedAt,
});

/** What every CustodyStore must do. */
export const contract = storeContract('custody', store => {
  const custody = () => store().custody;
  const summaryOf = async (contactCenter: string) => (await custody().summaries(contactCenter))[0];

  describe('CustodyStore contract', () => {
    beforeEach(async () => {
      await store().recordings.insert(recordingOf('r2', ours, 'a'));
      await store().recordings.insert(recordingOf('r1', ours, 'a', 'b'));
      await store().recordings.insert(recordingOf('r3', theirs, 'a'));
    });

    it('goes through the recordings of one contact center, with what was found of them before', async () => {
      await custody().keep(ours, [proof('r1', 'b', 'opens', 5)]);
      const first = await custody().page(ours, '', 1);
      expect(first.map(({ recording, proofs }) => [recording.id, proofs])).toEqual([
        ['r1', [{ mediaId: 'b', provedAt: 5 }]],
      ]);
      expect((await custody().page(ours, 'r1', 10)).map(({ recording }) => recording.id)).toEqual(['r2']);
      expect(await custody().page(ours, 'r2', 10)).toEqual([]);
    });

    it('keeps the last proof of each media file, and counts them', async () => {
      const none = Object.fromEntries(custodyOutcomes.map(outcome => [outcome, 0]));
      expect(await summaryOf(ours)).toEqual({
        contactCenter: ours,
        mediaFiles: 3,
        outcomes: none,
        oldestProof: undefined,
      });
      await custody().keep(ours, [
        { ...proof('r1', 'a', 'key-missing'), code: 'RCS_KEY_NOT_FOUND' },
        proof('r2', 'a', 'opens', 700),
      ]);
      await custody().keep(ours, [{ ...proof('r1', 'a', 'opens', 2000), certificateAlias: 'new' }]);
      expect(await summaryOf(ours)).toMatchObject({ outcomes: { ...none, opens: 2 }, oldestProof: 700 });
      expect(await custody().found(ours, ['opens'], start, 10)).toEqual([
        { ...proof('r1', 'a', 'opens', 2000), certificateAlias: 'new' },
        proof('r2', 'a', 'opens', 700),
      ]);
    });

    it('keeps nothing of another contact center, nor of what is not there', async () => {
      await custody().keep(ours, [proof('r3', 'a', 'damaged'), proof('r1', 'x', 'opens'), proof('rx', 'a', 'opens')]);
      expect((await custody().summaries()).map(({ outcomes }) => Object.values(outcomes).some(Boolean))).toEqual([
        false,
        false,
      ]);
    });

    it('finds what has one of several outcomes, page by page', async () => {
      await custody().keep(ours, [
        proof('r1', 'a', 'damaged'),
        proof('r1', 'b', 'opens'),
        proof('r2', 'a', 'storage-missing'),
      ]);
      const wanted = ['damaged', 'storage-missing'] as const;
      const first = await custody().found(ours, wanted, start, 1);
      expect(first).toEqual([proof('r1', 'a', 'damaged')]);
      expect(await custody().found(ours, wanted, { recordingId: 'r1', mediaId: 'a' }, 9)).toEqual([
        proof('r2', 'a', 'storage-missing'),
      ]);
      expect(await custody().found(theirs, wanted, start, 9)).toEqual([]);
    });

    it('lets a proof go with its recording, for good', async () => {
      await custody().keep(ours, [proof('r2', 'a', 'opens')]);
      const order = { recordingId: 'r2', contactCenter: ours, kind: 'erased', user: 'u', reason: 'r' } as const;
      expect(await store().removals.remove({ ...order, time: '2026-03-02T11:00:00.000Z' }, [])).toBe('removed');
      await custody().keep(ours, [proof('r2', 'a', 'opens')]);
      expect(await summaryOf(ours)).toMatchObject({ outcomes: { opens: 0 }, oldestProof: undefined });
    });
  });
});

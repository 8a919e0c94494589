import type { RemovalAct, SettledRemoval } from '../removal/removal-order-store.js';
import { exampleMediaFile } from './example-recording.js';
import { storeContract } from './store-contract.js';

const { mediaId, mediaDescriptor } = exampleMediaFile;
const act: RemovalAct = {
  ...{ recordingId: 'gone', act: 'act-1', contactCenter: 'cc', kind: 'erased' },
  ...{ user: 'ann', reason: 'asked for', time: '2026-11-21T08:00:00.000Z' },
};
const settled: SettledRemoval = {
  ...{ recordingId: 'gone', contactCenter: 'cc', kind: 'erased', time: act.time },
  mediaFiles: [{ mediaId, mediaDescriptor }],
  locations: [{ mediaId, location: '0:/call' }],
};
const claim = { now: 1000, leaseUntil: 5000, limit: 10 };

/** What every RemovalOrderStore must do. */
export const contract = storeContract('removalOrders', store => {
  const orders = () => store().removalOrders;

  describe('RemovalOrderStore contract', () => {
    it('leaves an act to who carries it out until its lease is over, and then to one at a time', async () => {
      await orders().begin(act, 1001);
      expect(await orders().claim(claim)).toEqual([]);
      const claims = await Promise.all([1, 2, 3].map(() => orders().claim({ ...claim, now: 1001 })));
      expect(claims.flat()).toEqual([act]);
      await orders().end(act.recordingId, 'another');
      expect(await orders().claim({ ...claim, now: 5000, recordingId: 'other' })).toEqual([]);
      expect(await orders().claim({ ...claim, now: 5000 })).toEqual([act]);
      await orders().end(act.recordingId, act.act);
      expect(await orders().claim({ ...claim, now: 1e15 })).toEqual([]);
    });

    it('lets one erasure of a recording wait, however often it is ordered', async () => {
      await orders().begin(act, 1001);
      await orders().wait(act);
      await orders().wait({ ...act, act: 'act-2', reason: 'again' });
      expect(await orders().claim(claim)).toEqual([{ ...act, act: '' }]);
      await orders().postpone(act.recordingId, 0);
      expect(await orders().claim(claim)).toHaveLength(1);
      await orders().end(act.recordingId);
      expect(await orders().claim({ ...claim, now: 1e15 })).toEqual([]);
    });

    it('settles a removal once: ledger, stored files and seen marks', async () => {
      await store().seenMarks.put([{ account: 'ann', recordingId: 'gone', time: act.time }]);
      await orders().settle({ ...settled, mediaIds: [mediaId] });
      expect(await orders().goneOf(['gone', 'there'])).toEqual(
        new Map([['gone', { contactCenter: 'cc', isWhole: false, mediaIds: new Set([mediaId]) }]]),
      );
      expect((await store().seenMarks.of('ann', ['gone'])).size).toBe(1);
      for (let time = 0; time < 2; time++) await orders().settle(settled);
      expect((await orders().goneOf(['gone'])).get('gone')?.isWhole).toBe(true);
      expect((await store().seenMarks.of('ann', ['gone'])).size).toBe(0);
      expect(await store().removals.hasRemoved('gone')).toBe(true);
      expect(await store().removals.ledger(0, 10)).toHaveLength(2);
      expect(await store().removals.pendingMedia('cc', 10)).toEqual([
        { recordingId: 'gone', mediaId, contactCenter: 'cc', mediaDescriptor, attempts: 0 },
      ]);
    });

    it('takes the time for no later than it is told', async () => {
      expect(await orders().notAhead(1000)).toBe(1000);
    });

    it('knows the places where files still lie', async () => {
      const free = { mediaId: 'other', location: '0:/free' };
      expect(await orders().beingCleared(settled.locations)).toBeUndefined();
      await orders().settle(settled);
      expect(await orders().beingCleared([free, ...settled.locations])).toEqual(settled.locations[0]);
      await store().removals.noteMediaGone('gone', mediaId);
      expect(await orders().beingCleared([free, ...settled.locations])).toBeUndefined();
    });
  });
});

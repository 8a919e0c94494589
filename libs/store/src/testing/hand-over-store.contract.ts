import type { HandOverId } from '../hand-over/hand-over-store.js';
import { exampleRecording } from './example-recording.js';
import { storeContract } from './store-contract.js';

const receiver = 'https://receiver.example.com/interactionreceiver';
const other = 'https://other.example.com/interactionreceiver';
const { id: recordingId, contactCenter } = exampleRecording;
const named: HandOverId = { recordingId, receiver };
const lease = { receiver, now: 1000, leaseUntil: 2000, limit: 10 };

/** What every HandOverStore must do. */
export const contract = storeContract('handOvers', store => {
  const handOvers = () => store().handOvers;
  const insert = (id = recordingId, receivers = [receiver]) =>
    store().recordings.insert({ ...exampleRecording, id }, { handOvers: receivers.map(one => ({ receiver: one })) });

  describe('HandOverStore contract', () => {
    it('has an entry for each receiver from the insertion on, once', async () => {
      await insert(recordingId, [receiver, other]);
      expect(await insert(recordingId, [receiver, other])).toBe('unchanged');
      expect(await handOvers().counts()).toEqual({ waiting: 2, givenUp: 0 });
      expect(await handOvers().list({ state: 'waiting', limit: 10 })).toEqual([
        { recordingId, receiver: other, contactCenter, attempts: 0, state: 'waiting', nextAttempt: 0 },
        { recordingId, receiver, contactCenter, attempts: 0, state: 'waiting', nextAttempt: 0 },
      ]);
      expect(await handOvers().list({ state: 'waiting', limit: 1, after: { recordingId, receiver: other } })).toEqual([
        expect.objectContaining({ receiver }),
      ]);
    });

    it('leaves nothing of an insertion that is refused', async () => {
      await insert();
      const different = { ...exampleRecording, callerPhoneNumber: '1' };
      const again = store().recordings.insert(different, { handOvers: [{ receiver: other }] });
      await expect(again).rejects.toMatchObject({ code: 'RCS_RECORDING_EXISTS' });
      expect(await handOvers().counts()).toEqual({ waiting: 1, givenUp: 0 });
    });

    it('gives an entry to one of many who claim at the same time, and to the next when the lease is over', async () => {
      for (let number = 0; number < 20; number++) await insert(`recording-${number}`);
      const claims = await Promise.all(Array.from({ length: 8 }, () => handOvers().claim({ ...lease, limit: 4 })));
      const ids = claims.flat().map(claimed => claimed.recordingId);
      expect(new Set(ids).size).toBe(ids.length);
      const rest = await handOvers().claim({ ...lease, limit: 100 });
      expect(ids.length + rest.length).toBe(20);
      expect(await handOvers().claim({ ...lease, now: 1999 })).toEqual([]);
      const later = await handOvers().claim({ ...lease, now: 2000, leaseUntil: 3000, limit: 100 });
      expect(later).toHaveLength(20);
      expect(later.every(({ attempts }) => attempts === 2)).toBe(true);
    });

    it('keeps what is for other receivers for those', async () => {
      await insert(recordingId, [other]);
      expect(await handOvers().claim(lease)).toEqual([]);
    });

    it('forgets what was delivered, and postpones what failed', async () => {
      await insert();
      const [claimed] = await handOvers().claim(lease);
      if (claimed === undefined) throw new Error('nothing was claimed');
      await handOvers().noteFailure(claimed, { reason: 'answered 500', nextAttempt: 5000 });
      expect(await handOvers().claim({ ...lease, now: 4999 })).toEqual([]);
      expect(await handOvers().list({ state: 'waiting', limit: 10 })).toEqual([
        { ...claimed, state: 'waiting', nextAttempt: 5000, reason: 'answered 500' },
      ]);
      expect(await handOvers().claim({ ...lease, now: 5000, leaseUntil: 6000 })).toHaveLength(1);
      await handOvers().noteDelivered(claimed);
      expect(await handOvers().counts()).toEqual({ waiting: 0, givenUp: 0 });
    });

    it('does not let who lost the lease change anything', async () => {
      await insert();
      const [first] = await handOvers().claim(lease);
      await handOvers().claim({ ...lease, now: 2000, leaseUntil: 9000 });
      if (first === undefined) throw new Error('nothing was claimed');
      await handOvers().noteFailure(first, { reason: 'too late' });
      expect(await handOvers().list({ state: 'waiting', limit: 10 })).toMatchObject([{ nextAttempt: 9000 }]);
    });

    it('keeps what was given up, until somebody has it tried again or discards it', async () => {
      await insert();
      const [claimed] = await handOvers().claim(lease);
      if (claimed === undefined) throw new Error('nothing was claimed');
      expect(await handOvers().retry(named)).toBe(false);
      expect(await handOvers().discard(named)).toBe(false);
      await handOvers().noteFailure(claimed, { reason: 'answered 404' });
      expect(await handOvers().counts()).toEqual({ waiting: 0, givenUp: 1 });
      expect(await handOvers().claim({ ...lease, now: 1e12 })).toEqual([]);
      expect(await handOvers().retry(named)).toBe(true);
      expect(await handOvers().claim(lease)).toEqual([{ ...claimed, attempts: 1 }]);
      await handOvers().noteFailure(claimed, { reason: 'answered 404' });
      expect(await handOvers().discard(named)).toBe(true);
      expect(await handOvers().discard(named)).toBe(false);
      expect(await handOvers().counts()).toEqual({ waiting: 0, givenUp: 0 });
    });

    it('does not try what is refused at the insertion', async () => {
      await store().recordings.insert(exampleRecording, { handOvers: [{ receiver, refusal: 'not allowed' }] });
      expect(await handOvers().claim(lease)).toEqual([]);
      expect(await handOvers().list({ state: 'given-up', limit: 10 })).toMatchObject([{ reason: 'not allowed' }]);
    });

    it('goes with its recording', async () => {
      await insert();
      const order = { recordingId, contactCenter, kind: 'deleted', user: 'ops', reason: 'wish' } as const;
      await store().removals.remove({ ...order, time: '2026-11-21T08:00:00.000Z' }, []);
      expect(await handOvers().counts()).toEqual({ waiting: 0, givenUp: 0 });
    });
  });
});

import { accountId } from '../users/account.js';
import { exampleRecording } from './example-recording.js';
import { storeContract } from './store-contract.js';

const { id, contactCenter } = exampleRecording;
const early = '2026-11-28T08:00:00.000Z';
const late = '2026-11-28T09:00:00.000Z';
const ann = accountId({ name: 'ann' });
const locations = exampleRecording.mediaFiles.map(({ mediaId }) => ({ mediaId, location: '0:/call' }));

const nothing = { roles: [], privileges: [], accessGroups: [], partitions: [] };

/** What every SeenMarkStore must do. */
export const contract = storeContract('seenMarks', store => {
  describe('SeenMarkStore contract', () => {
    const marks = () => store().seenMarks;
    const insert = () => store().recordings.insert(exampleRecording, { locations });
    const remove = () => {
      const order = { recordingId: id, contactCenter, kind: 'deleted', user: 'ops', reason: 'x', time: late } as const;
      return store().removals.remove(order, locations);
    };

    it('knows when an account last saw a recording, and of nothing else', async () => {
      await insert();
      await marks().put([]);
      await marks().put([
        { account: ann, recordingId: id, time: late },
        { account: ann, recordingId: id, time: early },
      ]);
      await marks().put([{ account: ann, recordingId: id, time: early }]);
      expect(await marks().of(ann, [id, 'another'])).toEqual(new Map([[id, late]]));
      expect(await marks().of(ann, [])).toEqual(new Map());
      expect(await marks().of(ann, ['another'])).toEqual(new Map());
    });

    it('takes accounts of one name for two, in two contact centers and here and elsewhere', async () => {
      await insert();
      const others = ['cc-1', 'cc-2'].map(owner =>
        accountId({ name: 'ann', source: 'openid', contactCenter: owner }),
      ) as [string, string];
      await marks().put([{ account: others[0], recordingId: id, time: early }]);
      expect((await marks().of(others[0], [id])).get(id)).toBe(early);
      for (const account of [others[1], ann]) expect(await marks().of(account, [id])).toEqual(new Map());
    });

    it('forgets with the recording, and gives none to what is gone', async () => {
      await insert();
      await marks().put([{ account: ann, recordingId: id, time: early }]);
      await remove();
      expect(await marks().of(ann, [id])).toEqual(new Map());
      await marks().put([{ account: ann, recordingId: id, time: late }]);
      expect(await marks().of(ann, [id])).toEqual(new Map());
    });

    it.each([
      ['a local account', { name: 'ann' }],
      ['one of another system', { name: 'ann "é', source: 'configuration-server', contactCenter } as const],
    ])('forgets with %s, so that nobody of that name inherits it', async (_, account) => {
      await insert();
      const user = { ...account, contactCenter, enabled: true, ...nothing };
      await store().users.put(user);
      const mine = accountId(account);
      const others = accountId({ name: 'bob' });
      await marks().put([mine, others].map(one => ({ account: one, recordingId: id, time: early })));
      await store().users.remove(account);
      expect(await marks().of(mine, [id])).toEqual(new Map());
      expect((await marks().of(others, [id])).size).toBe(1);
    });
  });
});

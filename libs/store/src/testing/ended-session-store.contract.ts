import { storeContract } from './store-contract.js';

/** What every EndedSessionStore must do. */
export const contract = storeContract('endedSessions', store => {
  describe('EndedSessionStore contract', () => {
    const later = Date.now() + 3_600_000;

    it('knows what has ended, however often it is said', async () => {
      const { endedSessions } = store();
      await endedSessions.add('one', later);
      await endedSessions.add('one', later);
      expect([await endedSessions.has('one'), await endedSessions.has('two')]).toEqual([true, false]);
    });

    it('forgets with the next end what could not live any more', async () => {
      const { endedSessions } = store();
      await endedSessions.add('old', Date.now() - 1000);
      await endedSessions.add('one', later);
      expect([await endedSessions.has('old'), await endedSessions.has('one')]).toEqual([false, true]);
    });
  });
});

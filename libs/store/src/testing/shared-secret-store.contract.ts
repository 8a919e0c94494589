import { storeContract } from './store-contract.js';

/** What every SharedSecretStore must do. */
export const contract = storeContract('sharedSecrets', store => {
  describe('SharedSecretStore contract', () => {
    it('keeps what was proposed first, for each name', async () => {
      const { sharedSecrets } = store();
      expect(await sharedSecrets.agree('one', 'first')).toBe('first');
      expect(await sharedSecrets.agree('one', 'second')).toBe('first');
      expect(await sharedSecrets.agree('two', 'second')).toBe('second');
    });

    it('gives one secret to all who come at the same time', async () => {
      const proposals = Array.from({ length: 20 }, (_, number) => store().sharedSecrets.agree('one', `${number}`));
      expect(new Set(await Promise.all(proposals)).size).toBe(1);
    });
  });
});

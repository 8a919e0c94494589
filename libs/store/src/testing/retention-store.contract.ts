import type { RetentionRule } from '../retention/retention-rule.js';
import { storeContract } from './store-contract.js';

const rules: readonly RetentionRule[] = [{ days: 30 }, { label: '€', days: null }, { ivrProfile: 'record', days: 7 }];

/** What every RetentionStore must do. */
export const contract = storeContract('retention', store => {
  const retention = () => store().retention;

  describe('RetentionStore contract', () => {
    it('keeps the rules of each contact center', async () => {
      expect(await retention().rulesOf('cc-1')).toEqual([]);
      await retention().putRules('cc-1', rules);
      await retention().putRules('cc-2', [{ days: 1 }]);
      expect(await retention().rulesOf('cc-1')).toEqual(rules);
      await retention().putRules('cc-1', []);
      expect(await retention().rulesOf('cc-1')).toEqual([]);
      expect(await retention().rulesOf('cc-2')).toEqual([{ days: 1 }]);
    });

    it('lets one apply them at a time, at once when they have changed, and nobody where there are none', async () => {
      await retention().putRules('cc-1', rules);
      await retention().putRules('cc-2', []);
      const claims = await Promise.all([1, 2, 3].map(() => retention().claimDue(1000, 5000)));
      expect(claims.flat()).toEqual(['cc-1']);
      expect(await retention().claimDue(4999, 9000)).toEqual([]);
      expect(await retention().claimDue(5000, 9000)).toEqual(['cc-1']);
      await retention().putRules('cc-1', rules);
      expect(await retention().claimDue(5001, 9000)).toEqual(['cc-1']);
    });

    it('lets them be applied where they were applied last by a clock that was ahead', async () => {
      await retention().putRules('cc-1', rules);
      const ahead = 365 * 86_400_000;
      expect(await retention().claimDue(ahead, ahead + 4000)).toEqual(['cc-1']);
      expect(await retention().claimDue(1000, 5000)).toEqual(['cc-1']);
    });

    it('takes the time for no later than it is told', async () => {
      expect(await retention().notAhead(1000)).toBe(1000);
    });
  });
});

import type { Setting } from '../settings/setting-store.js';
import { storeContract } from './store-contract.js';

const setting = (contactCenter: string, location: string, places: readonly string[] = []): Setting => ({
  contactCenter,
  group: 'screen-recording',
  name: 'storage',
  location,
  value: JSON.stringify({ of: contactCenter, at: location }),
  places,
});

/** What every SettingStore must do. */
export const contract = storeContract('settings', store => {
  const settings = () => store().settings;

  describe('SettingStore contract', () => {
    it('keeps the settings of each contact center by group, name and location', async () => {
      expect(await settings().list('cc-1')).toEqual([]);
      const all = [setting('cc-1', '/'), setting('cc-1', '/US/CA'), setting('cc-1', '/US/É')];
      for (const one of [...all].reverse()) expect(await settings().put(one)).toBe('stored');
      await settings().put(setting('cc-2', '/'));
      const prefix = { ...setting('cc-1', '/'), name: 'decrypt-uri-prefix', value: '"https://rcs.example.com"' };
      await settings().put(prefix);
      expect(await settings().list('cc-1')).toEqual([prefix, ...all]);
      expect(await settings().list('cc-2')).toEqual([setting('cc-2', '/')]);
    });

    it('has one value for a name, and removes what it is asked to alone', async () => {
      await settings().put(setting('cc-1', '/'));
      await settings().put({ ...setting('cc-1', '/'), value: '"other"' });
      await settings().put(setting('cc-2', '/'));
      expect(await settings().list('cc-1')).toEqual([{ ...setting('cc-1', '/'), value: '"other"' }]);
      expect(await settings().remove(setting('cc-1', '/US'))).toBe(false);
      expect(await settings().remove(setting('cc-1', '/'))).toBe(true);
      expect(await settings().remove(setting('cc-1', '/'))).toBe(false);
      expect(await settings().list('cc-2')).toHaveLength(1);
    });

    it.each([
      ['the same', 'https://dav/a', 'https://dav/a'],
      ['one inside', 'https://dav/a', 'https://dav/a/b'],
      ['one around', 'https://dav/a/b', 'https://dav/a'],
    ])('gives no place to a second contact center: %s', async (_, first, second) => {
      expect(await settings().put(setting('cc-1', '/', ['https://dav/x', first]))).toBe('stored');
      expect(await settings().put(setting('cc-2', '/', [second, 'https://dav/y']))).toBe('taken');
      expect(await settings().list('cc-2')).toEqual([]);
      expect(await settings().put(setting('cc-1', '/US', [second]))).toBe('stored');
    });

    it('gives places beside each other, and those of a setting that is gone', async () => {
      expect(await settings().put(setting('cc-1', '/', ['https://dav/a']))).toBe('stored');
      expect(await settings().put(setting('cc-2', '/', ['https://dav/ab']))).toBe('stored');
      expect(await settings().put(setting('cc-1', '/', ['https://dav/c']))).toBe('stored');
      expect(await settings().put(setting('cc-2', '/US', ['https://dav/a']))).toBe('stored');
      await settings().remove(setting('cc-1', '/'));
      expect(await settings().put(setting('cc-2', '/DE', ['https://dav/c/d']))).toBe('stored');
    });

    it('gives a place to one of many who want it at the same moment', async () => {
      const wanted = Array.from({ length: 8 }, (_, index) => setting(`cc-${index}`, '/', ['https://dav/a']));
      const outcomes = await Promise.all(wanted.map(one => settings().put(one)));
      expect(outcomes.filter(outcome => outcome === 'stored')).toHaveLength(1);
    });
  });
});

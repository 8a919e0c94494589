import type { BegunArchive, KeptArchive } from '../kept-archives/kept-archive-store.js';
import { exampleCertificate } from './certificate-store.contract.js';
import { storeContract } from './store-contract.js';

const ours = 'cc-1';
const at = '2026-11-21T08:00:00.000Z';
const later = '2026-11-21T09:00:00.000Z';
const now = Date.now();
const hour = 3_600_000;
const recipients = ['issued:a', 'key:b'];

const archive: BegunArchive = {
  id: 'archive',
  contactCenter: ours,
  begunAt: at,
  requestedBy: 'admin',
  reason: 'kept \0 €',
};
const kept: KeptArchive = { ...archive, state: 'making', lastSeenAt: at, mediaFiles: 1 };

/** What every KeptArchiveStore must do. */
export const contract = storeContract('keptArchives', stores => {
  const archives = () => stores().keptArchives;
  const held = { needs: [{ recipients, mediaFiles: 1 }], at, now, holdUntil: now + hour };
  const begin = (more: Partial<BegunArchive> = {}, hold: Partial<typeof held> = {}) =>
    archives().begin({ ...archive, ...more }, { ...held, ...hold });
  const hold = (more: Partial<Parameters<ReturnType<typeof archives>['hold']>[0]> = {}) =>
    archives().hold({ id: 'archive', ...held, isSealed: false, ...more });
  const seal = (id = 'archive') => hold({ id, isSealed: true });
  const idsOf = async (contactCenter = ours, needing?: { recipients: string[]; otherRecipients: string[] }) =>
    (await archives().list({ contactCenter, needing, limit: 99 })).map(({ id }) => id);
  const use = async (own: readonly string[], others: readonly string[] = [], contactCenter = ours) => {
    const question = { contactCenter, alias: 'a', recipients: own, otherRecipients: others };
    const { archives: counted } = await stores().certificates.use(question);
    expect(await archives().count(question)).toBe(counted);
    return counted;
  };

  describe('KeptArchiveStore contract', () => {
    it('keeps an archive from its first need on, and shows it to its contact center alone', async () => {
      await begin();
      expect(await archives().find(ours, 'archive')).toEqual(kept);
      expect(await archives().find('cc-2', 'archive')).toBeUndefined();
      expect(await idsOf('cc-2')).toEqual([]);
      expect(await archives().needs('cc-2')).toEqual([]);
      const job = { id: 'job', part: 3 };
      const recipient = { fingerprint: 'aa', subject: 'CN=€' };
      await begin({ id: 'part', job, recipient });
      expect(await archives().find(ours, 'part')).toEqual({ ...kept, id: 'part', job, recipient });
    });

    it('counts what is being made, sealed, whole or broken off where a key is to go', async () => {
      expect(await use(['issued:a'])).toBe(0);
      await begin();
      expect(await use(['issued:a', 'issued:z'])).toBe(1);
      expect(await use(['key:b'])).toBe(1);
      expect(await use(['issued:z'])).toBe(0);
      expect(await use(['issued:a'], [], 'cc-2')).toBe(0);
      expect(await seal()).toBe(true);
      expect(await use(['issued:a'])).toBe(1);
      for (const state of ['whole', 'broken-off'] as const) {
        await archives().end('archive', state);
        expect((await archives().find(ours, 'archive'))?.state).toBe(state);
        expect(await use(['issued:a'])).toBe(1);
      }
    });

    it('counts no archive of which another key opens all that this one does', async () => {
      await begin();
      expect(await use(['issued:a'], ['key:b'])).toBe(0);
      expect(await idsOf(ours, { recipients: ['issued:a'], otherRecipients: ['key:b'] })).toEqual([]);
      await hold({ needs: [{ recipients: ['issued:a'], mediaFiles: 1 }] });
      expect(await use(['issued:a'], ['key:b'])).toBe(1);
      expect(await idsOf(ours, { recipients: ['issued:a'], otherRecipients: ['key:b'] })).toEqual(['archive']);
      // Recipients of two media files are not those of one.
      await hold({ needs: [{ recipients: ['issued:c'], mediaFiles: 1 }] });
      expect(await use(['issued:c'], ['key:b'])).toBe(1);
    });

    it('writes the numbers of its seal in the place of those before, in whatever order recipients come', async () => {
      await begin();
      await hold({ needs: [{ recipients: [], mediaFiles: 1 }] });
      const needs = [
        { recipients: ['key:b', 'issued:a', 'key:b'], mediaFiles: 40 },
        { recipients: [], mediaFiles: 2 },
      ];
      await hold({ needs, isSealed: true, at: later });
      const sealed = { ...kept, state: 'sealed', lastSeenAt: later, mediaFiles: 42 };
      expect(await archives().find(ours, 'archive')).toEqual(sealed);
      expect(await archives().needs(ours)).toEqual([
        { recipients, mediaFiles: 40, archives: 1, forRecipient: false },
        { recipients: [], mediaFiles: 2, archives: 1, forRecipient: false },
      ]);
      await begin({ id: 'other', recipient: { fingerprint: 'aa', subject: 'CN=b' } });
      await begin({ id: 'third' });
      expect(await archives().needs(ours)).toEqual([
        { recipients, mediaFiles: 41, archives: 2, forRecipient: false },
        { recipients: [], mediaFiles: 2, archives: 1, forRecipient: false },
        { recipients, mediaFiles: 1, archives: 1, forRecipient: true },
      ]);
    });

    it('lets nothing become whole that needs nothing any more: its time was over, or it was withdrawn', async () => {
      await begin({}, { holdUntil: now - 1 });
      expect(await use(['issued:a'])).toBe(0);
      expect(await idsOf()).toEqual([]);
      expect(await archives().needs(ours)).toEqual([]);
      expect(await hold()).toBe(false);
      expect(await seal()).toBe(false);
      await begin({ id: 'next' });
      expect(await archives().find(ours, 'archive')).toBeUndefined();
      expect(await seal('next')).toBe(true);
      // It cannot be sealed twice, nor held.
      expect(await seal('next')).toBe(false);
      expect(await hold({ id: 'next' })).toBe(false);
      await begin({ id: 'third' });
      expect(await archives().withdraw('cc-2', 'third')).toBe(false);
      expect(await archives().withdraw(ours, 'third')).toBe(true);
      expect(await archives().withdraw(ours, 'third')).toBe(false);
      expect(await seal('third')).toBe(false);
      expect(await use(['issued:a'])).toBe(1);
    });

    it('is held for longer, and forgets no archive of another contact center, nor any that was sealed', async () => {
      await begin({}, { holdUntil: now + 1 });
      expect(await hold({ holdUntil: now + hour })).toBe(true);
      expect(await hold({ now: now + hour - 1, holdUntil: now + 2 * hour })).toBe(true);
      expect(await hold({ now: now + 3 * hour })).toBe(false);
      await seal();
      await begin({ id: 'theirs', contactCenter: 'cc-2' }, { holdUntil: now + 1 });
      await begin({ id: 'next' }, { now: now + 3 * hour, holdUntil: now + 4 * hour });
      expect(await archives().find('cc-2', 'theirs')).toBeDefined();
      expect((await archives().find(ours, 'archive'))?.state).toBe('sealed');
    });

    it('ends what was sealed alone', async () => {
      await begin();
      await archives().end('archive', 'whole');
      expect((await archives().find(ours, 'archive'))?.state).toBe('making');
      await archives().end('nobody', 'whole');
    });

    it('notes when one was seen last, and goes not back', async () => {
      await begin({}, { at: later });
      await archives().seen('cc-2', 'archive', '2026-11-22T00:00:00.000Z');
      await archives().seen(ours, 'archive', at);
      expect((await archives().find(ours, 'archive'))?.lastSeenAt).toBe(later);
      await archives().seen(ours, 'archive', '2026-11-23T00:00:00.000Z');
      expect((await archives().find(ours, 'archive'))?.lastSeenAt).toBe('2026-11-23T00:00:00.000Z');
    });

    it('lists page by page, the newest first', async () => {
      for (const id of ['a', 'b', 'c']) await begin({ id });
      await begin({ id: 'newest', begunAt: later });
      expect(await idsOf()).toEqual(['newest', 'a', 'b', 'c']);
      const page = async (after?: KeptArchive) =>
        archives().list({ contactCenter: ours, after, limit: 2, needing: { recipients, otherRecipients: [] } });
      const first = await page();
      expect(first.map(({ id }) => id)).toEqual(['newest', 'a']);
      expect((await page(first[1])).map(({ id }) => id)).toEqual(['b', 'c']);
    });

    it('refuses to remove the certificate that an archive needs, unless forced', async () => {
      await stores().certificates.add(exampleCertificate('a', { contactCenter: ours }));
      await begin();
      const asked = { contactCenter: ours, alias: 'a', recipients: ['issued:a'], otherRecipients: [] };
      const origin = { by: 'x', at };
      const needed = { assignments: 0, recordings: 0, unknown: 0, archives: 1 };
      expect(await stores().certificates.remove({ ...asked, force: false, origin })).toEqual({
        outcome: 'in-use',
        ...needed,
      });
      expect(await stores().certificates.remove({ ...asked, force: true, origin })).toEqual({
        outcome: 'removed',
        ...needed,
      });
    });
  });
});

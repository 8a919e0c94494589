import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope } from '#cms';
import { openSqliteStore, type KeptArchive, type Store } from '#store';
import { ArchiveNeeds } from './archive-needs.js';

const contactCenter = 'cc-1';
const archive = { id: 'archive', contactCenter, begunAt: '2026-11-21T08:00:00.000Z', requestedBy: 'a', reason: 'kept' };

/** As far as it says whom it is for. */
function envelopeFor(...keys: readonly string[]): Pick<Envelope, 'recipients'> {
  const recipients = keys.map(key => ({
    identifier: { type: 'subject-key-identifier', keyIdentifier: Buffer.from(key) },
  }));
  return { recipients } as unknown as Pick<Envelope, 'recipients'>;
}
const nameOf = (key: string): string => `key:${Buffer.from(key).toString('hex')}`;

describe(ArchiveNeeds.name, () => {
  let directory: string;
  let store: Store;
  let needs: ArchiveNeeds;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-archive-needs-'));
    store = await openSqliteStore({ directory, auditWriter: 'gateway-1' });
    needs = new ArchiveNeeds(store.keptArchives, archive);
  });
  afterEach(async () => {
    await store?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const kept = (): Promise<KeptArchive | undefined> => store.keptArchives.find(contactCenter, 'archive');
  const useOf = async (key: string): Promise<number> =>
    (await store.certificates.use({ contactCenter, alias: 'x', recipients: [nameOf(key)], otherRecipients: [] }))
      .archives;

  it('has each key in the store before a media file leaves that needs it', async () => {
    for (const key of ['one', 'two']) {
      expect(await useOf(key)).toBe(0);
      await needs.add(envelopeFor(key));
      expect(await useOf(key)).toBe(1);
    }
    expect((await kept())?.state).toBe('making');
  });

  it('has the numbers in the store before the manifest leaves, those of the same recipients together', async () => {
    for (const keys of [['one'], ['two', 'one'], ['one', 'two'], ['one']]) await needs.add(envelopeFor(...keys));
    await needs.seal();
    expect(await kept()).toMatchObject({ state: 'sealed', mediaFiles: 4 });
    const all = await store.keptArchives.needs(contactCenter);
    expect(all.map(({ recipients, mediaFiles }) => [recipients.length, mediaFiles]).sort()).toEqual([
      [1, 2],
      [2, 2],
    ]);
    await needs.ended(true);
    expect((await kept())?.state).toBe('whole');
  });

  it('leaves nothing where no manifest has left, and all where one has', async () => {
    await needs.add(envelopeFor('one'));
    await needs.ended(false);
    expect(await kept()).toBeUndefined();
    await needs.add(envelopeFor('two')).catch(() => undefined);
    const other = new ArchiveNeeds(store.keptArchives, { ...archive, id: 'other' });
    await other.add(envelopeFor('one'));
    await other.seal();
    await other.ended(false);
    expect((await store.keptArchives.find(contactCenter, 'other'))?.state).toBe('broken-off');
  });

  it('lets no archive become whole that was released meanwhile', async () => {
    await needs.add(envelopeFor('one'));
    await store.keptArchives.withdraw(contactCenter, 'archive');
    await expect(needs.add(envelopeFor('two'))).rejects.toMatchObject({ code: 'RCS_ARCHIVE_GIVEN_UP' });
    await expect(needs.seal()).rejects.toMatchObject({ code: 'RCS_ARCHIVE_GIVEN_UP' });
  });

  it('writes nothing of an archive without encrypted media, and keeps no name that no certificate has', async () => {
    await needs.seal();
    await needs.ended(true);
    expect(await kept()).toBeUndefined();
    await needs.add(envelopeFor('x'.repeat(100_000)));
    expect(await store.keptArchives.needs(contactCenter)).toMatchObject([{ recipients: [], mediaFiles: 1 }]);
  });
});

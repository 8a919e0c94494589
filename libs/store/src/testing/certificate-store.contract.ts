import type { AssignmentTarget, RecordingCertificate } from '../certificates/recording-certificate.js';
import { exampleMediaFile, exampleRecording } from './example-recording.js';
import { storeContract } from './store-contract.js';

const contactCenter = 'cc-1';
const origin = { by: 'admin', at: '2026-11-21T08:00:00.000Z' };
const record: AssignmentTarget = { kind: 'ivr-profile', name: 'record' };
const screen: AssignmentTarget = { kind: 'screen-recording' };

export function exampleCertificate(alias: string, changes: Partial<RecordingCertificate> = {}): RecordingCertificate {
  return {
    contactCenter,
    alias,
    certificate: 'PEM',
    chain: '',
    fingerprint: `fingerprint of ${alias}`,
    keyIdentifier: 'aa',
    keyFormat: 'PKCS#8',
    decryptOnly: false,
    state: 'active',
    createdAt: origin.at,
    createdBy: origin.by,
    ...changes,
  };
}

/** What every CertificateStore must do. */
export const contract = storeContract('certificates', stores => {
  describe('CertificateStore contract', () => {
    const certificates = () => stores().certificates;
    const assign = (target: AssignmentTarget, aliases: readonly string[]) =>
      certificates().assign({ contactCenter, target, aliases, changedAt: origin.at, changedBy: origin.by });
    /** Inserted, and looked at. */
    const insertRecordingFor = (...recipients: readonly string[]) => {
      const findings = [{ mediaId: exampleMediaFile.mediaId, pin: { layout: 'detached' } as const, recipients }];
      return stores().recordings.insert({ ...exampleRecording, contactCenter }, { findings });
    };
    const remove = (alias: string, force = false, otherRecipients: readonly string[] = []) =>
      certificates().remove({ contactCenter, alias, recipients: [`to ${alias}`], otherRecipients, force, origin });

    it('keeps the same certificate once, whatever alias it comes with', async () => {
      const first = exampleCertificate('first');
      expect(await certificates().add(first)).toEqual({ outcome: 'created', certificate: first });
      const again = await certificates().add({ ...first, alias: 'second' });
      expect(again).toEqual({ outcome: 'known', certificate: first });
      expect(await certificates().list(contactCenter)).toEqual([first]);
      const taken = await certificates().add({ ...first, fingerprint: 'another' });
      expect(taken).toEqual({ outcome: 'alias-taken', certificate: first });
    });

    it('keeps it once when many add it at the same time', async () => {
      const added = await Promise.all(
        Array.from({ length: 10 }, (_, number) =>
          certificates().add(exampleCertificate(`alias-${number}`, { fingerprint: 'one' })),
        ),
      );
      expect(added.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
      expect(new Set(added.map(({ certificate }) => certificate.alias)).size).toBe(1);
    });

    it('lists what is there at this moment, however often it was listed and whoever changed it', async () => {
      const other = exampleCertificate('other');
      const aliases = async () => (await certificates().list(contactCenter)).map(({ alias, state }) => [alias, state]);
      expect(await aliases()).toEqual([]);
      await certificates().add(exampleCertificate('one'));
      expect(await aliases()).toEqual([['one', 'active']]);
      expect(await certificates().list('cc-2')).toEqual([]);
      await certificates().add({ ...other, contactCenter: 'cc-2' });
      expect(await aliases()).toEqual([['one', 'active']]);
      await certificates().add(other);
      expect(await aliases()).toEqual([
        ['one', 'active'],
        ['other', 'active'],
      ]);
      await certificates().claimWarning(contactCenter, 'one', 30);
      expect((await certificates().list(contactCenter))[0]?.warnedDays).toBe(30);
      await remove('other');
      expect(await aliases()).toEqual([
        ['one', 'active'],
        ['other', 'deleted'],
      ]);
      expect(await certificates().list('cc-2')).toHaveLength(1);
    });

    it('keeps those of contact centers apart', async () => {
      await certificates().add(exampleCertificate('a'));
      await certificates().add(exampleCertificate('a', { contactCenter: 'cc-2' }));
      expect(await certificates().list('cc-2')).toHaveLength(1);
      expect(await certificates().list()).toHaveLength(2);
      expect(await certificates().find('cc-3', 'a')).toBeUndefined();
    });

    it('adds and assigns one in one act, behind those that are assigned, or does neither', async () => {
      const assignTo = { target: record, origin };
      const assigned = async () => (await certificates().assignment(contactCenter, record))?.aliases;
      expect((await certificates().add(exampleCertificate('a'), assignTo)).outcome).toBe('created');
      await Promise.all(['b', 'c'].map(alias => certificates().add(exampleCertificate(alias), assignTo)));
      expect([...((await assigned()) ?? [])].sort()).toEqual(['a', 'b', 'c']);
      const again = { ...exampleCertificate('a'), alias: 'another' };
      expect(await certificates().add(again, assignTo)).toMatchObject({
        outcome: 'known',
        certificate: { alias: 'a' },
      });
      expect(await assigned()).toHaveLength(3);
      const taken = exampleCertificate('a', { fingerprint: 'of another' });
      expect((await certificates().add(taken, { ...assignTo, target: screen })).outcome).toBe('alias-taken');
      const old = exampleCertificate('old', { decryptOnly: true });
      await certificates().add(old);
      expect((await certificates().add(old, { ...assignTo, target: screen })).outcome).toBe('not-assignable');
      expect(await certificates().assignment(contactCenter, screen)).toBeUndefined();
      expect(await certificates().assignments('cc-2')).toEqual([]);
    });

    it('assigns several to a target, none of which is unknown, deleted or for decrypting only', async () => {
      await certificates().add(exampleCertificate('a'));
      await certificates().add(exampleCertificate('b'));
      await certificates().add(exampleCertificate('old', { decryptOnly: true }));
      expect(await assign(record, ['a', 'b'])).toEqual({ outcome: 'assigned' });
      expect(await assign(record, ['a', 'b'])).toEqual({ outcome: 'unchanged' });
      expect(await assign(record, ['a', 'old'])).toEqual({ outcome: 'unknown-alias', alias: 'old' });
      expect(await assign(record, ['c'])).toEqual({ outcome: 'unknown-alias', alias: 'c' });
      expect((await certificates().assignment(contactCenter, record))?.aliases).toEqual(['a', 'b']);
      expect(await certificates().assignment('cc-2', record)).toBeUndefined();
      expect(await certificates().unassign(contactCenter, record)).toBe(true);
      expect(await certificates().unassign(contactCenter, record)).toBe(false);
    });

    it('refuses to remove what is assigned, with the count, and takes it away when forced', async () => {
      await certificates().add(exampleCertificate('a'));
      await assign(record, ['a']);
      await assign(screen, ['a']);
      expect(await remove('a')).toEqual({ outcome: 'in-use', assignments: 2, recordings: 0, archives: 0, unknown: 0 });
      expect((await remove('a', true)).outcome).toBe('removed');
      const deleted = { ...exampleCertificate('a'), state: 'deleted', deletedAt: origin.at, deletedBy: origin.by };
      expect(await certificates().find(contactCenter, 'a')).toEqual(deleted);
      expect((await certificates().assignment(contactCenter, screen))?.aliases).toEqual([]);
      expect((await remove('a', true)).outcome).toBe('not-found');
      expect(await assign(record, ['a'])).toEqual({ outcome: 'unknown-alias', alias: 'a' });
    });

    it('refuses to remove what recordings need, unless another certificate opens them', async () => {
      await certificates().add(exampleCertificate('a'));
      await insertRecordingFor('to a', 'to b');
      const use = { assignments: 0, recordings: 1, archives: 0, unknown: 0 };
      expect(
        await certificates().use({ contactCenter, alias: 'a', recipients: ['to a'], otherRecipients: [] }),
      ).toEqual(use);
      expect(await remove('a')).toEqual({ outcome: 'in-use', ...use });
      expect(await remove('a', false, ['to b'])).toEqual({ outcome: 'removed', ...use, recordings: 0 });
    });

    it('removes nothing, not even by force, while nobody knows whom a recording is for', async () => {
      await certificates().add(exampleCertificate('a'));
      await stores().recordings.insert({ ...exampleRecording, contactCenter });
      const unknown = { outcome: 'unknown', assignments: 0, recordings: 0, archives: 0, unknown: 1 };
      expect(await remove('a')).toEqual(unknown);
      expect(await remove('a', true)).toEqual(unknown);
      expect((await certificates().find(contactCenter, 'a'))?.state).toBe('active');
      await stores().recordings.insert({ ...exampleRecording, id: 'neighbours', contactCenter: 'neighbour' });
      const finding = { mediaId: exampleMediaFile.mediaId, pin: { layout: 'plain' } as const, recipients: [] };
      await stores().recordings.pin(exampleRecording.id, finding);
      expect((await remove('a')).outcome).toBe('removed');
    });

    it('brings a deleted certificate back under its alias', async () => {
      await certificates().add(exampleCertificate('a'));
      await remove('a');
      expect(await certificates().noteKeyRemoved(contactCenter, 'a', origin.at)).toBe(true);
      expect((await certificates().find(contactCenter, 'a'))?.keyRemovedAt).toBe(origin.at);
      expect(await certificates().noteKeyRemoved(contactCenter, 'a', undefined)).toBe(true);
      expect((await certificates().find(contactCenter, 'a'))?.keyRemovedAt).toBeUndefined();
      expect(await certificates().noteKeyRemoved(contactCenter, 'a', origin.at)).toBe(true);
      const restored = await certificates().add(exampleCertificate('b', { fingerprint: 'fingerprint of a' }));
      const certificate = exampleCertificate('a');
      expect(restored).toEqual({ outcome: 'restored', certificate });
      expect(await certificates().noteKeyRemoved(contactCenter, 'a', origin.at)).toBe(false);
    });

    it('lets a successor take every place at once', async () => {
      await certificates().add(exampleCertificate('a'));
      await certificates().add(exampleCertificate('b'));
      await assign(record, ['a', 'b']);
      await assign(screen, ['a']);
      expect(await certificates().succeed(contactCenter, 'a', 'c', origin)).toBeUndefined();
      expect(await certificates().succeed(contactCenter, 'a', 'b', origin)).toEqual([record, screen]);
      expect((await certificates().assignments(contactCenter)).map(({ aliases }) => aliases)).toEqual([['b'], ['b']]);
      expect((await certificates().find(contactCenter, 'a'))?.successor).toBe('b');
    });

    it('lets one caller warn once for every threshold', async () => {
      await certificates().add(exampleCertificate('a'));
      const claims = await Promise.all(
        Array.from({ length: 5 }, () => certificates().claimWarning(contactCenter, 'a', 30)),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
      expect(await certificates().claimWarning(contactCenter, 'a', 90)).toBe(false);
      expect(await certificates().claimWarning(contactCenter, 'a', 7)).toBe(true);
    });
  });
});

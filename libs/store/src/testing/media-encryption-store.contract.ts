import type { MediaEncryption } from '../media-encryption/media-encryption-store.js';
import type { MediaFile } from '../recordings/recording.js';
import { exampleMediaFile, exampleRecording } from './example-recording.js';
import { storeContract } from './store-contract.js';

const { contactCenter } = exampleRecording;
const ofEncryption = ['pkcs7', 'certAlias', 'contentTree', 'recipients'];
const plain = Object.fromEntries(
  Object.entries(exampleMediaFile).filter(([name]) => !ofEncryption.includes(name)),
) as unknown as MediaFile;
const mediaId = 'call.wav';
const root = 'ab'.repeat(32);
const placeOf = (path: string): string => `https://storage/${path}`;

/** What every MediaEncryptionStore must do. */
export const contract = storeContract('mediaEncryptions', store => {
  const recording = (id: string, path = 'plain.wav') => ({
    ...exampleRecording,
    id,
    mediaFiles: [{ ...plain, mediaId, mediaDescriptor: { storage: 'webDAV', path } }],
  });
  const insert = (id: string, path = 'plain.wav') =>
    store().recordings.insert(recording(id, path), {
      locations: [{ mediaId, location: placeOf(path) }],
      findings: [{ mediaId, pin: { layout: 'plain', length: 3 }, recipients: [] }],
    });
  const encryption = (recordingId: string, to: string, now = 1000): MediaEncryption => ({
    ...{ recordingId, mediaId, contactCenter, path: 'plain.wav', plainLocation: placeOf('plain.wav') },
    descriptor: { storage: 'webDAV', path: to },
    location: placeOf(to),
    pkcs7: 'MAA=',
    certAlias: ['record'],
    recipients: ['issued:one'],
    finding: {
      mediaId,
      pin: { layout: 'detached', length: 16, contentRoot: root, contentRootFrom: 'insertion' },
      recipients: ['issued:one'],
      leaves: Buffer.from(root, 'hex'),
    },
    now,
    removeAt: now + 10,
  });
  const plan = (recordingId: string, to: string, now = 1000) =>
    store().mediaEncryptions.plan({ ...encryption(recordingId, to, now), leaseUntil: now + 500 });
  const due = async (now: number) => {
    const claimed = await store().removals.claimMedia({ now, leaseUntil: now + 30_000, limit: 10 });
    return claimed.map(({ mediaDescriptor }) => mediaDescriptor.path).sort();
  };

  describe('MediaEncryptionStore contract', () => {
    it('puts the encrypted file in the place of the plain one, with all that is known of it, and lets the plain one go', async () => {
      await insert('one');
      await store().peaks.keep('one', mediaId, Buffer.from([1]));
      expect(await store().mediaEncryptions.namedBy(placeOf('plain.wav'))).toEqual([{ recordingId: 'one', mediaId }]);
      expect(await plan('one', 'new.bin')).toBe(true);
      expect(await store().mediaEncryptions.encrypt(encryption('one', 'new.bin'))).toBe('encrypted');
      expect((await store().recordings.find('one'))?.mediaFiles).toEqual([
        {
          ...plain,
          mediaId,
          mediaDescriptor: { storage: 'webDAV', path: 'new.bin' },
          pkcs7: 'MAA=',
          certAlias: ['record'],
          recipients: ['issued:one'],
        },
      ]);
      expect(await store().recordings.findPin('one', mediaId)).toMatchObject({ layout: 'detached', contentRoot: root });
      expect((await store().recordings.findLeaves('one', mediaId))?.toString('hex')).toBe(root);
      expect(await store().rewraps.countRecordings(contactCenter, [['issued:one']])).toEqual([1]);
      expect(await store().peaks.find('one', mediaId)).toBeUndefined();
      expect(await store().removals.isNamed(placeOf('plain.wav'))).toBe(false);
      expect(await store().removals.isNamed(placeOf('new.bin'))).toBe(true);
      expect(await store().mediaEncryptions.isBeingRemoved(placeOf('plain.wav'), contactCenter)).toBe(true);
      expect(await store().mediaEncryptions.isBeingRemoved(placeOf('plain.wav'), 'another')).toBe(false);
      expect(await due(1009)).toEqual([]);
      expect(await due(1_000_000)).toEqual(['plain.wav']);
    });

    it('says of a repetition that nothing changes, and of another one that it came too late', async () => {
      await insert('one');
      await plan('one', 'new.bin');
      await store().mediaEncryptions.encrypt(encryption('one', 'new.bin'));
      expect(await store().mediaEncryptions.encrypt(encryption('one', 'new.bin'))).toBe('unchanged');
      expect(await store().mediaEncryptions.encrypt(encryption('one', 'other.bin'))).toBe('changed');
      expect(await plan('one', 'other.bin')).toBe(false);
    });

    it('lets one win where two encrypt the same file at once, and what the other stored goes', async () => {
      await insert('one');
      await plan('one', 'first.bin');
      await plan('one', 'second.bin', 1001);
      expect(await store().mediaEncryptions.encrypt(encryption('one', 'first.bin', 1002))).toBe('overtaken');
      expect(await store().mediaEncryptions.encrypt(encryption('one', 'second.bin', 1002))).toBe('encrypted');
      expect(await due(2_000_000)).toEqual(['first.bin', 'plain.wav']);
    });

    it('takes nothing that is being removed, or was never planned', async () => {
      await insert('one');
      expect(await store().mediaEncryptions.encrypt(encryption('one', 'never.bin'))).toBe('overtaken');
      await plan('one', 'late.bin');
      expect(await store().mediaEncryptions.encrypt(encryption('one', 'late.bin', 1500))).toBe('overtaken');
      expect(await due(1500)).toEqual(['late.bin']);
      expect(await store().mediaEncryptions.encrypt(encryption('one', 'late.bin', 1499))).toBe('overtaken');
      expect((await store().recordings.find('one'))?.mediaFiles[0]?.mediaDescriptor.path).toBe('plain.wav');
    });

    it('keeps the walls: neither recordings nor places of another contact center', async () => {
      await insert('one');
      const foreign = { ...encryption('one', 'new.bin'), contactCenter: 'another' };
      expect(await store().mediaEncryptions.plan({ ...foreign, leaseUntil: 2000 })).toBe(false);
      await plan('one', 'new.bin');
      expect(await store().mediaEncryptions.encrypt(foreign)).toBe('changed');
      const theirs = { ...recording('two', 'theirs.bin'), contactCenter: 'another' };
      const locations = [{ mediaId, location: placeOf('theirs.bin') }];
      await store().recordings.insert(theirs, { locations });
      await expect(plan('one', 'theirs.bin')).rejects.toMatchObject({ code: 'RCS_MEDIA_LOCATION_TAKEN' });
      const taken = store().recordings.insert(recording('three', 'new.bin'), {
        locations: [{ mediaId, location: placeOf('new.bin') }],
      });
      await expect(taken).rejects.toMatchObject({ code: 'RCS_MEDIA_LOCATION_TAKEN' });
    });

    it('leaves what is on hold as it is', async () => {
      await insert('one');
      await plan('one', 'new.bin');
      const hold = { recordingId: 'one', user: 'u', reason: 'r', time: '2026-03-02T10:00:00.000Z' };
      await store().legalHolds.place({ id: 'hold', ...hold });
      const held = store().mediaEncryptions.encrypt(encryption('one', 'new.bin'));
      await expect(held).rejects.toMatchObject({ code: 'RCS_RECORDING_HELD' });
      await store().legalHolds.release('one', 'hold');
      expect(await store().mediaEncryptions.encrypt(encryption('one', 'new.bin'))).toBe('encrypted');
    });

    it('knows what of two recordings still names a plain file', async () => {
      await insert('one');
      await insert('two');
      await plan('one', 'new.bin');
      await store().mediaEncryptions.encrypt(encryption('one', 'new.bin'));
      expect(await store().removals.isNamed(placeOf('plain.wav'))).toBe(true);
      expect(await store().mediaEncryptions.namedBy(placeOf('plain.wav'))).toEqual([{ recordingId: 'two', mediaId }]);
    });

    it('has no planned file left when the recording is removed', async () => {
      await insert('one');
      await plan('one', 'new.bin');
      const order = { recordingId: 'one', contactCenter, kind: 'erased', user: 'u', reason: 'r' } as const;
      await store().removals.remove({ ...order, time: '2026-03-02T11:00:00.000Z' }, [
        { mediaId, location: placeOf('plain.wav') },
      ]);
      expect(await store().mediaEncryptions.encrypt(encryption('one', 'new.bin'))).toBe('changed');
      expect(await due(2_000_000)).toEqual(['new.bin', 'plain.wav']);
    });
  });
});

import type { Recording } from '../recordings/recording.js';
import { exampleMediaFile, exampleRecording } from './example-recording.js';
import { storeContract } from './store-contract.js';

const { id } = exampleRecording;
const { mediaId } = exampleMediaFile;
const attached = { layout: 'attached', envelopeDigest: 'aa' } as const;

function withLeaf(leaf: string): Recording {
  return { ...exampleRecording, mediaFiles: exampleRecording.mediaFiles.map(mediaFile => ({ ...mediaFile, leaf })) };
}

const differences: readonly { readonly difference: string; readonly change: Partial<Recording> }[] = [
  { difference: 'another contact center', change: { contactCenter: 'other' } },
  { difference: 'another caller', change: { callerPhoneNumber: '1' } },
  { difference: 'no media file', change: { mediaFiles: [] } },
  { difference: 'another envelope', change: { mediaFiles: [{ ...exampleMediaFile, pkcs7: 'MIIC' }] } },
  { difference: 'another additional field', change: { additional: { accessgroups: ['/'] } } },
  { difference: 'a field less', change: { eventHistory: undefined } },
];

/** What every RecordingStore must do. */
export const contract = storeContract('recordings', store => {
  const recordings = () => store().recordings;
  describe('RecordingStore contract', () => {
    it('gives a recording back as it was inserted', async () => {
      expect(await recordings().insert(exampleRecording)).toBe('created');
      expect(await recordings().find(id)).toEqual(exampleRecording);
    });

    it('finds nothing under an unknown id', async () => {
      await recordings().insert(exampleRecording);
      expect(await recordings().find(id.toLowerCase())).toBeUndefined();
      expect(await recordings().find('')).toBeUndefined();
    });

    it('keeps a recording that has nothing optional', async () => {
      const bare: Recording = { id: 'bare', contactCenter: 'cc', region: 'r', mediaFiles: [] };
      await recordings().insert(bare);
      expect(await recordings().find('bare')).toEqual(bare);
    });

    it('keeps a start time that is no time', async () => {
      const odd: Recording = { ...exampleRecording, startTime: 'yesterday' };
      await recordings().insert(odd);
      expect(await recordings().find(id)).toEqual(odd);
    });

    it('takes an identical repetition, in whatever order its members come, as unchanged', async () => {
      await recordings().insert(exampleRecording);
      const reordered = Object.fromEntries(Object.entries(exampleRecording).reverse()) as unknown as Recording;
      expect(await recordings().insert(reordered)).toBe('unchanged');
    });

    it('keeps the leaves of the first insert', async () => {
      await recordings().insert(withLeaf('first.mp3'));
      expect(await recordings().insert(withLeaf('second.mp3'))).toBe('unchanged');
      expect((await recordings().find(id))?.mediaFiles[0]?.leaf).toBe('first.mp3');
    });

    it.each(differences)('refuses a recording of the same id with $difference', async ({ change }) => {
      await recordings().insert(exampleRecording);
      const different = recordings().insert({ ...exampleRecording, ...change });
      await expect(different).rejects.toMatchObject({ code: 'RCS_RECORDING_EXISTS' });
      expect(await recordings().find(id)).toEqual(exampleRecording);
    });

    it('creates a recording once, however many insert it at the same time', async () => {
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => recordings().insert(exampleRecording)));
      expect(outcomes.filter(outcome => outcome === 'created')).toHaveLength(1);
      expect(outcomes.filter(outcome => outcome === 'unchanged')).toHaveLength(19);
    });

    it('lets the first pin of a media file win', async () => {
      await recordings().insert(exampleRecording);
      expect(await recordings().findPin(id, mediaId)).toBeUndefined();
      expect(await recordings().pin(id, { mediaId, pin: attached })).toEqual({ pin: attached, agreed: true });
      const other = await recordings().pin(id, { mediaId, pin: { layout: 'plain', length: 7 } });
      expect(other).toEqual({ pin: attached, agreed: false });
      expect(await recordings().findPin(id, mediaId)).toEqual(attached);
    });

    it('tells everybody the same pin when many pin at the same time', async () => {
      await recordings().insert(exampleRecording);
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, number) =>
          recordings().pin(id, { mediaId, pin: { ...attached, envelopeDigest: `digest-${number}` } }),
        ),
      );
      expect(new Set(results.map(({ pin }) => pin.envelopeDigest)).size).toBe(1);
      expect(results.filter(({ agreed }) => agreed)).toHaveLength(1);
    });

    it('completes a pin of an earlier version', async () => {
      await recordings().insert(exampleRecording);
      await recordings().pin(id, { mediaId, pin: attached });
      const found = { ...attached, length: 9, contentRoot: 'cc', source: 'indexer', entityTag: '"1"' } as const;
      const { pin, agreed } = await recordings().pin(id, { mediaId, pin: found });
      expect([pin, agreed]).toEqual([found, true]);
    });

    it('takes what is recognised now for what an earlier version called plain', async () => {
      await recordings().insert(exampleRecording);
      await recordings().pin(id, { mediaId, pin: { layout: 'plain' } });
      const pin = { ...attached, length: 9, inspectedAt: 'now' };
      expect(await recordings().pin(id, { mediaId, pin })).toEqual({ pin, agreed: true });
      expect((await recordings().pin(id, { mediaId, pin: { layout: 'plain', inspectedAt: 'now' } })).agreed).toBe(
        false,
      );
    });

    it.each([
      { difference: 'layout', change: { layout: 'plain' } },
      { difference: 'envelope', change: { envelopeDigest: 'bb' } },
      { difference: 'length', change: { length: 10 } },
      { difference: 'content', change: { contentRoot: 'dd' } },
    ] as const)('holds a file of another $difference to be another file', async ({ change }) => {
      await recordings().insert(exampleRecording);
      const pin = { ...attached, length: 9, contentRoot: 'cc', entityTag: '"1"' };
      await recordings().pin(id, { mediaId, pin });
      const finding = { mediaId, pin: { ...pin, entityTag: '"2"', ...change }, recipients: ['thief'] };
      expect(await recordings().pin(id, finding)).toEqual({ pin, agreed: false });
      expect(await recordings().findPin(id, mediaId)).toEqual(pin);
    });

    it('takes the marks of a storage that the same file was moved to', async () => {
      await recordings().insert(exampleRecording);
      await recordings().pin(id, { mediaId, pin: { ...attached, length: 9, entityTag: '"1"', lastModified: 'then' } });
      const moved = { ...attached, length: 9, entityTag: '"2"' };
      expect((await recordings().pin(id, { mediaId, pin: moved })).pin).toEqual(moved);
    });

    it('keeps the leaves of the tree that is pinned, and no others', async () => {
      await recordings().insert(exampleRecording);
      const pin = { ...attached, contentRoot: 'cc' };
      await recordings().pin(id, { mediaId, pin, leaves: Buffer.from('leaves') });
      await recordings().pin(id, { mediaId, pin: { ...pin, contentRoot: 'dd' }, leaves: Buffer.from('others') });
      expect(await recordings().findLeaves(id, mediaId)).toEqual(Buffer.from('leaves'));
      expect(await recordings().findLeaves(id, 'other')).toBeUndefined();
    });

    it('pins each media file of a recording by itself', async () => {
      await recordings().insert(exampleRecording);
      await recordings().pin(id, { mediaId: 'call', pin: attached });
      await recordings().pin(id, { mediaId: 'screen', pin: { layout: 'plain' } });
      expect(await recordings().findPin(id, 'call')).toEqual(attached);
      expect(await recordings().findPin(id, 'screen')).toEqual({ layout: 'plain' });
    });

    it('refuses to pin a media file of an unknown recording', async () => {
      const pin = recordings().pin('unknown', { mediaId, pin: { layout: 'plain' } });
      await expect(pin).rejects.toMatchObject({ code: 'RCS_RECORDING_NOT_FOUND' });
    });

    it('keeps with a recording what was found out before it was inserted', async () => {
      const pin = { ...attached, contentRoot: 'cc' };
      const findings = [{ mediaId, pin, leaves: Buffer.from('leaves'), recipients: ['somebody'] }];
      await recordings().insert(exampleRecording, { findings });
      expect(await recordings().findPin(id, mediaId)).toEqual({ ...pin, leavesKept: true });
      expect(await recordings().findLeaves(id, mediaId)).toEqual(Buffer.from('leaves'));
    });

    describe('with the location of a media file', () => {
      const locations = [{ mediaId, location: '0:/a/b' }];
      const neighbours = { ...exampleRecording, id: 'neighbours', contactCenter: 'neighbour' };

      it('refuses it to another contact center, and stores nothing', async () => {
        await recordings().insert(exampleRecording, { locations });
        const refused = recordings().insert(neighbours, { locations });
        await expect(refused).rejects.toMatchObject({ code: 'RCS_MEDIA_LOCATION_TAKEN' });
        expect(await recordings().find('neighbours')).toBeUndefined();
      });

      it('lets recordings of one contact center share it, and a repetition have it again', async () => {
        await recordings().insert(exampleRecording, { locations });
        expect(await recordings().insert(exampleRecording, { locations })).toBe('unchanged');
        expect(await recordings().insert({ ...exampleRecording, id: 'second' }, { locations })).toBe('created');
      });

      it('gives it to one of many who ask at the same time', async () => {
        const outcomes = await Promise.allSettled(
          Array.from({ length: 10 }, (_, number) =>
            recordings().insert({ ...neighbours, id: `r${number}`, contactCenter: `cc-${number}` }, { locations }),
          ),
        );
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      });
    });
  });
});

import type { Recording } from '../recordings/recording.js';
import type { RecordingStore } from '../recordings/recording-store.js';
import { exampleMediaFile, exampleRecording } from './example-recording.js';

const { id } = exampleRecording;
const { mediaId } = exampleMediaFile;

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

/** What every RecordingStore must do. `recordings` gives an empty one for each test. */
export function recordingStoreContract(recordings: () => RecordingStore): void {
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

    it('lets the first pin of an envelope win', async () => {
      await recordings().insert(exampleRecording);
      const first = { layout: 'attached', envelopeDigest: 'aa' } as const;
      expect(await recordings().findPin(id, mediaId)).toBeUndefined();
      expect(await recordings().pinEnvelope(id, mediaId, first)).toEqual(first);
      expect(await recordings().pinEnvelope(id, mediaId, { layout: 'plain' })).toEqual(first);
      expect(await recordings().findPin(id, mediaId)).toEqual(first);
    });

    it('tells everybody the same pin when many pin at the same time', async () => {
      await recordings().insert(exampleRecording);
      const pins = await Promise.all(
        Array.from({ length: 20 }, (_, number) =>
          recordings().pinEnvelope(id, mediaId, { layout: 'attached', envelopeDigest: `digest-${number}` }),
        ),
      );
      expect(new Set(pins.map(pin => pin.envelopeDigest)).size).toBe(1);
    });

    it('pins each media file of a recording by itself', async () => {
      await recordings().insert(exampleRecording);
      await recordings().pinEnvelope(id, 'call', { layout: 'attached', envelopeDigest: 'aa' });
      await recordings().pinEnvelope(id, 'screen', { layout: 'plain' });
      expect(await recordings().findPin(id, 'call')).toEqual({ layout: 'attached', envelopeDigest: 'aa' });
      expect(await recordings().findPin(id, 'screen')).toEqual({ layout: 'plain' });
    });

    it('refuses to pin an envelope of an unknown recording', async () => {
      const pin = recordings().pinEnvelope('unknown', mediaId, { layout: 'plain' });
      await expect(pin).rejects.toMatchObject({ code: 'RCS_RECORDING_NOT_FOUND' });
    });
  });
}

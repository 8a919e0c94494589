import type { MediaFile, PinnedMedia, Recording } from '#store';
import { knownLengths } from './known-lengths.js';
import { recordingResource } from './recording-resource.js';

const file = (mediaId: string, more: Partial<MediaFile> = {}): MediaFile => ({
  mediaId,
  leaf: `leaf-of-${mediaId}`,
  type: 'audio/mp3',
  mediaDescriptor: { storage: 'webDAV', path: mediaId },
  ...more,
});
const recording: Recording = {
  id: 'recording-1',
  contactCenter: 'cc-1',
  region: 'east',
  mediaFiles: [
    file('plain'),
    file('said', { size: '7' }),
    file('encrypted', { pkcs7: 'MIIB' }),
    file('attached'),
    file('on trust'),
    file('unseen'),
  ],
};
const seen = '2026-03-02T09:15:30.250Z';
const pins: Readonly<Record<string, PinnedMedia>> = {
  plain: { layout: 'plain', length: 1000, inspectedAt: seen, source: 'insertion' },
  said: { layout: 'plain', length: 1000, inspectedAt: seen, source: 'insertion' },
  encrypted: { layout: 'detached', length: 1000, inspectedAt: seen, source: 'insertion' },
  attached: { layout: 'attached', length: 1000, inspectedAt: seen, source: 'insertion' },
  'on trust': { layout: 'plain', length: 1000, source: 'playback' },
} as const;
const store = { findPin: (_: string, mediaId: string) => Promise.resolve(pins[mediaId]) };

describe(knownLengths.name, () => {
  it('knows those of plain media that were looked at, where no size was said', async () => {
    expect([...(await knownLengths(store, recording))]).toEqual([['plain', 1000]]);
  });

  it('stand where the recorder said no size', async () => {
    const { mediaFiles } = recordingResource(recording, '', await knownLengths(store, recording));
    expect((mediaFiles as { size?: string }[]).map(({ size }) => size)).toEqual([
      '1000',
      '7',
      ...Array(4).fill(undefined),
    ]);
  });
});

describe('the duration', () => {
  const times = (startTime?: string, stopTime?: string, duration?: string) =>
    (
      recordingResource(
        {
          ...recording,
          mediaFiles: [
            file('call', {
              ...(startTime === undefined ? {} : { startTime }),
              ...(stopTime === undefined ? {} : { stopTime }),
              ...(duration === undefined ? {} : { duration }),
            }),
          ],
        },
        '',
      )['mediaFiles'] as { duration?: string }[]
    )[0]?.duration;

  it.each([
    ['2026-03-02T09:15:30.250+0000', '2026-03-02T09:16:30.500+0000', '60250'],
    ['2026-03-02T10:15:30.000+0100', '2026-03-02T09:15:30.000Z', '0'],
    ['2026-03-02T09:16:30.500+0000', '2026-03-02T09:15:30.250+0000', undefined],
    ['2026-03-02T09:15:30.250+0000', undefined, undefined],
    ['yesterday', '2026-03-02T09:15:30.250+0000', undefined],
  ])('from %s to %s is %s', (startTime, stopTime, duration) => {
    expect(times(startTime, stopTime)).toBe(duration);
  });

  it('is what the recorder said, where it said one', () => {
    expect(times('2026-03-02T09:15:30.250+0000', '2026-03-02T09:16:30.500+0000', '5')).toBe('5');
  });
});

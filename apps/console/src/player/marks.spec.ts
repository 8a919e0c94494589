import { marksOf } from './marks.js';
import { timelineOf, type RecordingResource } from './timeline.js';

const startTime = '2026-11-21T08:00:00.000+0000';
const second = (value: number): string => `2026-11-21T08:00:${String(value).padStart(2, '0')}.000+0000`;

function marks(fields: Record<string, unknown>, eventHistory: Record<string, unknown>[] = []) {
  const mediaFile = {
    ...{ mediaId: 'a', type: 'audio/mp3', mediaUri: '', mediaPath: '', playPath: '/a', startTime, duration: '60000' },
    ...fields,
  };
  const recording = { id: 'r', mediaFiles: [mediaFile], eventHistory } as unknown as RecordingResource;
  return marksOf(recording, timelineOf(recording.mediaFiles));
}

describe('pauses and masks', () => {
  it.each([
    ['two moments', [{ startTime: second(10), stopTime: second(20) }]],
    ['milliseconds of the media file', [{ from: 10_000, to: 20_000 }]],
    [
      'a row of changes',
      [
        { time: second(10), type: 'paused' },
        { time: second(20), type: 'resumed' },
      ],
    ],
  ])('are read as %s', (_, pauses) => {
    expect(marks({ pauses })).toEqual([{ kind: 'pause', from: 10, to: 20 }]);
  });

  it('of masks alike', () => {
    const masks = [
      { time: second(5), type: 'masked' },
      { time: second(7), type: 'unmasked' },
    ];
    expect(marks({ masks })).toEqual([{ kind: 'mask', from: 5, to: 7 }]);
  });

  it('are taken from the events where no media file has any', () => {
    const events = [
      { occurredAt: second(1), event: 'Joined' },
      { occurredAt: second(10), event: 'RecordingPaused' },
      { occurredAt: second(30), event: 'RecordingResumed' },
      { occurredAt: second(50), event: 'RecordingPaused' },
    ];
    expect(marks({}, events)).toEqual([
      { kind: 'pause', from: 10, to: 30 },
      { kind: 'pause', from: 50, to: 60 },
    ]);
  });

  it.each([[undefined], ['x'], [[null, 7, { type: 'paused' }]], [[{ from: 9, to: 3 }]]])(
    'are none where nobody can read them: %j',
    pauses => {
      expect(marks({ pauses })).toEqual([]);
    },
  );
});

import { momentOf, soundAt, timelineOf, type MediaFileResource } from './timeline.js';

const at = (second: number): string => new Date(1_000_000_000_000 + second * 1000).toISOString().replace('Z', '+0000');
const moment = (second: number): number => 1_000_000_000 + second;

function file(mediaId: string, type: string, start?: number, seconds?: number): MediaFileResource {
  return {
    ...{ mediaId, type, mediaUri: '', mediaPath: '', playPath: `/recordings/r/play/${mediaId}` },
    ...(start === undefined ? {} : { startTime: at(start) }),
    ...(seconds === undefined ? {} : { duration: String(seconds * 1000) }),
  };
}

describe('the time line of a recording', () => {
  it('puts sounds in a row by their beginnings, without the time between them', () => {
    const { sounds, duration, placeOf } = timelineOf([file('b', 'audio/mp3', 60, 20), file('a', 'audio/mp3', 0, 30)]);
    expect(sounds.map(({ mediaId, from }) => [mediaId, from])).toEqual([
      ['a', 0],
      ['b', 30],
    ]);
    expect(duration).toBe(50);
    expect([moment(10), moment(45), moment(65)].map(placeOf)).toEqual([10, 30, 35]);
  });

  it('lays screens and transcripts where the sound of the same moment is', () => {
    const files = [
      file('call', 'audio/mp3', 100, 30),
      file('one', 'video/mp4', 104, 20),
      file('early', 'video/mp4', 98, 20),
      file('text', 'text/vtt', 100),
    ];
    const { screens, transcripts, duration, isScreenOnly } = timelineOf(files);
    expect(screens.map(({ mediaId, from }) => [mediaId, from])).toEqual([
      ['early', -2],
      ['one', 4],
    ]);
    expect(transcripts).toHaveLength(1);
    expect([duration, isScreenOnly]).toEqual([30, false]);
  });

  it('has the first screen lead where nothing is heard', () => {
    const { sounds, screens, isScreenOnly } = timelineOf([
      file('b', 'video/mp4', 5, 10),
      file('a', 'video/mp4', 0, 12),
    ]);
    expect([sounds.map(({ mediaId }) => mediaId), screens.map(({ from }) => from), isScreenOnly]).toEqual([
      ['a'],
      [5],
      true,
    ]);
  });

  it('believes lengths that were measured more than those that were told', () => {
    const files = [file('a', 'audio/mp3', undefined, 30), file('b', 'audio/mp3')];
    const { sounds, duration } = timelineOf(files, new Map([['a', 31.5]]));
    expect([sounds[1]?.from, duration]).toEqual([31.5, 31.5]);
  });

  it('is empty for a recording without media', () => {
    expect(timelineOf([])).toMatchObject({ sounds: [], duration: 0 });
  });
});

it('the sound at a place, and how far into it', () => {
  const { sounds } = timelineOf([file('a', 'audio/mp3', 0, 30), file('b', 'audio/mp3', 30, 20)]);
  expect([0, 29.5, 30, 49, 99].map(place => soundAt(sounds, place))).toEqual([
    { index: 0, offset: 0 },
    { index: 0, offset: 29.5 },
    { index: 1, offset: 0 },
    { index: 1, offset: 19 },
    { index: 1, offset: 69 },
  ]);
});

it('moments are read as recorders and as ISO 8601 write them', () => {
  expect(momentOf('2015-09-10T16:58:22.000+0000')).toBe(Date.UTC(2015, 8, 10, 16, 58, 22) / 1000);
  expect(momentOf('2015-09-10T18:58:22+02:00')).toBe(Date.UTC(2015, 8, 10, 16, 58, 22) / 1000);
  expect([momentOf('soon'), momentOf(undefined)]).toEqual([undefined, undefined]);
});

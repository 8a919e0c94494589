import { cueAt, cuesOf } from './transcript.js';

const text = [
  '\uFEFFWEBVTT - a call',
  '',
  'NOTE made by hand',
  '00:00.000 --> is no cue',
  '',
  '1',
  '00:00:01.000 --> 00:00:03.500 align:start',
  '<v Agent>Good morning, <i>Alice</i> &amp; Bob.',
  '',
  '00:04.000 --> 01:05.250',
  '<v.loud Caller One>Two',
  'lines',
  '',
  '00:02.000 --> 00:02.100',
  '',
].join('\r\n');

describe('a transcript (WebVTT)', () => {
  it('is read cue by cue, with who speaks', () => {
    expect(cuesOf(text)).toEqual([
      { from: 1, to: 3.5, speaker: 'Agent', text: 'Good morning, Alice & Bob.' },
      { from: 4, to: 65.25, speaker: 'Caller One', text: 'Two\nlines' },
    ]);
  });

  it('is nothing where it is none', () => {
    expect(cuesOf('1\n00:01.000 --> 00:02.000\nsubtitles of another kind')).toEqual([]);
    expect(cuesOf('')).toEqual([]);
  });

  it('says which cue belongs to a place', () => {
    const cues = cuesOf(text);
    expect([0, 1, 3.9, 4, 99].map(place => cueAt(cues, place))).toEqual([-1, 0, 0, 1, 1]);
  });
});

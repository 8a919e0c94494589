import { exampleMediaFile, exampleRecording } from '../testing/example-recording.js';
import { earliestStartKept, expiryOf, type RetentionRule } from './retention-rule.js';

const day = 24 * 3_600_000;
const start = Date.parse('2026-03-02T09:15:30.250Z');
const all = (days: number | null): RetentionRule => ({ days });
const ofProfile = (days: number | null): RetentionRule => ({ ivrProfile: 'record', days });
const ofLabel = (label: string, days: number | null): RetentionRule => ({ label, days });

describe(expiryOf.name, () => {
  it.each<[string, readonly string[], readonly RetentionRule[], number | undefined]>([
    ['nothing is said', [], [], undefined],
    ['the contact center says it', [], [all(30)], 30],
    ['the profile says less', [], [all(30), ofProfile(7)], 7],
    ['the profile says more', [], [ofProfile(90), all(30)], 90],
    ['the profile is another', [], [all(30), { ivrProfile: 'Record', days: 7 }], 30],
    ['the label says less than the profile', ['sale'], [all(30), ofProfile(90), ofLabel('sale', 5)], 5],
    ['it bears another label', ['sales'], [all(30), ofLabel('sale', 5)], 30],
    ['two labels differ', ['a', 'b'], [ofLabel('a', 5), ofLabel('b', 10)], 10],
    ['a label says for ever', ['a', 'b'], [ofLabel('a', null), ofLabel('b', 10), all(1)], undefined],
    ['the contact center says for ever, the profile a day', [], [all(null), ofProfile(1)], 1],
    ['no rule speaks of it', [], [ofLabel('sale', 5)], undefined],
  ])('where %s', (_when, labels, rules, days) => {
    const recording = { ...exampleRecording, mediaFiles: [exampleMediaFile, { ...exampleMediaFile, ivrprofile: 'x' }] };
    expect(expiryOf(recording, labels, rules)).toBe(days === undefined ? undefined : start + days * day);
  });

  it('is unknown for a recording that nobody knows the start of', () => {
    for (const startTime of [undefined, 'yesterday', '']) {
      expect(
        expiryOf({ mediaFiles: [], ...(startTime === undefined ? {} : { startTime }) }, [], [all(1)]),
      ).toBeUndefined();
    }
  });
});

it('no rule reaches what began later than the shortest says', () => {
  expect(earliestStartKept([all(30), ofProfile(7), ofLabel('x', null)], start)).toBe(start - 7 * day);
  expect(earliestStartKept([all(null)], start)).toBeUndefined();
});

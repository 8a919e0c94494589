import fc from 'fast-check';
import { canonicalJson } from '../canonical-json.js';
import { fieldsAbout, tracesOf, withoutFields, type ForgottenSubject } from './audit-erasure.js';

const words = [
  'anna',
  'O"Neil',
  'back\\slash',
  'line\nbreak',
  'näme',
  '名',
  '😀',
  '\ud83d',
  'user',
  'u',
  '+49 30 12',
  '12',
  '',
];
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...words),
      fc.constantFrom(' ', '-', '(', ')', '.', '/', '"'),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map(parts => parts.join(''));

describe(tracesOf.name, () => {
  const subject: fc.Arbitrary<ForgottenSubject> = fc.record({
    contactCenter: fc.constantFrom('cc-1', 'c"c', 'cc-ä'),
    kind: fc.constantFrom('user', 'number'),
    value: fc.oneof(fc.constantFrom(...words), text).filter(value => value !== ''),
  });

  it('are in every record that says something of the subject', () => {
    let about = 0;
    fc.assert(
      fc.property(subject, text, text, text, fc.boolean(), fc.boolean(), (whom, user, before, after, acts, gone) => {
        const values = { user: acts ? whom.value : user, address: '::1', detail: before + whom.value + after };
        const written = JSON.stringify({ values, salts: { user: '00', address: '00', detail: '00' } });
        const personal = gone ? withoutFields(written, ['user']) : written;
        const record = { text: canonicalJson({ contactCenter: whom.contactCenter, event: 'playback' }), personal };
        if (fieldsAbout(whom)(record).length === 0) return;
        about += 1;
        const { inText, inPersonal, escape } = tracesOf(whom);
        expect(record.text).toContain(inText);
        expect(personal.includes(inPersonal) || personal.includes(escape)).toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(about).toBeGreaterThan(500);
  });

  it('are in few others', () => {
    const { inPersonal } = tracesOf({ contactCenter: 'cc-1', kind: 'user', value: 'user-7' });
    expect(JSON.stringify({ values: { user: 'user-8', detail: 'x' } })).not.toContain(inPersonal);
  });
});

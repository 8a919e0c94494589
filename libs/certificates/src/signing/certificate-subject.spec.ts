import { subjectName } from './certificate-subject.js';

describe(subjectName.name, () => {
  it('reads names in the order in which they are written', () => {
    expect(subjectName({ subject: 'CN=Recording 2027, O=Example, C=US' }).toJSON()).toEqual([
      { CN: ['Recording 2027'] },
      { O: ['Example'] },
      { C: ['US'] },
    ]);
  });

  it.each([
    ['', 'the subject is empty: write it like CN=Recording 2027'],
    ['  ', 'the subject is empty: write it like CN=Recording 2027'],
    ['garbage', 'the subject has no attribute=value: write it like CN=Recording 2027'],
    ['CN=a, C=USA', 'C must be the two letters of a country'],
    ['CN=', 'CN of the subject is empty'],
    [`CN=${'a'.repeat(1100)}`, 'the subject is longer than 1024 characters'],
  ])('says what is wrong with %j', (subject, message) => {
    expect(() => subjectName({ subject })).toThrow(message);
  });
});

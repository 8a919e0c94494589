import { fieldText, listText } from './field-text.js';

describe(fieldText.name, () => {
  it('puts names and values side by side, and leaves out what is absent', () => {
    expect(fieldText({ alias: 'first', warnings: [], deletedAt: null, note: undefined })).toBe(
      ['alias     first', 'warnings  none'].join('\n'),
    );
  });

  it('names what is inside an object by both names, and shows no JSON', () => {
    expect(fieldText({ key: { size: 2048, format: 'PKCS#8' }, dates: ['2026', '2027'] })).toBe(
      ['key.size    2048', 'key.format  PKCS#8', 'dates       2026, 2027'].join('\n'),
    );
  });

  it('shows a list of objects as a table below the rest', () => {
    const problems = [
      { code: 'A', message: 'one' },
      { code: 'LONG', part: { of: 'x' } },
    ];
    expect(fieldText({ problems, alias: 'first' })).toBe(
      ['alias  first', '', 'problems', 'code  message  part.of', 'A     one', 'LONG           x'].join('\n'),
    );
  });

  it('keeps lines of a certificate apart', () => {
    expect(fieldText({ certificate: '-----BEGIN\nabc\n-----END\n' })).toBe('certificate  -----BEGIN\nabc\n-----END');
  });
});

describe(listText.name, () => {
  it('has a column for every name that any row has', () => {
    expect(listText([{ a: 1 }, { b: [2, 3] }])).toBe(['a  b', '1', '   2, 3'].join('\n'));
  });
});

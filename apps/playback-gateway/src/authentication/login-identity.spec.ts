import fc from 'fast-check';
import { comparableName, identityOfName } from './login-identity.js';

const home = { id: 'cc-1', domain: 'one.example' };

/** Spellings that a directory, or a reader, takes for one name. */
const spelling = (name: string) =>
  fc
    .record({
      cases: fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length }),
      form: fc.constantFrom('NFC', 'NFD', 'NFKC', 'NFKD'),
      wide: fc.boolean(),
      blanks: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
      invisible: fc.nat(name.length),
      domain: fc.constantFrom('', '@one.example', '@ONE.Example'),
    })
    .map(({ cases, form, wide, blanks: [before, inside, after], invisible, domain }) => {
      const letters = Array.from(name, (letter, index) => (cases[index] === true ? letter.toUpperCase() : letter));
      const text = letters.join('').replace(/ /g, ' '.repeat(1 + inside));
      const full = wide ? text.replace(/[a-z]/g, letter => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0)) : text;
      const marked = `${full.slice(0, invisible)}\u00ad${full.slice(invisible)}`;
      return `${' '.repeat(before)}${marked.normalize(form)}${' '.repeat(after)}${domain}`;
    });

describe('an identity of a login', () => {
  it('is one for all spellings of a name', () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom('anthony', 'mary ann', 'josé', 'straße', 'ömer')
          .chain(name => fc.tuple(fc.constant(name), spelling(name))),
        ([name, spelled]) => {
          expect(identityOfName(home, spelled)).toEqual(identityOfName(home, name));
        },
      ),
    );
  });

  it('tells names and contact centers apart', () => {
    const keys = [
      identityOfName(home, 'anthony'),
      identityOfName(home, 'anthon'),
      identityOfName(home, 'mary ann'),
      identityOfName(home, 'maryann'),
      identityOfName(home, 'anthony@two.example'),
      identityOfName({ id: 'cc-2' }, 'anthony'),
      identityOfName(undefined, 'anthony'),
    ].map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each([
    ['MASSE', 'ma\u00dfe'],
    ['\u03c3\u03b1\u03c2', '\u03a3\u0391\u03a3'],
    ['a\tb', 'a b'],
    ['\u2003anthony\u00a0', 'anthony'],
  ])('%j is as %j', (one, other) => {
    expect(comparableName(one)).toBe(comparableName(other));
  });
});

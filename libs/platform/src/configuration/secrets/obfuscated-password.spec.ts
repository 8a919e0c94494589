import fc from 'fast-check';
import { isObfuscatedPassword, plainPassword } from './obfuscated-password.js';

/** `Password.obfuscate` of Jetty 9.4, in its own words. */
function obfuscated(text: string): string {
  const octets = Buffer.from(text);
  const groups = [...octets].map((first, index) => {
    const last = octets[octets.length - index - 1]!;
    if (first > 127 || last > 127) return `U${(first * 256 + last).toString(36).padStart(4, '0')}`;
    return ((127 + first + last) * 256 + 127 + first - last).toString(36).padStart(4, '0');
  });
  return `OBF:${groups.join('')}`;
}

describe(plainPassword.name, () => {
  // Those of Jetty's own documentation and distribution.
  it.each([
    ['OBF:1vny1zlo1x8e1vnw1vn61x8g1zlu1vn4', 'storepwd'],
    ['OBF:1u2u1wml1z7s1z7a1wnl1u2g', 'keypwd'],
  ])('reads %s', (value, password) => expect(plainPassword(value)).toBe(password));

  it('reads whatever Jetty writes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), password => {
        const text = Buffer.from(password).toString('utf8');
        expect([isObfuscatedPassword(obfuscated(text)), plainPassword(obfuscated(text))]).toEqual([true, text]);
      }),
    );
  });

  it.each(['OBF:', 'OBF:1vn', 'OBF:1vny1zl', 'OBF:zzzz', 'OBF:1VNY', 'storepwd'])('refuses %s', value => {
    expect(plainPassword(value)).toBeUndefined();
  });
});

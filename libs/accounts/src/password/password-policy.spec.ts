import { RcsError } from '#platform';
import { checkPassword } from './password-policy.js';

const isTaken = (password: string, userName = 'alice@example.org'): boolean => {
  try {
    checkPassword(password, userName);
    return true;
  } catch (error) {
    if (error instanceof RcsError && error.code === 'RCS_INVALID_VALUE') return false;
    throw error;
  }
};

describe(checkPassword.name, () => {
  it.each(['lower case alone', '731958264017', 'ÄÖÜßäöü éèêñ', '🐘🦒🦓🐘🦒🦓🦔🐙🦀🐘🦒🦓', 'four words and a dot.'])(
    'takes what is long and not easy to guess, of whatever characters: %s',
    password => {
      expect(isTaken(password)).toBe(true);
    },
  );

  it('counts characters, from 12 to 256, and not the bytes of them', () => {
    expect(['abcdefghijm', 'ÄÖÜßäöü éèêñ', 'ab1 '.repeat(64), 'ab1 '.repeat(64) + 'x'].map(p => isTaken(p))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it.each(['password1234', 'PASSWORD1234', 'aaaaaaaaaaaa', 'ababababababab', 'xx alice xx xx', 'ALICE-1234567'])(
    'refuses what is easy to guess for this user: %s',
    password => {
      expect(isTaken(password)).toBe(false);
    },
  );
});

import { RcsError } from '#platform';

/** OWASP ASVS 2.1.1 and 2.1.2. */
const shortest = 12;
const longest = 256;

/** What people choose when twelve characters are asked for; ASVS 2.1.7. Compared in lower case. */
const commonPasswords = new Set([
  '123456789012',
  '1234567890123',
  '12345678901234',
  '123456789123',
  '1q2w3e4r5t6y',
  'abcdefghijkl',
  'administrator',
  'changemenow1',
  'iloveyou1234',
  'letmein12345',
  'password1234',
  'password12345',
  'password123!',
  'password1234!',
  'passwordpassword',
  'qwerty123456',
  'qwertyuiop12',
  'qwertyuiop123',
  'qwertyuiopas',
  'recordingcryptoserver',
  'welcome12345',
  'zxcvbnm12345',
]);

/**
 * Length counts, not the kinds of characters (ASVS 2.1.9); what is known to everybody is refused.
 * @throws RcsError RCS_INVALID_VALUE saying what a password must be, never what was given.
 */
export function checkPassword(password: string, userName: string): void {
  const length = Array.from(password).length;
  if (length < shortest || length > longest) {
    throw invalid(`password: must have ${shortest} to ${longest} characters`);
  }
  const lower = password.toLowerCase();
  const [localPart = userName] = userName.toLowerCase().split('@');
  if (commonPasswords.has(lower) || new Set(lower).size < 4 || (localPart.length > 2 && lower.includes(localPart))) {
    throw invalid('password: is easy to guess; a password must not be a common one and not contain the user name');
  }
}

const invalid = (publicDetail: string): RcsError => new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail });

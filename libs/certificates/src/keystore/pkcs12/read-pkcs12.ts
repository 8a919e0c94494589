import { utf8Password, type Password } from '../../password-based-encryption/password.js';
import { WorkLimit } from '../../password-based-encryption/work-limits.js';
import type { Keystore } from '../keystore.js';
import { asKeystoreError, keystorePasswordMissing, keystorePasswordWrong } from '../keystore-errors.js';
import { openAuthenticatedSafe, readPfx, type PersonalInformationExchange } from './authenticated-safe.js';
import { entriesOf } from './entries-of-bags.js';
import { authenticates } from './message-authentication.js';
import { readSafeContents } from './safe-bags.js';

/**
 * Reads PKCS#12 (RFC 7292) with password integrity and password privacy, as keytool, openssl and others write it: PBES2
 * and the older schemes, DER and BER, with and without a MAC.
 * @param password absent or empty for a file that was made without one.
 * @throws CertificateError KEYSTORE_MALFORMED, KEYSTORE_UNSUPPORTED, KEYSTORE_PASSWORD_MISSING,
 *   KEYSTORE_PASSWORD_WRONG, ENCRYPTION_TOO_COSTLY
 */
export function readPkcs12(file: Buffer, password: Password | undefined): Keystore {
  return asKeystoreError('PKCS12', () => {
    const limit = new WorkLimit();
    const pfx = readPfx(file);
    const effective = verifiedPassword(pfx, password, limit);
    const contents = openAuthenticatedSafe(pfx.authenticatedSafe, effective, limit);
    const bags = contents.flatMap(({ safeContents }) => readSafeContents(safeContents));
    const decrypted = contents.filter(({ wasEncrypted }) => wasEncrypted);
    return {
      type: 'PKCS12',
      integrityVerified: pfx.macData !== undefined,
      entries: entriesOf(bags, effective, limit),
      wipe: () => {
        for (const { safeContents } of decrypted) safeContents.fill(0);
      },
    };
  });
}

/** The password under which the MAC is right. Without a password programs differ: none at all, or an empty one. */
function verifiedPassword(
  { authenticatedSafe, macData }: PersonalInformationExchange,
  password: Password | undefined,
  limit: WorkLimit,
): Password | undefined {
  if (macData === undefined) return password;
  const given = password === undefined || password.length === 0 ? undefined : password;
  if (given === undefined) {
    for (const none of ['', undefined]) if (authenticates(macData, authenticatedSafe, none, limit)) return '';
    throw keystorePasswordMissing('PKCS12');
  }
  const reading = readings(given).find(each => authenticates(macData, authenticatedSafe, each, limit));
  if (reading === undefined) throw keystorePasswordWrong('PKCS12');
  return reading;
}

/** As typed; and as OpenSSL before 1.1.0 took it: each octet of its UTF-8 for a character. */
function readings(password: Password): Password[] {
  const octets = utf8Password(password);
  try {
    return octets.some(octet => octet >= 0x80) ? [password, octets.toString('latin1')] : [password];
  } finally {
    octets.fill(0);
  }
}

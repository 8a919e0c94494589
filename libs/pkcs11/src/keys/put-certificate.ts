import type * as pkcs11 from 'pkcs11js';
import type { TokenSession } from '../sessions/token-session.js';
import { certificateTemplate, type CertificateToStore } from './key-templates.js';
import type { KeyObjects } from './read-keys.js';
import { allRefused, attempted } from './token-refusal.js';

/**
 * Puts a certificate beside its key, under the key's own CKA_ID, which some tokens do not let be changed.
 * @throws TokenError refused when the token keeps no certificates, or none any more
 */
export async function putCertificate(
  session: TokenSession,
  { privateKeys }: KeyObjects,
  certificate: CertificateToStore,
): Promise<pkcs11.Handle> {
  const key = privateKeys.find(({ identifier }) => identifier.equals(certificate.keyIdentifier));
  const keyIdentifier = key === undefined || key.id.length === 0 ? certificate.keyIdentifier : key.id;
  const outcome = await attempted('C_CreateObject', () =>
    session.library.C_CreateObject(session.handle, certificateTemplate({ ...certificate, keyIdentifier })),
  );
  if ('done' in outcome) return outcome.done;
  const advice = 'it keeps no certificates (CKO_CERTIFICATE): allow them in its own configuration where it can';
  throw allRefused('putting the certificate into the token', [outcome], advice);
}

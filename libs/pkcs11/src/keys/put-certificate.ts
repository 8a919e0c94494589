import { TokenError } from '../errors/token-error.js';
import type { TokenSession } from '../sessions/token-session.js';
import type { CertificateDirectory } from './certificate-directory.js';
import { ownerOf } from './key-owner.js';
import { certificateTemplate, type CertificateToStore } from './key-templates.js';
import type { KeyObjects } from './read-keys.js';
import { allRefused, attempted, isGone } from './token-refusal.js';

/** What the certificate is put beside. */
export interface CertificatePlace {
  readonly present: KeyObjects;
  /** The key was made a moment ago and is not among those that are present: it has the label of the certificate. */
  readonly keyIsNew: boolean;
  /** For tokens that keep no certificates. */
  readonly directory: CertificateDirectory | undefined;
}

/**
 * Puts a certificate beside its key, under the key's own CKA_ID, which some tokens do not let be changed; into the
 * directory where the token keeps no certificates.
 * @throws TokenError refused when neither keeps it
 */
export async function putCertificate(
  session: TokenSession,
  certificate: CertificateToStore,
  { present, keyIsNew, directory }: CertificatePlace,
): Promise<void> {
  const keys = present.privateKeys.filter(({ identifier }) => identifier.equals(certificate.keyIdentifier));
  const [key] = keys;
  const keyIdentifier = key === undefined || key.id.length === 0 ? certificate.keyIdentifier : key.id;
  const outcome = await attempted('C_CreateObject', () =>
    session.library.C_CreateObject(session.handle, certificateTemplate({ ...certificate, keyIdentifier })),
  );
  if ('done' in outcome) return;
  if (directory === undefined || isGone(outcome)) {
    const advice =
      'it keeps no certificates (CKO_CERTIFICATE): set certificateDirectory of this token, where the vault does';
    throw allRefused('putting the certificate into the token', [outcome], advice);
  }
  const { label, certificateDer } = certificate;
  if (!keyIsNew && !keys.some(one => ownerOf(one.label) === ownerOf(label))) throw notItsOwners(label);
  directory.put({ label, der: certificateDer });
}

/** What lies in the directory gives a key to nobody: only the label of the key in the token does. */
const notItsOwners = (label: string): TokenError =>
  new TokenError(
    'refused',
    'the token keeps no certificates, and its key has the label of another owner or none: ' +
      `give the key the label ${JSON.stringify(label)} by the tool of the token`,
  );

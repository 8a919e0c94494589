import * as pkcs11 from 'pkcs11js';
import type { TokenSession } from '../sessions/token-session.js';
import type { KeyObjects } from './read-keys.js';
import { subjectKeyIdentifier } from './subject-key-identifier.js';
import { findObjects } from './token-objects.js';

export interface KeyRemoval {
  /** Subject key identifier. */
  readonly id: Buffer;
  /** Only what bears this label is removed; the key itself stays as long as a certificate with another label needs it. */
  readonly label: string;
}

/**
 * Removes the certificates of a key that bear a label and, when no other certificate is left, the key with its public
 * key; recordings made for it can never be opened again. The private key goes first: what remains after a failure in
 * between is harmless.
 * @returns whether the private key was destroyed.
 */
export function removeKey(session: TokenSession, present: KeyObjects, { id, label }: KeyRemoval): boolean {
  const { library, handle } = session;
  const destroy = (object: pkcs11.Handle): void => library.C_DestroyObject(handle, object);
  const keys = present.privateKeys.filter(key => subjectKeyIdentifier(key.modulus, key.publicExponent).equals(id));
  const ties = keys.map(key => key.id).filter(tie => tie.length > 0);
  const certificates = present.certificates.filter(certificate => ties.some(tie => tie.equals(certificate.id)));
  const needed = certificates.some(certificate => certificate.label !== label);
  if (!needed) {
    keys.forEach(key => destroy(key.handle));
    ties.flatMap(tie => findObjects(session, publicKeyTemplate(tie))).forEach(destroy);
  }
  certificates.filter(certificate => certificate.label === label).forEach(certificate => destroy(certificate.handle));
  return !needed;
}

const publicKeyTemplate = (id: Buffer): pkcs11.Template => [
  { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PUBLIC_KEY },
  { type: pkcs11.CKA_ID, value: id },
];

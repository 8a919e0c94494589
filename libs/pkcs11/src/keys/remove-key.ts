import * as pkcs11 from 'pkcs11js';
import type { TokenSession } from '../sessions/token-session.js';
import { findObjects } from './token-objects.js';

/**
 * Destroys a private key with its public key and certificates; recordings made for it can never be opened again. The
 * private key goes first: what remains after a failure in between is harmless.
 */
export function removeKey(session: TokenSession, id: Buffer): void {
  for (const objectClass of [pkcs11.CKO_PRIVATE_KEY, pkcs11.CKO_PUBLIC_KEY, pkcs11.CKO_CERTIFICATE]) {
    const template = [
      { type: pkcs11.CKA_CLASS, value: objectClass },
      { type: pkcs11.CKA_ID, value: id },
    ];
    for (const object of findObjects(session, template)) session.library.C_DestroyObject(session.handle, object);
  }
}

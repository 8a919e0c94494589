import * as pkcs11 from 'pkcs11js';
import { quietly } from '../module/token-module.js';
import type { TokenSession } from '../sessions/token-session.js';
import type { CertificateDirectory } from './certificate-directory.js';
import { bearsOwnLabel, tieCertificates, type TiedKey } from './certificate-ties.js';
import { ownerOf } from './key-owner.js';
import type { CertificateObject, KeyObjects, PrivateKeyObject } from './read-keys.js';
import { withoutLeadingZeros } from './subject-key-identifier.js';
import { findObjects, readAttributes } from './token-objects.js';

export interface KeyRemoval {
  /** Subject key identifier that the public key makes. */
  readonly id: Buffer;
  /** Only what bears one of these is removed; the key itself stays as long as a certificate with another label needs it. */
  readonly labels: readonly string[];
}

/**
 * Removes the certificates of a key that bear certain labels and, when no other certificate is left, the key with its public
 * key; recordings made for it can never be opened again. The private key goes first: what remains after a failure in
 * between is harmless. Objects of other keys stay whatever CKA_ID they have, and so does the same key of another owner.
 * @returns whether the private key was destroyed, as far as the owner of the labels had it.
 */
export function removeKey(
  session: TokenSession,
  present: KeyObjects,
  { id, labels }: KeyRemoval,
  directory: CertificateDirectory | undefined,
): boolean {
  const { library, handle } = session;
  const destroy = (object: pkcs11.Handle): void => library.C_DestroyObject(handle, object);
  const tied = tieCertificates(present).filter(({ key }) => key.identifier.equals(id));
  const parts = tied.map(one => withoutLabels(one, labels));
  for (const { key, remaining } of parts) {
    if (remaining === undefined) destroy(key.handle);
    // Otherwise it would still bear the name of the owner who gave it up.
    else if (labels.includes(key.label) && remaining.length > 0) rename(session, key, remaining[0]?.label ?? '');
  }
  if (parts.every(({ remaining }) => remaining === undefined)) destroyPublicKeys(session, tied);
  for (const certificate of parts.flatMap(({ doomed }) => doomed)) {
    if (certificate.handle === undefined) directory?.remove(certificate);
    else destroy(certificate.handle);
  }
  const owners = labels.map(ownerOf);
  return !parts.some(({ remaining, key }) => remaining !== undefined && serves(owners, key, remaining));
}

interface Parting {
  readonly key: PrivateKeyObject;
  readonly doomed: readonly CertificateObject[];
  /** The certificates that keep the key; undefined when it goes. */
  readonly remaining: readonly CertificateObject[] | undefined;
}

function withoutLabels(tied: TiedKey, labels: readonly string[]): Parting {
  const { key, certificates } = tied;
  const doomed = certificates.filter(certificate => labels.includes(certificate.label));
  const remaining = certificates.filter(certificate => !labels.includes(certificate.label));
  const isNamed = doomed.length > 0 || (labels.includes(key.label) && bearsOwnLabel(tied));
  return { key, doomed, remaining: isNamed && remaining.length === 0 ? undefined : remaining };
}

function serves(owners: readonly string[], key: PrivateKeyObject, certificates: readonly CertificateObject[]): boolean {
  const labels = certificates.length === 0 ? [key.label] : certificates.map(({ label }) => label);
  return labels.some(label => owners.includes(ownerOf(label)));
}

/** Best effort: a token that allows no renaming keeps a name too many. */
function rename({ library, handle }: TokenSession, key: PrivateKeyObject, label: string): void {
  quietly(() => library.C_SetAttributeValue(handle, key.handle, [{ type: pkcs11.CKA_LABEL, value: label }]));
}

/** Those of this very key: others may have its CKA_ID. */
function destroyPublicKeys(session: TokenSession, tied: readonly TiedKey[]): void {
  const [first] = tied;
  if (first === undefined) return;
  const { modulus } = first.key;
  for (const object of findObjects(session, [{ type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PUBLIC_KEY }])) {
    const [shown] = readAttributes(session, object, [pkcs11.CKA_MODULUS]) ?? [];
    if (shown !== undefined && withoutLeadingZeros(shown).equals(modulus)) {
      session.library.C_DestroyObject(session.handle, object);
    }
  }
}

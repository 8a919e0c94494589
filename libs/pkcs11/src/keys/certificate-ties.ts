import type { CertificateObject, KeyObjects, PrivateKeyObject } from './read-keys.js';
import { ownerOf } from './key-owner.js';

/** A private key object and the certificates that lie beside it. */
export interface TiedKey {
  readonly key: PrivateKeyObject;
  readonly certificates: readonly CertificateObject[];
}

/**
 * Which certificate belongs to which private key: the one whose modulus it has. CKA_ID alone is no proof, other tools
 * number their objects from 1. Where several objects hold the same key, the label decides, then its owner, then CKA_ID.
 */
export function tieCertificates({ privateKeys, certificates }: KeyObjects): TiedKey[] {
  const byModulus = new Map<string, PrivateKeyObject[]>();
  for (const key of privateKeys) append(byModulus, key.modulus.toString('hex'), key);
  const tied = new Map<PrivateKeyObject, CertificateObject[]>();
  for (const certificate of certificates) {
    const { modulus } = certificate.names;
    const key = modulus === undefined ? undefined : nearest(byModulus.get(modulus.toString('hex')), certificate);
    if (key !== undefined) append(tied, key, certificate);
  }
  return privateKeys.map(key => ({ key, certificates: tied.get(key) ?? [] }));
}

function nearest(
  keys: readonly PrivateKeyObject[] = [],
  { label, id }: CertificateObject,
): PrivateKeyObject | undefined {
  const owner = ownerOf(label);
  return (
    keys.find(key => key.label === label) ??
    keys.find(key => ownerOf(key.label) === owner) ??
    keys.find(key => key.id.equals(id)) ??
    keys[0]
  );
}

/** A key has a name of its own where it has no certificate, or none of the owner that its label names. */
export function bearsOwnLabel({ key, certificates }: TiedKey): boolean {
  const owner = ownerOf(key.label);
  if (certificates.length === 0) return true;
  return owner !== '' && !certificates.some(({ label }) => label === '' || ownerOf(label) === owner);
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

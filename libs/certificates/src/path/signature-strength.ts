import 'reflect-metadata';
import type { KeyObject } from 'node:crypto';
import { X509Certificate } from '@peculiar/x509';

const strongHashes: ReadonlySet<string> = new Set([
  'SHA-256',
  'SHA-384',
  'SHA-512',
  'SHA3-256',
  'SHA3-384',
  'SHA3-512',
]);
/** Signature schemes that bring their own hash. */
const hashlessSchemes: ReadonlySet<string> = new Set(['Ed25519', 'Ed448', 'EdDSA']);
const minimumRsaBits = 2048;
const strongCurves: ReadonlySet<string> = new Set([
  'prime256v1',
  'secp384r1',
  'secp521r1',
  'brainpoolP256r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
]);

/** Object identifiers for which the library has no hash. */
const weakAlgorithms: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'MD2',
  '1.2.840.113549.1.1.3': 'MD4',
  '1.2.840.113549.1.1.4': 'MD5',
};

/**
 * Why the signature of a certificate cannot be relied on, by its algorithm alone; undefined when it can. What is not
 * known to be strong counts as weak.
 */
export function weaknessOfSignature(der: Buffer): string | undefined {
  const { name, hash } = new X509Certificate(der).signatureAlgorithm as {
    readonly name: string;
    readonly hash?: { readonly name: string };
  };
  if (hashlessSchemes.has(name)) return undefined;
  if (hash === undefined) return weakAlgorithms[name] ?? `the algorithm ${name}`;
  return strongHashes.has(hash.name) ? undefined : hash.name;
}

/** Why a key may not vouch for others, by type and size alone; undefined when it may. */
export function weaknessOfKey(key: KeyObject): string | undefined {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss':
      return modulusLength < minimumRsaBits ? `RSA of ${modulusLength} bits` : undefined;
    case 'ec':
      return strongCurves.has(namedCurve) ? undefined : `the curve ${namedCurve}`;
    case 'ed25519':
    case 'ed448':
      return undefined;
    default:
      return `a key of type ${key.asymmetricKeyType ?? 'unknown'}`;
  }
}
